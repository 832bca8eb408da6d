//! The one door: a batch goes in whole and durable, or not at all.

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

/// The door could not take the batch; nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// No such source.
    #[error("no such source")]
    NoSource,
    /// The source is paused.
    #[error("this source is paused")]
    Paused,
    /// What lies behind failed.
    #[error("the batch could not be stored")]
    Behind(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Takes batches in. The house implements it on its store.
pub trait Door: Send + Sync {
    /// One transaction: messages, cursor, refused items and facts, durable when this returns. The
    /// answers are in the order of the items.
    fn receive(&self, batch: Batch) -> BoxedFuture<'_, Result<Vec<Heard>, DoorError>>;

    /// Tries a mailbox without reading any mail: how many it holds, or a sentence that says what to
    /// do.
    fn try_mailbox(
        &self,
        mailbox: MailboxSettings,
        password: String,
    ) -> BoxedFuture<'_, Result<u32, String>>;

    /// Orders, all or none; the answers are in their order.
    fn receive_orders(
        &self,
        source: SourceId,
        orders: Vec<OrderSaid>,
    ) -> BoxedFuture<'_, Result<Vec<OrderKept>, DoorError>>;

    /// Visits, all or none; says of each whether it was new.
    fn receive_visits(
        &self,
        source: SourceId,
        visits: Vec<VisitSaid>,
    ) -> BoxedFuture<'_, Result<Vec<bool>, DoorError>>;

    /// Says what would become of files of the past; nothing is kept. The error is a sentence.
    fn rehearse_past(&self, asked: PastAsked) -> BoxedFuture<'_, Result<PastPreview, String>>;

    /// Begins to take files of the past in, and goes on after this returns; the files are deleted
    /// at the end.
    fn begin_past(
        &self,
        by: PersonId,
        asked: PastAsked,
    ) -> BoxedFuture<'_, Result<ImportId, String>>;

    /// Begins to take an import out again, and goes on after this returns.
    fn undo_past(&self, by: PersonId, import: ImportId) -> BoxedFuture<'_, Result<(), String>>;

    /// Opens again what an import holds of the last `days` that has no answer; how many.
    fn reopen_past(
        &self,
        by: PersonId,
        import: ImportId,
        days: i64,
    ) -> BoxedFuture<'_, Result<i64, String>>;

    /// Erases a customer everywhere.
    fn erase(&self, by: PersonId, customer: CustomerId) -> BoxedFuture<'_, Result<Proof, String>>;

    /// Erases everybody past their term.
    fn let_go(&self, by: PersonId) -> BoxedFuture<'_, Result<Proof, String>>;
}
