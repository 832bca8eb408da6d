//! How what was heard is handed over: a batch goes in whole and durable, or not at all. Four
//! traits, one per trade, so that whoever needs one does not hold the others.

use std::{future::Future, pin::Pin};

use vigie_model::{
    CaseId, CustomerId, ImportId, Incoming, MailboxSettings, MessageId, OrderSaid, PersonId, Proof,
    SourceId, VisitSaid,
};

use crate::{
    Refusal,
    past::{PastAsked, PastPreview},
};

/// A future that can cross threads.
pub type BoxedFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One item of a batch, readable or not.
#[derive(Debug, Clone)]
pub struct Item {
    /// The source's id, when it could be read.
    pub external_id: Option<String>,
    /// As it came, to be kept if it is refused.
    pub raw: String,
    /// What was understood.
    pub read: Result<Incoming, Refusal>,
}

/// What a source hands over: items in order, and where the source stands after them.
#[derive(Debug, Clone)]
pub struct Batch {
    /// From.
    pub source: SourceId,
    /// Items.
    pub items: Vec<Item>,
    /// Where the source stands, in its own terms; committed with the items.
    pub cursor: Option<String>,
    /// What must be committed with them.
    pub extras: Extras,
}

/// Things that belong to the same act as the messages.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// The colleague who reports what they heard.
    pub reporter: Option<PersonId>,
    /// Hash of the private link given to the customer.
    pub private_link: Option<Vec<u8>>,
    /// The file of the past it comes from.
    pub import: Option<vigie_model::ImportId>,
    /// The refused item being replayed.
    pub replayed: Option<vigie_model::RefusedId>,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// New.
    Created {
        /// Its id.
        message: MessageId,
        /// Its case.
        case: CaseId,
    },
    /// Already there, the same.
    Unchanged {
        /// Its id.
        message: MessageId,
    },
    /// Already there, other words: a new revision.
    Revised {
        /// Its id.
        message: MessageId,
    },
    /// Refused, and kept in the refused list.
    Refused(Refusal),
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderKept {
    /// New.
    Created,
    /// Already there, told otherwise.
    Updated,
    /// Already there, the same.
    Unchanged,
}

/// Why a batch was not taken in; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// No such source.
    #[error("no such source")]
    NoSource,
    /// The source is paused.
    #[error("this source is paused")]
    Paused,
    /// The store, or a rule that cannot be broken, failed.
    #[error("the batch could not be stored")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why files of the past were not taken in, or not taken out again.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The files, their mapping or the state of the import do not allow it: a sentence for a
    /// person.
    #[error("{0}")]
    Refused(String),
    /// The store or the disk failed.
    #[error("the import stopped")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why an erasure stopped before its end; asked for again, it goes on.
#[derive(Debug, thiserror::Error)]
#[error("the erasure stopped before its end")]
pub struct ErasureError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Why a mailbox cannot be read: a sentence for the settings page, which says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProbeError(pub String);

/// Takes batches in.
pub trait Intake: Send + Sync {
    /// One transaction: messages, cursor, refused items and facts, durable when this returns. The
    /// results are in the order of the items.
    fn receive(&self, batch: Batch) -> BoxedFuture<'_, Result<Vec<Heard>, IntakeError>>;

    /// Orders, all or none; the results are in their order.
    fn receive_orders(
        &self,
        source: SourceId,
        orders: Vec<OrderSaid>,
    ) -> BoxedFuture<'_, Result<Vec<OrderKept>, IntakeError>>;

    /// Visits, all or none; says of each whether it was new.
    fn receive_visits(
        &self,
        source: SourceId,
        visits: Vec<VisitSaid>,
    ) -> BoxedFuture<'_, Result<Vec<bool>, IntakeError>>;
}

/// Takes files of the past in, and out again.
pub trait ImportDesk: Send + Sync {
    /// Says what would become of files; nothing is kept.
    fn preview(&self, asked: PastAsked) -> BoxedFuture<'_, Result<PastPreview, ImportError>>;

    /// Begins to take files in, and goes on after this returns; the files are deleted at the end.
    fn begin(
        &self,
        by: PersonId,
        asked: PastAsked,
    ) -> BoxedFuture<'_, Result<ImportId, ImportError>>;

    /// Begins to take an import out again, and goes on after this returns.
    fn undo(&self, by: PersonId, import: ImportId) -> BoxedFuture<'_, Result<(), ImportError>>;

    /// Opens again what an import holds of the last `days` that has no answer; returns how many
    /// cases.
    fn reopen(
        &self,
        by: PersonId,
        import: ImportId,
        days: i64,
    ) -> BoxedFuture<'_, Result<i64, ImportError>>;
}

/// Erases people everywhere.
pub trait Erasure: Send + Sync {
    /// Erases one customer.
    fn erase(
        &self,
        by: PersonId,
        customer: CustomerId,
    ) -> BoxedFuture<'_, Result<Proof, ErasureError>>;

    /// Erases everyone whose retention term has passed.
    fn purge_expired(&self, by: PersonId) -> BoxedFuture<'_, Result<Proof, ErasureError>>;
}

/// Tries a mailbox without reading any mail.
pub trait MailboxProbe: Send + Sync {
    /// How many mails the folder holds.
    fn probe(
        &self,
        mailbox: MailboxSettings,
        password: String,
    ) -> BoxedFuture<'_, Result<u32, ProbeError>>;
}
