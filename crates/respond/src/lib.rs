//! What is sent: answers, their ten-second recall, and the outbox that delivers them by mail,
//! to a program or on the customer's page; webhooks that report facts; translation. An answer
//! always has a named person: nothing here writes or sends one by itself.

mod answer;
mod datetime;
mod elsewhere;
mod error;
mod guard;
pub mod mail;
mod outbox;
mod telling;
mod translation;
mod unanswered;
mod webhook;

pub use answer::{Answer, Queued, RECALL_SECONDS, answer, recall};
pub use datetime::format_datetime;
pub use elsewhere::{AnsweredThere, answered_there};
pub use error::Error;
pub use guard::{GuardedAddress, check_address, client as guarded_client};
pub use outbox::{Outbox, SourceReach, answering, came_back, decide, replay};
pub use telling::Teller;
pub use translation::{NotTranslated, Protocol as TranslatorProtocol, Translator};
pub use webhook::{Sent, sign, test as test_webhook};

/// A result whose error is this crate's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
