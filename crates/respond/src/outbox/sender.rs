//! What a connector that sends answers itself is handed, and what it says became of it.

use futures::future::BoxFuture;
use vigie_model::{At, OutboxId, Visibility};
use vigie_store::{Outgoing, Source, Write};

use crate::{Result, recipients::addressee};

/// An answer on its way out: what was written and where it belongs, nothing internal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerToSend {
    /// The same at each attempt: a network that takes a key of idempotence is given this one.
    pub id: OutboxId,
    pub at: At,
    pub text: String,
    pub visibility: Visibility,
    /// The name of the person who answers.
    pub author: String,
    /// The message answered, by the source's own identifier.
    pub in_reply_to: Option<String>,
    /// The conversation, by the source's own name for it.
    pub conversation: Option<String>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// Taken by the network.
    Accepted,
    /// Not now, because of this: it is tried again, with a back-off.
    Deferred(String),
    /// Never, because of this: a person decides.
    Refused(String),
    /// It may have left; a person looks.
    Uncertain(String),
}

impl SendOutcome {
    /// Why it did not simply leave.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Accepted => None,
            Self::Deferred(error) | Self::Refused(error) | Self::Uncertain(error) => Some(error),
        }
    }
}

/// Sends the answers of the sources of one kind.
pub trait Sender: Send + Sync {
    /// One attempt. It must not try again by itself: the outbox does, and knows what was tried.
    fn send<'a>(
        &'a self,
        source: &'a Source,
        answer: &'a AnswerToSend,
    ) -> BoxFuture<'a, SendOutcome>;
}

/// Reads what is to be sent.
pub(super) async fn answer_to_send(write: &mut Write, out: &Outgoing) -> Result<AnswerToSend> {
    let message = write.messages().by_key(out.message_key).await?;
    let conversations = write
        .conversations()
        .by_keys(&[message.conversation_key])
        .await?;
    // A conversation name of our own would look like somebody else's: only the source's own is
    // sent.
    let conversation = conversations
        .first()
        .and_then(|conversation| conversation.external_key.strip_prefix("c:"));
    let case = write.cases().by_key(out.case_key).await?;
    let (_, answered) = addressee(write, &case, &message).await?;

    Ok(AnswerToSend {
        id: out.id,
        at: message.at,
        in_reply_to: answered.map(|answered| answered.external_id),
        conversation: conversation.map(str::to_owned),
        text: message.text,
        visibility: message.visibility,
        author: message.who,
    })
}
