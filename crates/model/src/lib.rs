//! What travels through Vigie and what is stored: messages, facts, identifiers of every noun,
//! and their closed vocabularies. It knows nothing about storage, callers or the current time:
//! clocks and identifier generators come as arguments.

mod act;
mod at;
mod clock;
mod codes;
mod fact;
mod id;
mod identifier;
mod key;
mod mailbox;
mod message;
mod money;
#[cfg(feature = "openapi")]
pub(crate) mod openapi;
mod order;
mod proof;
mod source_kind;
mod visit;

pub use act::Act;
pub use at::{At, InvalidTime};
pub use clock::{Clock, Ids};
pub use codes::{
    CaseState, Channel, Emitter, EvidenceKind, Gate, Harm, HowEnded, ImportState, Intent, Kind,
    Lang, OrderStatus, OutState, PastKind, Queue, Role, Sentiment, TopCause, UnknownCode,
    Visibility,
};
pub use fact::{Actor, Derived, Fact};
pub use id::{
    AnswerCardId, ApiKeyId, AttachmentId, AuthorId, BrandId, BulkId, CaseId, CauseId, ClosureId,
    ColleagueId, ConversationId, CustomerId, IdentityJoinId, ImportId, MessageId, MoveId, NoteId,
    OrderId, OutboxId, PersonId, PromiseId, QuestionId, RefusedId, RuleId, SavedSearchId,
    SavedViewId, SourceId, TagId, TeamId, WebhookId,
};
pub use identifier::{Identifier, IdentifierKind, IdentityProof};
pub use key::*;
pub use mailbox::{
    MailAuth, MailSecurity, MailServer, MailboxSecret, MailboxSettings, ReplyTokenPlacement,
};
pub use message::{Bounce, FileRef, IncomingAuthor, IncomingMessage, MailDetails, SenderCheck};
pub use money::{InvalidAmount, Money};
pub use order::IncomingOrder;
pub use proof::ErasureReport;
pub use source_kind::SourceKind;
pub use visit::IncomingVisit;
