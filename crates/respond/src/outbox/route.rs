//! How answers reach the author: by which route, and through which source.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use vigie_model::{MailboxSettings, SourceKind};
use vigie_store::{Session, Source};

use super::Sender;
use crate::mail;

/// How the answers to one kind of source are given. The connector of the kind says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Replying {
    /// Posted to an address of the brand's.
    Webhook,
    /// By mail, from the mailbox that is the source.
    Mail,
    /// Read on the customer's private page.
    PrivatePage,
    /// By the connector itself.
    Connector,
    /// By a person, on the network where the customer wrote.
    OnTheNetwork,
    /// By a person who calls or meets the customer.
    InPerson,
}

/// How each kind of source is answered, and by what.
#[derive(Clone, Default)]
pub struct Replies(Arc<BTreeMap<SourceKind, ReplyMeans>>);

#[derive(Clone)]
struct ReplyMeans {
    replying: Replying,
    sender: Option<Arc<dyn Sender>>,
}

impl Replies {
    /// How a kind is answered; `None` for one that no connector serves.
    pub fn of(&self, kind: SourceKind) -> Option<Replying> {
        self.0.get(&kind).map(|means| means.replying)
    }

    /// What sends the answers to a kind, when its connector does.
    pub fn sender(&self, kind: SourceKind) -> Option<&dyn Sender> {
        self.0.get(&kind)?.sender.as_deref()
    }
}

impl FromIterator<(SourceKind, Replying, Option<Arc<dyn Sender>>)> for Replies {
    fn from_iter<I>(kinds: I) -> Self
    where
        I: IntoIterator<Item = (SourceKind, Replying, Option<Arc<dyn Sender>>)>,
    {
        let means = kinds
            .into_iter()
            .map(|(kind, replying, sender)| (kind, ReplyMeans { replying, sender }));
        Self(Arc::new(means.collect()))
    }
}

/// How answers are sent for a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyRoute {
    /// Posted to this address.
    Webhook(String),
    /// Sent from this mailbox.
    Mail(Box<MailboxSettings>),
    /// Read on the customer's private page.
    PrivatePage,
    /// Handed to the [`Sender`] of the source's connector.
    Connector,
    /// There is no way to answer.
    None,
}

impl ReplyRoute {
    /// The route of a source, from how its kind is answered and its own settings.
    pub fn of(source: &Source, replies: &Replies) -> Self {
        match replies.of(source.kind) {
            Some(Replying::Webhook) => webhook_of(source).map_or(Self::None, Self::Webhook),
            Some(Replying::Mail) => {
                mail::settings_of(source).map_or(Self::None, |it| Self::Mail(Box::new(it)))
            }
            Some(Replying::PrivatePage) => Self::PrivatePage,
            Some(Replying::Connector) => Self::Connector,
            Some(Replying::OnTheNetwork | Replying::InPerson) | None => Self::None,
        }
    }
}

fn webhook_of(source: &Source) -> Option<String> {
    let url = source.settings.get("webhook_url")?.as_str()?;
    (!url.is_empty()).then(|| url.to_owned())
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
