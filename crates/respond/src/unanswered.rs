//! What an answer leaves behind that was called back, or did not arrive: whoever wrote waits as
//! before it.

use vigie_model::{At, Emitter, OutState};
use vigie_store::{Case, Message, Write};

use crate::Result;

/// The case without the answers that did not leave: when the last that stands was given, and since
/// when, after it, the customer waits; nobody does when nothing was said since.
pub(crate) async fn unanswered(write: &mut Write, case: &Case) -> Result<Case> {
    let gone: Vec<i64> = write
        .outgoing_of_case(case.key)
        .await?
        .into_iter()
        .filter(|it| matches!(it.state, OutState::Recalled | OutState::Refused))
        .map(|it| it.message_key)
        .collect();
    let messages = write.messages_of_case(case.key, 500).await?;
    let answered_at = messages
        .iter()
        .filter(|it| is_answer(it) && !gone.contains(&it.key))
        .map(|it| it.at)
        .max();
    let asked = messages
        .iter()
        .filter(|it| is_theirs(it) && answered_at.is_none_or(|answered| it.at > answered));
    let since: Option<At> = asked.map(|it| it.at).min();
    let unheard = answered_at.is_none().then_some(case.heard_at);
    Ok(Case {
        answered_at,
        waiting_since: since.or(unheard),
        ..case.clone()
    })
}

/// A receipt has no writer: it answered nobody.
fn is_answer(it: &Message) -> bool {
    it.emitter == Emitter::Brand && (it.person_key.is_some() || it.author_key.is_some())
}

/// What a machine of theirs wrote waits for nothing.
fn is_theirs(it: &Message) -> bool {
    it.emitter != Emitter::Brand
        && it
            .details
            .mail
            .as_ref()
            .is_none_or(|mail| mail.automatic.is_none())
}
