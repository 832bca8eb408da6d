//! Where the keys that open an instance's secrets come from: systemd, the environment, or a file of
//! our own beside the data folder, so that a copy of the folder opens nothing.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use vigie_model::{Actor, Ids};
use vigie_store::{Keyring, Store};

/// The credential systemd hands over (`LoadCredential=vigie-key:…`).
const CREDENTIAL: &str = "vigie-key";

/// Where the keys of an instance come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file that Vigie may write: it makes it, and puts new keys into it.
    OwnFile(PathBuf),
    /// Handed over by systemd, in this file.
    Credential(PathBuf),
    /// In the variable `VIGIE_KEY`.
    Environment,
    /// Given by the program itself.
    Given,
}

/// The keys of an instance.
pub struct Keys {
    pub ring: Keyring,
    pub source: KeySource,
    /// The file was made just now.
    pub new: bool,
}

impl KeySource {
    /// The source of a folder's keys: `VIGIE_KEY`, the file named by `VIGIE_KEY_FILE`, systemd's
    /// credential, else a file beside the folder.
    pub fn of(folder: &Path) -> Self {
        if variable("VIGIE_KEY").is_some() {
            return Self::Environment;
        }
        if let Some(file) = variable("VIGIE_KEY_FILE") {
            return Self::OwnFile(file.into());
        }
        let handed = variable("CREDENTIALS_DIRECTORY").map(|it| Path::new(&it).join(CREDENTIAL));
        match handed.filter(|file| file.exists()) {
            Some(file) => Self::Credential(file),
            None => Self::OwnFile(beside(folder)),
        }
    }

    /// The file, when it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::OwnFile(file) | Self::Credential(file) => Some(file),
            Self::Environment | Self::Given => None,
        }
    }

    fn text(&self) -> anyhow::Result<Option<String>> {
        let Some(file) = self.file() else {
            return Ok(std::env::var("VIGIE_KEY").ok());
        };
        match fs::read_to_string(file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    /// The keys there are.
    ///
    /// # Errors
    /// When there are none, or they cannot be read.
    pub fn read(self) -> anyhow::Result<Keys> {
        let missing = || match self.file() {
            Some(file) => format!("the key file {} is missing: put it back", file.display()),
            None => "VIGIE_KEY holds no key".to_owned(),
        };
        let text = self.text()?.with_context(missing)?;
        let ring = self.parsed(&text)?;
        Ok(Keys {
            ring,
            source: self,
            new: false,
        })
    }

    /// The keys there are; a first one is made when there is none, and kept where Vigie may write.
    pub fn read_or_make(self, ids: &dyn Ids) -> anyhow::Result<Keys> {
        match &self {
            Self::OwnFile(file) if !file.exists() => {
                let text = with_new_key("", ids);
                let ring = self.parsed(&text)?;
                write_new(file, &text)?;
                tracing::warn!(
                    file = %file.display(),
                    "a key was made for this instance's secrets: keep a copy of it apart from its backups"
                );
                Ok(Keys {
                    ring,
                    source: self,
                    new: true,
                })
            }
            _ => self.read(),
        }
    }

    fn parsed(&self, text: &str) -> anyhow::Result<Keyring> {
        let place = match self.file() {
            Some(file) => file.display().to_string(),
            None => "VIGIE_KEY".to_owned(),
        };
        Keyring::parse(text).with_context(|| format!("the keys in {place} cannot be read"))
    }
}

/// Seals every secret again: with a new key where Vigie may write it, else with the first of the
/// keys it is given. Returns how many.
pub async fn rotate(store: &Store, source: &KeySource, ids: &dyn Ids) -> anyhow::Result<usize> {
    if let KeySource::OwnFile(file) = source {
        let old = source.clone().text()?.unwrap_or_default(); // default: its keys are in use still
        let text = with_new_key(&old, ids);
        let ring = source.parsed(&text)?;
        // First the file: a secret sealed with a key that is nowhere would be lost.
        replace(file, &text)?;
        store.database().keyring().replace(ring);
    }
    let mut write = store.write(Actor::System).await?;
    let sealed = write.seal_again().await?;
    write.commit().await?;
    store.scrub().await?;
    Ok(sealed)
}

/// Gives the keys of a folder that moves to the folder it becomes; what keys that one had still
/// open what they sealed.
pub fn move_keys(from: &Path, to: &Path) -> anyhow::Result<()> {
    let (KeySource::OwnFile(from), KeySource::OwnFile(to)) =
        (KeySource::of(from), KeySource::of(to))
    else {
        return Ok(());
    };
    if from == to {
        return Ok(());
    }
    // default: a folder without keys adds none
    let mut text = KeySource::OwnFile(from.clone()).text()?.unwrap_or_default();
    text += &KeySource::OwnFile(to.clone()).text()?.unwrap_or_default(); // default: likewise
    replace(&to, &text)?;
    let left = || format!("cannot remove {}", from.display());
    fs::remove_file(&from).with_context(left)?;
    match from.parent() {
        Some(folder) => fs::remove_dir(folder).with_context(left),
        None => Ok(()),
    }
}

/// A variable of the environment that is not empty.
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The file beside a folder: `/var/lib/vigie-key/key` for `/var/lib/vigie`.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.components().as_path().as_os_str().to_owned();
    name.push("-key");
    PathBuf::from(name).join("key")
}

