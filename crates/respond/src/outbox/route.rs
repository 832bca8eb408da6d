//! How answers reach the author: by which route, and through which source.

use vigie_model::{MailboxSettings, SourceKind};
use vigie_store::{Session, Source};

use crate::mail;

/// The name of the setting by which a connector says that it sends answers itself.
pub const SENDS: &str = "sends";

/// How answers are sent for a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyRoute {
    /// Posted to this address.
    Webhook(String),
    /// Sent from this mailbox.
    Mail(Box<MailboxSettings>),
    /// Read on the customer's private page.
    PrivatePage,
    /// Handed to the [`Sender`](super::Sender) of the source's connector.
    Connector,
    /// There is no way to answer.
    None,
}

impl ReplyRoute {
    /// The reach of a source, from its kind and settings.
    pub fn of(source: &Source) -> Self {
        let url = source
            .settings
            .get("webhook_url")
            .and_then(|it| it.as_str())
            .filter(|it| !it.is_empty());
        match (source.kind, url) {
            (SourceKind::API, Some(url)) => Self::Webhook(url.to_owned()),
            (SourceKind::FORM, _) => Self::PrivatePage,
            (SourceKind::MAIL, _) => {
                mail::settings_of(source).map_or(Self::None, |it| Self::Mail(Box::new(it)))
            }
            _ if replies_by_connector(source) => Self::Connector,
            _ => Self::None,
        }
    }
}

/// The source an answer is sent through: mails imported from a file are answered from the
/// brand's mailbox.
pub async fn reply_source(session: &mut Session, source: Source) -> vigie_store::Result<Source> {
    if !source.is_mail_archive() {
        return Ok(source);
    }
    let mailbox = session.sources().mailbox_of(source.brand_key).await?;
    Ok(mailbox.unwrap_or(source)) // default: without a mailbox nothing can be sent, as route says
}

fn replies_by_connector(source: &Source) -> bool {
    source
        .settings
        .get(SENDS)
        .and_then(serde_json::Value::as_bool)
        == Some(true)
}
