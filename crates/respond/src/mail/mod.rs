//! Answers by mail: composed like those of mail programs, handed over once.

mod address;
mod compose;
mod oauth;
mod outgoing_mail;
mod smtp;

pub use address::parse_address;
pub use compose::{ComposedMail, OutgoingMail, compose, compose_plain};
use oauth::renew;
pub(crate) use outgoing_mail::gather;
pub use smtp::{deliver, test};

use vigie_model::{MailboxSecret, MailboxSettings, SourceKind};
use vigie_store::Source;

/// The settings of a mail source. The error says where to look.
pub fn settings_of(source: &Source) -> Result<MailboxSettings, String> {
    serde_json::from_value(source.settings.clone())
        .map_err(|err| format!("the mailbox's settings cannot be read: {err}"))
}

/// The addresses that the brands' mailboxes write from. The error names a mailbox whose settings
/// cannot be read: without them our answers would be taken for a customer's words.
pub fn own_addresses(sources: &[Source]) -> Result<Vec<String>, String> {
    let mut own = Vec::new();
    for source in sources.iter().filter(|it| it.kind == SourceKind::MAIL) {
        let settings = settings_of(source).map_err(|err| format!("{}: {err}", source.name))?;
        own.extend(settings.own());
    }
    Ok(own)
}

/// The secrets of a mailbox. The error says what to do, and nothing of them.
pub fn secret_of(source: &Source) -> Result<MailboxSecret, String> {
    serde_json::from_str(&source.secret)
        .map_err(|_| "the mailbox's secret cannot be read: set its password again".to_owned())
}

/// The password or the fresh token a mailbox is signed in with.
pub async fn password(
    client: &reqwest::Client,
    settings: &MailboxSettings,
    source: &Source,
) -> Result<String, String> {
    renew(client, settings, &secret_of(source)?).await
}
