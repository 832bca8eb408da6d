//! The bytes of attachments, in the data folder, each under its hash.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::{Error, Result};

/// The folder that holds attachments.
#[derive(Debug, Clone)]
pub struct AttachmentStore {
    folder: PathBuf,
}

/// How many files are synced in parallel.
const SIDE_BY_SIDE: usize = 16;

impl AttachmentStore {
    /// Opens `folder/files`, creating it if needed.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let folder = folder.join("files");
        fs::create_dir_all(&folder).map_err(|source| failed(&folder, source))?;
        Ok(Self { folder })
    }

    /// The path at which a file being uploaded waits: next to the stored files, never among them.
    pub fn waiting(&self, id: uuid::Uuid) -> Result<PathBuf> {
        let folder = self.folder.with_file_name("uploads");
        fs::create_dir_all(&folder).map_err(|source| failed(&folder, source))?;
        Ok(folder.join(id.simple().to_string()))
    }

    /// The path of the bytes with this hash; `None` when the text is not a hash, so that no path
    /// can be forged.
    pub fn path(&self, sha256: &str) -> Option<PathBuf> {
        let hexadecimal = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (folder, name) = sha256.split_at_checked(2)?;
        hexadecimal.then(|| self.folder.join(folder).join(name))
    }

    /// Writes bytes under their hash and makes them durable: the file first, then its folder.
    pub fn keep(&self, sha256: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(sha256).ok_or(Error::Missing("hash"))?;
        if path.exists() {
            return Ok(());
        }
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
        let half_written = parent.join(format!(".{sha256}.{:?}", std::thread::current().id()));
        let write = || {
            let mut file = fs::File::create(&half_written)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&half_written, &path)?;
            fs::File::open(parent)?.sync_all()?;
            fs::File::open(&self.folder)?.sync_all()
        };
        write().map_err(|source| {
            // Half a file would only take disk space; if it stays, it has no hash as its name and
            // is never read.
            drop(fs::remove_file(&half_written));
            failed(&path, source)
        })
    }

    /// The same for many files, synced in parallel so that the disk waits only once. When it
    /// fails, some files may already be stored.
    pub fn keep_all<'a>(&self, all: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<()> {
        let all: std::collections::BTreeMap<&str, &[u8]> = all.collect();
        let all: Vec<_> = all.into_iter().collect();
        let each = all.len().div_ceil(SIDE_BY_SIDE).max(1);
        std::thread::scope(|scope| {
            let keep = |part: &[(&str, &[u8])]| {
                part.iter()
                    .try_for_each(|(hash, bytes)| self.keep(hash, bytes))
            };
            let parts: Vec<_> = all
                .chunks(each)
                .map(|part| scope.spawn(move || keep(part)))
                .collect();
            parts.into_iter().try_for_each(|part| {
                part.join().unwrap_or_else(|_| {
                    Err(failed(
                        &self.folder,
                        std::io::Error::other("a thread failed"),
                    ))
                })
            })
        })
    }

    /// Permanently deletes the bytes with this hash; does nothing when there are none.
    pub fn remove(&self, sha256: &str) -> Result<()> {
        let path = self.path(sha256).ok_or(Error::Missing("file"))?;
        match fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(failed(&path, source))
            }
            _ => Ok(()),
        }
    }

    /// The bytes with this hash. Fails when there are none.
    pub fn bytes(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = self.path(sha256).ok_or(Error::Missing("file"))?;
        fs::read(&path).map_err(|source| failed(&path, source))
    }
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::Files {
        path: path.display().to_string(),
        source,
    }
}
