//! What can go wrong in the store.

/// The error type of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused a statement or became unreachable.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// A stored value is not what it should be.
    #[error("stored value of {column} cannot be read: {detail}")]
    Stored {
        column: String,
        /// What is wrong; never the value itself.
        detail: String,
    },
    /// The data folder belongs to a newer release.
    #[error(
        "this data was written by a newer Vigie (schema {found}, this one knows {known}): start \
            that release"
    )]
    Newer {
        found: i64,
        /// The latest schema version this release knows.
        known: i64,
    },
    /// The file system failed.
    #[error("cannot write {path}")]
    Files {
        path: String,
        #[source]
        source: std::io::Error,
    },
    /// What cannot be: the act is refused whole. Places and keys only, never a customer's words,
    /// address or name.
    #[error("this cannot be, and nothing of it was stored: {0}")]
    Inconsistent(String),
    /// What no database keeps: PostgreSQL refuses it, so SQLite must too.
    #[error("a text holds a NUL character: write it again without")]
    Unstorable,
    /// A secret cannot be opened or sealed.
    #[error("{0}: see the key file in the guide to operations")]
    Sealed(#[source] crate::KeyError),
    /// No such thing.
    #[error("no such {0}")]
    Missing(&'static str),
}
