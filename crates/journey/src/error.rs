//! Why a batch is not taken in.

use vigie_listen::IntakeError;

/// What stops the journey of a batch; nothing of it is then kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such source.
    #[error("no such source")]
    NoSource,
    /// The source is paused.
    #[error("this source is paused")]
    Paused,
    /// The database or the disk failed.
    #[error(transparent)]
    Store(vigie_store::Error),
    /// Casework refused.
    #[error(transparent)]
    Desk(#[from] vigie_desk::Error),
    /// The outbox refused.
    #[error(transparent)]
    Respond(#[from] vigie_respond::Error),
}

impl Error {
    /// What a failed look-up of the source means.
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
