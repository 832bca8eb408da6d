//! Why an act on a case is refused, in terms a person can act on.

/// The errors of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] vigie_store::Error),
    /// Newer messages came since the sender looked.
    #[error("newer words came since you looked")]
    Stale {
        /// The last fact the sender must have seen.
        last_message_fact: i64,
    },
    /// The text is missing.
    #[error("write a few words")]
    Empty,
    /// The date is not in the future.
    #[error("choose a date ahead")]
    NotAhead,
    /// Too late to call the answer back.
    #[error("the answer has already left")]
    AlreadyLeft,
    /// Remarks that block.
    #[error("remove the personal data before answering in public")]
    Blocked,
    /// The source offers no way to answer.
    #[error("this source has no way to answer: {0}")]
    NoWayBack(&'static str),
    #[error("nobody of that name wrote in this case: choose whom to answer")]
    NoSuchRecipient,
    #[error("give the answer's link or a screenshot")]
    ProofMissing,
}
