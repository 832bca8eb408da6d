//! What can go wrong while remembering.

/// The store's one error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or vanished.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// A stored value is not what it should be.
    #[error("stored value of {column} cannot be read: {why}")]
    Stored {
        /// The column.
        column: String,
        /// What was wrong; never the value itself.
        why: String,
    },
    /// The data folder belongs to a newer release.
    #[error(
        "this data was written by a newer Vigie (schema {found}, this one knows {known}): start \
            that release"
    )]
    Newer {
        /// Schema version found.
        found: i64,
        /// The last this release knows.
        known: i64,
    },
    /// The file system failed.
    #[error("cannot write {path}")]
    Files {
        /// Where.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No such thing.
    #[error("no such {0}")]
    Missing(&'static str),
}
