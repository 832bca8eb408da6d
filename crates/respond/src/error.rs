//! Why an act on a case is refused, in terms a person can act on.

/// The refusals of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] vigie_store::Error),
    /// Newer words came since the sender looked.
    #[error("newer words came since you looked")]
    Stale {
        /// What the sender must have seen.
        stamp: i64,
    },
    /// The words are missing.
    #[error("write a few words")]
    Empty,
    /// The date is not ahead.
    #[error("choose a date ahead")]
    NotAhead,
    /// Too late to call the answer back.
    #[error("the answer has already left")]
    AlreadyLeft,
    /// Remarks that block.
    #[error("remove the personal data before answering in public")]
    Blocked,
    /// The source has no way back.
    #[error("this source has no way to answer: {0}")]
    NoWayBack(&'static str),
    /// The proof is missing.
    #[error("give the answer's link or a screenshot")]
    ProofMissing,
}
