//! Intake: a batch is stored whole and durably, or not at all. Three traits, one per
//! responsibility, so that a caller only depends on the one it needs.

use std::{future::Future, pin::Pin};

use vigie_model::{
    CaseId, CustomerId, ErasureReport, ImportId, IncomingMessage, IncomingOrder, IncomingVisit,
    MessageId, PersonId, SourceId,
};

use crate::{
    Refusal,
    past::{ImportDryRun, ImportSpec},
};

/// A future that can cross threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One item of a batch, readable or not.
#[derive(Debug, Clone)]
pub struct IncomingItem {
    /// The source's id, if it could be read.
    pub external_id: Option<String>,
    /// As received, to be stored if it is refused.
    pub raw: String,
    /// The message, or why it was refused.
    pub parsed: Result<IncomingMessage, Refusal>,
}

/// What a source hands over: items in order, and the source's position after them.
#[derive(Debug, Clone)]
pub struct Batch {
    pub source: SourceId,
    pub items: Vec<IncomingItem>,
    /// The source's position, in its own terms; committed with the items.
    pub cursor: Option<String>,
    /// What must be committed with the items.
    pub extras: BatchContext,
}

/// What is stored in the same transaction as the messages.
#[derive(Debug, Clone, Default)]
pub struct BatchContext {
    /// The colleague who reports what they heard.
    pub reporter: Option<PersonId>,
    /// Hash of the private link given to the customer.
    pub private_link: Option<Vec<u8>>,
    /// The import it belongs to.
    pub import: Option<vigie_model::ImportId>,
    /// The refused item being replayed.
    pub replayed: Option<vigie_model::RefusedId>,
}

/// The outcome for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeOutcome {
    Created {
        message: MessageId,
        case: CaseId,
    },
    /// Already stored, unchanged.
    Unchanged {
        message: MessageId,
    },
    /// Already stored with other content: a new revision.
    Revised {
        message: MessageId,
    },
    /// Refused, and stored in the refused list.
    Refused(Refusal),
}

/// The outcome for one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderOutcome {
    Created,
    /// Already stored with other values.
    Updated,
    /// Already stored, unchanged.
    Unchanged,
}

/// Why a batch was not taken in; nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("no such source")]
    NoSource,
    #[error("this source is paused")]
    Paused,
    /// The store failed, or an invariant was broken.
    #[error("the batch could not be stored")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why an import did not start, or was not undone.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The files, their mapping or the state of the import do not allow it; a sentence for the
    /// user.
    #[error("{0}")]
    Refused(String),
    /// The store or the disk failed.
    #[error("the import stopped")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why an erasure stopped before its end; calling it again resumes.
#[derive(Debug, thiserror::Error)]
#[error("the erasure stopped before its end")]
pub struct ErasureError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Takes batches in.
pub trait Intake: Send + Sync {
    /// Stores messages, cursor, refused items and facts in one transaction, durable when this
    /// returns. The outcomes are in the order of the items.
    fn receive(&self, batch: Batch) -> BoxFuture<'_, Result<Vec<IntakeOutcome>, IntakeError>>;

    /// Stores orders, all or none; the outcomes are in the same order.
    fn receive_orders(
        &self,
        source: SourceId,
        orders: Vec<IncomingOrder>,
    ) -> BoxFuture<'_, Result<Vec<OrderOutcome>, IntakeError>>;

    /// Stores visits, all or none; returns whether each was new.
    fn receive_visits(
        &self,
        source: SourceId,
        visits: Vec<IncomingVisit>,
    ) -> BoxFuture<'_, Result<Vec<bool>, IntakeError>>;
}

/// Imports historical data, and undoes imports.
pub trait ImportDesk: Send + Sync {
    /// Reports what importing files would do; nothing is stored.
    fn preview(&self, asked: ImportSpec) -> BoxFuture<'_, Result<ImportDryRun, ImportError>>;

    /// Starts importing files and continues after this returns; the files are deleted at the end.
    fn begin(
        &self,
        by: PersonId,
        asked: ImportSpec,
    ) -> BoxFuture<'_, Result<ImportId, ImportError>>;

    /// Starts undoing an import and continues after this returns.
    fn undo(&self, by: PersonId, import: ImportId) -> BoxFuture<'_, Result<(), ImportError>>;

    /// Reopens the unanswered cases of an import from the last `days` days; returns how many.
    fn reopen(
        &self,
        by: PersonId,
        import: ImportId,
        days: i64,
    ) -> BoxFuture<'_, Result<i64, ImportError>>;
}

/// Erases people everywhere.
pub trait Erasure: Send + Sync {
    /// Erases one customer.
    fn erase(
        &self,
        by: PersonId,
        customer: CustomerId,
    ) -> BoxFuture<'_, Result<ErasureReport, ErasureError>>;

    /// Erases everybody past their retention term.
    fn purge_expired(&self, by: PersonId) -> BoxFuture<'_, Result<ErasureReport, ErasureError>>;
}
