//! Why a batch was not taken in.

use vigie_listen::IntakeError;

/// Why a batch was not taken in; nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such source")]
    NoSource,
    #[error("this source is paused")]
    Paused,
    /// The database or the disk failed.
    #[error(transparent)]
    Store(vigie_store::Error),
    /// An act on a case was refused.
    #[error(transparent)]
    Desk(#[from] vigie_desk::Error),
    /// The outbox refused a message.
    #[error(transparent)]
    Respond(#[from] vigie_respond::Error),
}

impl Error {
    /// The error for a source that could not be read.
    pub fn of_source(error: vigie_store::Error) -> Self {
        match error {
            vigie_store::Error::Missing(_) => Self::NoSource,
            other => Self::Store(other),
        }
    }
}

impl From<vigie_store::Error> for Error {
    fn from(error: vigie_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for IntakeError {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSource => Self::NoSource,
            Error::Paused => Self::Paused,
            other => Self::Internal(Box::new(other)),
        }
    }
}
