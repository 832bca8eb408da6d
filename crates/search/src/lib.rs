//! The search index of messages, cases and customers, which follows the history. It stores the
//! number of the last fact it has seen with each commit and catches up from there; it can be
//! deleted and is rebuilt while everything else goes on. Customers' messages are in it only as
//! terms, never whole.

mod collectors;
mod fields;
mod hits;
mod indexer;
mod query_translation;
mod snippets;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Term, collector::Count,
    directory::MmapDirectory, query::TermQuery, schema::IndexRecordOption,
};

pub use hits::{Hit, SortOrder};
pub use query_translation::{QueryNames, SearchParams, SearchResults};
pub use snippets::{Snippet, snippet};
pub use vigie_store::EntityKind;

use fields::IndexFields;

/// The version of the index's schema; an index of another version is rebuilt.
const SHAPE: &str = "3";
/// A file with this name requests a rebuild.
const REBUILD: &str = "rebuild";
/// Memory of the writer, in bytes, which holds what is added between two commits.
const MEMORY: usize = 32 * 1024 * 1024;

/// Why a search or the index fails.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The library.
    #[error("the search index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] vigie_store::Error),
    /// The disk.
    #[error("the search index cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
    /// No source, person or tag has that name.
    #[error("{field}: no {value}; {}", list_known(known))]
    NoSuchValue {
        /// The field of the query.
        field: &'static str,
        value: String,
        /// Some existing names.
        known: Vec<String>,
    },
    /// Not a day.
    #[error("{0} is no day: write it as 2026-11-17")]
    NoDay(String),
}

fn list_known(known: &[String]) -> String {
    if known.is_empty() {
        "there are none yet".into()
    } else {
        format!("there are {}", known.join(", "))
    }
}

/// The search index of an instance.
#[derive(Clone)]
pub struct Search {
    folder: PathBuf,
    current: Arc<RwLock<LiveIndex>>,
    writer: Arc<Mutex<Option<IndexWriter>>>,
    /// Held while following, rebuilding or scrubbing: what was read before an erasure must not be
    /// written after it.
    following: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone)]
struct LiveIndex {
    index: Index,
    reader: IndexReader,
    fields: IndexFields,
    /// The last fact the reader knows: a commit is on the disk slightly before it can be
    /// searched.
    visible_up_to: Arc<AtomicI64>,
}

impl Search {
    /// Opens the index in `folder/search`, creating it if needed.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        let folder = folder.join("search");
        std::fs::create_dir_all(&folder)?;
        Self::remove_leftovers(&folder)?;
        Self::open_folder(&folder).or_else(|error| {
            // It holds nothing the database does not: an unreadable index is rebuilt.
            tracing::warn!(%error, "the search index cannot be read and is built again");
            std::fs::remove_dir_all(folder.join(SHAPE))?;
            Self::open_folder(&folder)
        })
    }

    /// Opens the index for searching, next to the process that writes it.
    pub fn open_read_only(folder: &Path) -> Result<Self, SearchError> {
        Self::open_folder(&folder.join("search"))
    }

    fn open_folder(folder: &Path) -> Result<Self, SearchError> {
        let current = LiveIndex::open(&folder.join(SHAPE))?;
        let (current, writer) = (Arc::new(RwLock::new(current)), Arc::new(Mutex::new(None)));
        Ok(Self {
            folder: folder.to_owned(),
            current,
            writer,
            following: Arc::default(),
        })
    }

    fn remove_leftovers(folder: &Path) -> Result<(), SearchError> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // Half-built indexes, and those of another version.
            if entry.file_name() != SHAPE && entry.file_type()?.is_dir() {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    fn current(&self) -> LiveIndex {
        self.current.read().clone()
    }

    /// The number of the last fact it has seen.
    pub fn seen(&self) -> Result<i64, SearchError> {
        self.current().seen()
    }

    /// Asks the process that serves this folder to rebuild the index.
    pub fn request_rebuild(&self) -> Result<(), SearchError> {
        Ok(std::fs::write(self.folder.join(REBUILD), "")?)
    }

    /// Whether a rebuild was requested; returns true once per request.
    pub fn take_rebuild_request(&self) -> bool {
        std::fs::remove_file(self.folder.join(REBUILD)).is_ok()
    }

    /// Size on the disk, in bytes.
    pub fn size(&self) -> u64 {
        let entries = std::fs::read_dir(self.folder.join(SHAPE))
            .into_iter()
            .flatten();
        entries
            .filter_map(|it| it.ok()?.metadata().ok())
            .map(|it| it.len())
            .sum()
    }

    /// Number of messages it holds.
    pub fn messages(&self) -> u64 {
        let current = self.current();
        let noun = Term::from_field_i64(current.fields.noun, EntityKind::Message.number());
        let query = TermQuery::new(noun, IndexRecordOption::Basic);
        // An index that cannot be counted holds nothing that can be found.
        current
            .reader
            .searcher()
            .search(&query, &Count)
            .map_or(0, |it| it as u64)
    }
}

impl LiveIndex {
    fn open(folder: &Path) -> Result<Self, SearchError> {
        std::fs::create_dir_all(folder)?;
        let (schema, fields) = IndexFields::build_schema();
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = Index::open_or_create(directory, schema)?;
        fields::register(&index);
        let visible_up_to = last_fact(&index)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            index,
            reader,
            fields,
            visible_up_to: Arc::new(AtomicI64::new(visible_up_to)),
        })
    }

    /// Makes everything up to this fact visible to later searches.
    fn show(&self, seen: i64) -> Result<(), SearchError> {
        self.reader.reload()?;
        self.visible_up_to.store(seen, Ordering::Release);
        Ok(())
    }

    fn seen(&self) -> Result<i64, SearchError> {
        last_fact(&self.index)
    }
}

/// The last fact that an index shows, committed with its documents; 0 for a new one.
fn last_fact(index: &Index) -> Result<i64, SearchError> {
    let Some(payload) = index.load_metas()?.payload else {
        return Ok(0);
    };
    payload.parse().map_err(|_| {
        let detail = format!("{payload} is not the number of a fact");
        tantivy::TantivyError::DataCorruption(tantivy::error::DataCorruption::comment_only(detail))
            .into()
    })
}
