//! Reads one mail, within a time, and keeps it and its files.

use std::{error::Error, sync::Arc, time::Duration};

use vigie_listen::{IncomingItem, Refusal, mail};
use vigie_model::{At, IncomingMessage};
use vigie_store::AttachmentStore;

use super::fetch::Raw;

/// How long one mail may take to be read. Every reader is linear: a mail that takes longer is one
/// that nobody foresaw, and must not keep the others waiting.
const LONGEST_READING: Duration = Duration::from_secs(20);

/// What became of one mail.
pub struct ReadMail {
    /// Its number in the mailbox.
    number: u32,
    /// When it came.
    arrived: At,
    /// `None` when it takes too long to be read.
    message: Option<IncomingMessage>,
}

/// Reads a mail off the async workers, and stores it and its files durably.
///
/// # Errors
/// When the disk fails.
pub async fn read_mail(
    files: &AttachmentStore,
    raw: Arc<Raw>,
    mailbox: &mail::MailboxContext,
    now: At,
) -> Result<ReadMail, Box<dyn Error + Send + Sync>> {
    let received = parse(&raw, mailbox, now).await;
    let said = received.as_ref().and_then(|received| received.message.at);
    let mut read = ReadMail {
        number: raw.number,
        arrived: raw.arrived.or(said).unwrap_or(now), // default: it says not when it came
        message: None,
    };
    if let Some(received) = received {
        keep(files, raw, &received).await?;
        read.message = Some(received.message);
    }
    Ok(read)
}

async fn parse(
    raw: &Arc<Raw>,
    mailbox: &mail::MailboxContext,
    now: At,
) -> Option<mail::ReceivedMail> {
    let (number, raw, mailbox) = (raw.number, Arc::clone(raw), mailbox.clone());
    let read = tokio::task::spawn_blocking(move || mail::incoming(&raw.bytes, &mailbox, now));
    match tokio::time::timeout(LONGEST_READING, read).await {
        Ok(Ok(received)) => Some(received),
        Ok(Err(error)) => {
            tracing::error!(number, %error, "a mail could not be read");
            None
        }
        Err(_) => None, // Told in the refused list.
    }
}

async fn keep(
    files: &AttachmentStore,
    raw: Arc<Raw>,
    received: &mail::ReceivedMail,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let attached = received.files.clone();
    let mail = received.message.mail.as_ref();
    let hash = mail.map(|mail| mail.raw.clone());
    let hash = hash.ok_or("a mail was read without its details")?;
    let files = files.clone();
    let kept = tokio::task::spawn_blocking(move || {
        files.keep(&hash, &raw.bytes)?;
        let mut attached = attached.iter();
        attached.try_for_each(|file| files.keep(&file.file.sha256, &file.bytes))
    });
    Ok(kept.await??)
}

impl ReadMail {
    /// The item for intake; what came before `since` is history. `validity` tells the mailbox's
    /// numbers from those of one that was made again (RFC 3501).
    pub fn item(self, since: At, validity: u32) -> IncomingItem {
        let raw = format!("mail {}", self.number);
        let Some(mut message) = self.message else {
            let detail = format!("{raw} cannot be read here: read it in the mailbox");
            return IncomingItem {
                external_id: Some(format!("uid:{validity}:{}", self.number)),
                raw,
                parsed: Err(Refusal::new("mail_too_slow", detail)),
            };
        };
        message.at = message.at.or(Some(self.arrived));
        // Servers give arrival times in whole seconds: a mail from the very second of the limit is
        // not history.
        message.past = self.arrived.plus_seconds(1) <= since;
        IncomingItem {
            external_id: Some(message.external_id.clone()),
            raw,
            parsed: Ok(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_cannot_be_read_has_a_place_in_the_refused_list() {
        let read = ReadMail {
            number: 7,
            arrived: At::from_millis(0),
            message: None,
        };

        let item = read.item(At::from_millis(0), 42);

        assert_eq!(item.external_id.as_deref(), Some("uid:42:7"));
        assert_eq!(item.parsed.unwrap_err().problem, "mail_too_slow");
    }
}
