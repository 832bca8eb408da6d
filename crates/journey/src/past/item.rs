//! One item of the files taken in, and how files begin.

use std::{fs::File, io::Read as _, path::Path, sync::Arc};

use anyhow::Context as _;
use vigie_listen::{IncomingItem, StoredFile};

/// One item, and where it was found.
pub struct ImportItem {
    /// `FILE:LINE`.
    pub place: String,
    pub item: IncomingItem,
    /// Its files and its raw mail, by hash.
    pub files: Vec<(String, Arc<Vec<u8>>)>,
}

impl ImportItem {
    /// An item with files.
    pub fn new(place: String, item: IncomingItem, kept: Vec<StoredFile>) -> Self {
        let files = kept
            .into_iter()
            .map(|it| (it.file.sha256, Arc::new(it.bytes)))
            .collect();
        Self { place, item, files }
    }
}

/// An item with a size in memory.
pub trait HasSize: Send + 'static {
    /// Its size in bytes.
    fn weight(&self) -> usize;
}

impl HasSize for ImportItem {
    fn weight(&self) -> usize {
        self.item.raw.len() + self.files.iter().map(|it| it.1.len()).sum::<usize>()
    }
}

/// A stream of items; an error means that the disk failed, and ends it.
pub type Items<T = ImportItem> = Box<dyn Iterator<Item = anyhow::Result<T>> + Send>;

/// The beginning of a file, to detect its format.
pub fn head(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut head = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.take(64 * 1024)
        .read_to_end(&mut head)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(head)
}
