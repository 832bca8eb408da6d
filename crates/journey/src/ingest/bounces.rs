//! A server reports that an answer was not delivered: the answer is marked, and its case waits
//! for the team again.

use vigie_model::{IncomingMessage, OutState};
use vigie_store::{Outgoing, Source, Write};

use super::Received;

/// How many of the last answers are searched when a report names no mail.
const LOOKED_THROUGH: i64 = 200;

/// Processes the bounces among these messages; returns how many answers were not delivered.
pub async fn note_bounces(
    write: &mut Write,
    source: &Source,
    messages: &[IncomingMessage],
) -> vigie_respond::Result<usize> {
    let mut came_back = 0;
    for mail in messages.iter().filter_map(|it| it.mail.as_ref()) {
        let Some(bounce) = mail.bounce.as_ref().filter(|it| it.permanent) else {
            continue;
        };
        let out = match &bounce.message_id {
            Some(id) => of_message(write, source, id).await?,
            None => last_to(write, source, &bounce.recipient).await?,
        };
        if let Some(out) = out.filter(|it| it.state == OutState::Sent) {
            vigie_respond::mark_bounced(write, &out).await?;
            came_back += 1;
        }
    }
    Ok(came_back)
}

async fn of_message(
    write: &mut Write,
    source: &Source,
    id: &str,
) -> vigie_respond::Result<Option<Outgoing>> {
    let existing = write
        .messages()
        .known(&[source.key], &[id.to_owned()])
        .await?;
    let Some(existing) = existing.get(id) else {
        return Ok(None);
    };
    let outgoing = write.outbox().of_case(existing.case_key).await?;
    Ok(outgoing
        .into_iter()
        .find(|it| it.message_key == existing.key))
}

/// The last answer sent to that address; a report without an identifier must mean that one.
async fn last_to(
    write: &mut Write,
    source: &Source,
    recipient: &str,
) -> vigie_respond::Result<Option<Outgoing>> {
    let wanted = vigie_recognise::email(recipient);
    for out in write
        .outbox()
        .list(&[OutState::Sent], None, LOOKED_THROUGH)
        .await?
    {
        if out.source_key != source.key {
            continue;
        }
        let case = write.cases().by_key(out.case_key).await?;
        let author = write.authors().by_key(case.author_key).await?;
        if wanted.is_some() && author.email == wanted {
            return Ok(Some(out));
        }
    }
    Ok(None)
}

/// The reports of undelivered mails.
pub fn bounces_in(received: &[Received]) -> Vec<IncomingMessage> {
    let bounced = received.iter().filter(|received| {
        received
            .message
            .mail
            .as_ref()
            .is_some_and(|mail| mail.bounce.is_some())
    });
    bounced.map(|it| it.message.clone()).collect()
}
