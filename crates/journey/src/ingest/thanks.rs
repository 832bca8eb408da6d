//! When a customer thanks, the colleague who gave the answer receives the text.

use vigie_model::Emitter;
use vigie_store::Write;

use super::{CreatedMessage, first_words};

/// Passes thanks on, for the messages that contain some.
pub async fn forward_thanks(
    write: &mut Write,
    created: &[CreatedMessage],
) -> vigie_desk::Result<()> {
    for made in created.iter().filter(|it| it.thanks) {
        // Most thanks concern no colleague: one look-up on the hot path, the rest only where a
        // colleague was asked.
        if write
            .questions()
            .of_case(made.existing.case_key)
            .await?
            .is_empty()
        {
            continue;
        }
        let message = write.messages().by_key(made.existing.key).await?;
        if message.emitter == Emitter::Customer {
            vigie_desk::forward_thanks_to_colleague(
                write,
                made.existing.case_key,
                &first_words(&message.text, 1_000),
            )
            .await?;
        }
    }
    Ok(())
}
