//! The search index of messages, cases and customers: a follower of the history. It stores the last
//! fact it has seen with each commit and catches up; it can be deleted and is built anew while
//! everything else goes on. Words of customers are in it as terms, never whole.

mod asking;
mod collecting;
mod fields;
mod following;
mod showing;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Term, collector::Count,
    directory::MmapDirectory, query::TermQuery, schema::IndexRecordOption,
};

pub use asking::{Asked, By, Found, Hit, Names};
pub use showing::{Shown, snippet};
pub use vigie_store::Noun;

use fields::Fields;

/// The shape of the index; another shape is built anew.
const SHAPE: &str = "3";
/// A file of this name asks to build it anew.
const REBUILD: &str = "rebuild";
/// Memory of the writer, bytes: what is added between two commits waits in it.
const MEMORY: usize = 32 * 1024 * 1024;

/// Why the index fails.
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
    /// No source, person or tag of that name.
    #[error("{field}: no {value}; {}", there(known))]
    NoSuchValue {
        /// The field of the query.
        field: &'static str,
        /// What was asked.
        value: String,
        /// Some that are there.
        known: Vec<String>,
    },
    /// Not a day.
    #[error("{0} is no day: write it as 2026-11-17")]
    NoDay(String),
}

fn there(known: &[String]) -> String {
    if known.is_empty() {
        "there are none yet".into()
    } else {
        format!("there are {}", known.join(", "))
    }
}

/// The index of a house.
#[derive(Clone)]
pub struct Search {
    folder: PathBuf,
    current: Arc<RwLock<Current>>,
    writer: Arc<Mutex<Option<IndexWriter>>>,
    /// Held by whoever follows, builds anew or scrubs: what one read before an erasure must not be
    /// written after it.
    following: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone)]
struct Current {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    /// The last fact the reader knows: a commit is on the disk a moment before anybody can find
    /// what is in it.
    shown: Arc<AtomicI64>,
}

impl Search {
    /// Opens, and creates if needed, the index under `folder/search`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        let folder = folder.join("search");
        std::fs::create_dir_all(&folder)?;
        Self::swept(&folder)?;
        Self::beside(&folder).or_else(|why| {
            // It holds nothing the database does not: what cannot be read is built anew.
            tracing::warn!(%why, "the search index cannot be read and is built anew");
            std::fs::remove_dir_all(folder.join(SHAPE))?;
            Self::beside(&folder)
        })
    }

    /// Opens the index to ask it, beside whoever writes it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn look(folder: &Path) -> Result<Self, SearchError> {
        Self::beside(&folder.join("search"))
    }

    fn beside(folder: &Path) -> Result<Self, SearchError> {
        let current = Current::open(&folder.join(SHAPE))?;
        let (current, writer) = (Arc::new(RwLock::new(current)), Arc::new(Mutex::new(None)));
        Ok(Self {
            folder: folder.to_owned(),
            current,
            writer,
            following: Arc::default(),
        })
    }

    fn swept(folder: &Path) -> Result<(), SearchError> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // Half-built ones, and those of another shape.
            if entry.file_name() != SHAPE && entry.file_type()?.is_dir() {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    fn current(&self) -> Current {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The number of the last fact it has seen.
    ///
    /// # Errors
    /// When its own record cannot be read.
    pub fn seen(&self) -> Result<i64, SearchError> {
        self.current().seen()
    }

    /// Asks whoever serves this folder to build the index anew.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn ask_to_rebuild(&self) -> Result<(), SearchError> {
        Ok(std::fs::write(self.folder.join(REBUILD), "")?)
    }

    /// Whether somebody asked; asked once, answered once.
    pub fn is_to_be_rebuilt(&self) -> bool {
        std::fs::remove_file(self.folder.join(REBUILD)).is_ok()
    }

    /// Bytes on the disk.
    pub fn size(&self) -> u64 {
        let entries = std::fs::read_dir(self.folder.join(SHAPE))
            .into_iter()
            .flatten();
        entries
            .filter_map(|it| it.ok()?.metadata().ok())
            .map(|it| it.len())
            .sum()
    }

    /// Messages it holds.
    pub fn messages(&self) -> u64 {
        let current = self.current();
        let noun = Term::from_field_i64(current.fields.noun, Noun::Message.number());
        let query = TermQuery::new(noun, IndexRecordOption::Basic);
        // An index that cannot be counted holds nothing anybody finds.
        current
            .reader
            .searcher()
            .search(&query, &Count)
            .map_or(0, |it| it as u64)
    }
}

impl Current {
    fn open(folder: &Path) -> Result<Self, SearchError> {
        std::fs::create_dir_all(folder)?;
        let (schema, fields) = Fields::laid_out();
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = Index::open_or_create(directory, schema)?;
        fields::register(&index);
        let shown = index
            .load_metas()?
            .payload
            .and_then(|it| it.parse().ok())
            .unwrap_or(0);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            index,
            reader,
            fields,
            shown: Arc::new(AtomicI64::new(shown)),
        })
    }

    /// Whoever asks from here on finds everything up to this fact.
    fn show(&self, seen: i64) -> Result<(), SearchError> {
        self.reader.reload()?;
        self.shown.store(seen, Ordering::Release);
        Ok(())
    }

    fn seen(&self) -> Result<i64, SearchError> {
        Ok(self
            .index
            .load_metas()?
            .payload
            .and_then(|it| it.parse().ok())
            .unwrap_or(0))
    }
}
