//! What is sent: answers, their ten-second recall, and the outbox that delivers them by mail,
//! to a program or on the customer's page; webhooks that report facts; translation. An answer
//! always has a named person: nothing here writes or sends one by itself.

mod answer;
mod datetime;
mod error;
mod external_answer;
pub mod mail;
mod outbox;
mod recall;
mod recipients;
mod ssrf_guard;
mod translation;
mod unanswered;
mod webhook;
mod webhook_dispatcher;

pub use answer::{NewAnswer, QueuedAnswer, RECALL_SECONDS, answer, is_link_over};
pub use datetime::{format_datetime, format_datetime_of_year};
pub use error::Error;
pub use external_answer::{ExternalAnswer, record_external_answer};
pub use outbox::{
    AnswerToSend, Outbox, Replies, ReplyRoute, Replying, SendOutcome, Sender, decide, mark_bounced,
    replay, reply_source,
};
pub use recall::recall;
pub use recipients::{Recipient, recipients};
pub use ssrf_guard::{AddressPolicy, check_address, client as guarded_client, leads_inside};
pub use translation::{Protocol as TranslatorProtocol, TranslationError, Translator};
pub use webhook::{WebhookOutcome, is_private_on_the_way, sign, test as test_webhook};
pub use webhook_dispatcher::WebhookDispatcher;

/// A result whose error is this crate's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