/// A key file with a new key first: it seals from now on, the others still open older backups.
fn with_new_key(text: &str, ids: &dyn Ids) -> String {
    let [a, b, c, d, ..] = ids.secret();
    let name = format!("k{a:02x}{b:02x}{c:02x}{d:02x}");
    let key = Keyring::line(&name, &ids.secret());
    format!("{key}\n{text}")
}

fn write_new(file: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("cannot write the key file {}", file.display());
    make_folder_of(file).with_context(cannot)?;
    let opened = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    let mut opened = opened.with_context(cannot)?;
    opened.write_all(text.as_bytes()).with_context(cannot)?;
    opened.sync_all().with_context(cannot)
}

/// Makes the folder of a file, for its owner only.
fn make_folder_of(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.exists() => fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder),
        _ => Ok(()),
    }
}

/// Puts a file in the place of another, whole or not at all.
fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    let new = file.with_extension("new");
    if new.exists() {
        fs::remove_file(&new).with_context(|| format!("cannot remove {}", new.display()))?;
    }
    write_new(&new, text)?;
    fs::rename(&new, file).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::SeededIds;

    #[test]
    fn a_first_key_is_made_beside_the_folder_for_its_owner_only() {
        let here = tempfile::tempdir().unwrap();
        let folder = here.path().join("data/");
        let file = here.path().join("data-key/key");
        assert_eq!(beside(&folder), file);

        let source = || KeySource::OwnFile(file.clone());
        let missing = source().read().err().unwrap();
        assert!(missing.to_string().contains("data-key/key is missing"));
        assert!(source().read_or_make(&SeededIds::new(1)).unwrap().new);
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_folder_that_moves_takes_its_key_along() {
        let here = tempfile::tempdir().unwrap();
        let [built, there] = ["built", "there"].map(|name| here.path().join(name));
        for (seed, folder) in [(1, &built), (2, &there)] {
            let source = KeySource::OwnFile(beside(folder));
            source.read_or_make(&SeededIds::new(seed)).unwrap();
        }
        let moved = fs::read_to_string(beside(&built)).unwrap();
        let older = fs::read_to_string(beside(&there)).unwrap();

        move_keys(&built, &there).unwrap();
        let all = fs::read_to_string(beside(&there)).unwrap();
        assert_eq!(all, format!("{moved}{older}"));
        assert!(!here.path().join("built-key").exists());
    }

    #[test]
    fn a_key_file_is_never_made_anew_and_its_faults_are_named() {
        let here = tempfile::tempdir().unwrap();
        let file = here.path().join("key");
        let source = || KeySource::OwnFile(file.clone());
        source().read_or_make(&SeededIds::new(1)).unwrap();
        let before = fs::read_to_string(&file).unwrap();
        assert!(!source().read_or_make(&SeededIds::new(2)).unwrap().new);
        assert_eq!(fs::read_to_string(&file).unwrap(), before);

        fs::write(&file, "nonsense").unwrap();
        let wrong = source().read().err().unwrap();
        assert!(format!("{wrong:#}").contains("line 1"), "{wrong:#}");
    }
}
