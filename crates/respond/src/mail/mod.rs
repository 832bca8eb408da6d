//! Answers by mail: composed like those of mail programs, handed over once.

mod compose;
mod letter;
mod smtp;
mod token;

pub use compose::{Letter, compose, compose_plain};
pub(crate) use letter::gather;
pub use smtp::{Handed, hand_over, test};
pub use token::renew;

use vigie_model::{MailboxSecret, MailboxSettings};
use vigie_store::Source;

/// The settings of a mail source. The error says where to look.
pub fn settings_of(source: &Source) -> Result<MailboxSettings, String> {
    serde_json::from_value(source.settings.clone())
        .map_err(|why| format!("the mailbox's settings cannot be read: {why}"))
}

/// The addresses that the brands' mailboxes write from.
pub fn own_addresses(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter_map(|it| settings_of(it).ok())
        .flat_map(|it| it.own())
        .collect()
}

/// The secrets of a mailbox.
pub fn secret_of(source: &Source) -> MailboxSecret {
    serde_json::from_str(&source.secret).unwrap_or_default()
}
