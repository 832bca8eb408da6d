//! The state of a case after an answer was called back or not delivered: the customer waits as
//! before.

use vigie_model::{At, Emitter, MessageKey, OutState};
use vigie_store::{Case, Message, Write};

use crate::Result;

/// The case without the answers that were not delivered: when the last delivered one was
/// given, and since when the customer has been waiting; nobody waits if nothing was written
/// since.
pub(crate) async fn unanswered(write: &mut Write, case: &Case) -> Result<Case> {
    let gone: Vec<MessageKey> = write
        .outbox()
        .of_case(case.key)
        .await?
        .into_iter()
        .filter(|it| matches!(it.state, OutState::Recalled | OutState::Refused))
        .map(|it| it.message_key)
        .collect();
    let messages = write.messages().of_case(case.key, 500).await?;
    let answered_at = messages
        .iter()
        .filter(|it| is_answer(it) && !gone.contains(&it.key))
        .map(|it| it.at)
        .max();
    let waiting_messages = messages
        .iter()
        .filter(|it| is_theirs(it) && answered_at.is_none_or(|answered| it.at > answered));
    let since: Option<At> = waiting_messages.map(|it| it.at).min();
    let unheard = answered_at.is_none().then_some(case.heard_at);
    Ok(Case {
        answered_at,
        waiting_since: since.or(unheard),
        ..case.clone()
    })
}

/// A receipt has no author: it answered nobody.
fn is_answer(it: &Message) -> bool {
    it.emitter == Emitter::Brand && (it.person_key.is_some() || it.author_key.is_some())
}

/// A message written by a machine waits for no answer.
fn is_theirs(it: &Message) -> bool {
    !it.emitter.is_ours()
        && it
            .details
            .mail
            .as_ref()
            .is_none_or(|mail| mail.automatic.is_none())
}
