//! Closes: with evidence when it is said solved, with its cause, its promises kept or broken; and
//! undoes it.

mod cause;
mod closure;
mod ladder;
mod promise;

pub use cause::name_cause;
pub use closure::{Ending, close, undo_closure};
pub use ladder::{Ladder, Step, ladder};
pub use promise::{judge_promise, make_promise};

use vigie_model::CaseState;

/// The refusals of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] vigie_store::Error),
    /// Solved without evidence.
    #[error("say what proves it: a refund or shipment number, the customer's yes, a photo")]
    EvidenceMissing,
    /// The case is not in the right state.
    #[error("the case is {0}")]
    WrongState(CaseState),
    /// The promise has no words, or its date is not ahead.
    #[error("a promise needs its words and a date ahead")]
    PromiseIncomplete,
    /// A cause of another brand.
    #[error("this cause belongs to another brand")]
    OtherBrand,
}

/// A result whose error is this crate's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
