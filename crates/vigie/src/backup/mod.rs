//! One file holds a whole instance: the database as of one instant, and every attachment. It
//! is restored into an empty folder.

mod encryption;

use std::{
    fs::File,
    io::{Read, Write},
    path::{Component, Path, PathBuf},
};

use age::x25519::Recipient;
use anyhow::{Context as _, ensure};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use vigie_store::{SCHEMA, schema_version, snapshot};

/// The description inside a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupManifest {
    /// The release that wrote it.
    pub release: String,
    /// Schema version of its database.
    pub schema: i64,
    /// Number of attachments in it.
    pub files: usize,
}

const LABEL: &str = "vigie-backup.json";
/// Length of an attachment's file name: its hash without the first two digits, which name the
/// folder.
const NAME: usize = 62;

/// Writes a backup of a folder, served or not, to `into`, encrypted for the recipient if there is
/// one (an age public key, `age1…`). Fails when the folder holds no instance, the file exists
/// already, or the recipient is none.
pub async fn write(
    folder: &Path,
    into: &Path,
    recipient: Option<&str>,
) -> anyhow::Result<BackupManifest> {
    let recipient = recipient.map(encryption::recipient).transpose()?;
    let schema = schema_version(folder)
        .await?
        .with_context(|| format!("{} holds no Vigie data", folder.display()))?;
    ensure!(
        !into.exists(),
        "{} exists already: choose another name",
        into.display()
    );
    let aside = tempfile::tempdir_in(folder).context("the folder cannot be written")?;
    // The database first: every file it names was durable before it was named.
    let database = aside.path().join("vigie.db");
    snapshot(folder, &database)
        .await
        .context("the database cannot be copied")?;
    let files = files_of(&folder.join("files"))?;
    let label = BackupManifest {
        release: env!("CARGO_PKG_VERSION").into(),
        schema,
        files: files.len(),
    };
    let contents = Contents {
        label: &label,
        database: &database,
        folder,
        files: &files,
    };
    write_file(into, &contents, recipient)?;
    Ok(label)
}

/// Writes the file, whole or not at all.
fn write_file(
    into: &Path,
    contents: &Contents<'_>,
    recipient: Option<Recipient>,
) -> anyhow::Result<()> {
    let half_written = into.with_extension("part");
    let out = File::create(&half_written);
    let out = out.with_context(|| format!("cannot write {}", half_written.display()))?;
    let out = match recipient {
        Some(recipient) => pack(encryption::encrypt(out, &recipient)?, contents)?.finish()?,
        None => pack(out, contents)?,
    };
    out.sync_all()?;
    std::fs::rename(&half_written, into)?;
    Ok(())
}

/// What goes into a backup.
struct Contents<'a> {
    label: &'a BackupManifest,
    database: &'a Path,
    folder: &'a Path,
    /// Attachments, by their path below the folder.
    files: &'a [PathBuf],
}

/// Writes the archive; gives back what it was written to.
fn pack<W: Write>(out: W, contents: &Contents<'_>) -> anyhow::Result<W> {
    let mut tar = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
    let text = serde_json::to_vec(contents.label)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    tar.append_data(&mut header, LABEL, text.as_slice())?;
    tar.append_path_with_name(contents.database, "vigie.db")?;
    for file in contents.files {
        let name = Path::new("files").join(file);
        tar.append_path_with_name(contents.folder.join(&name), &name)?;
    }
    let mut out = tar.into_inner()?.finish()?;
    out.flush()?;
    Ok(out)
}

/// Attachments by their path below the folder; half-written files are left out.
fn files_of(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let unreadable = || format!("cannot read the attachments in {}", folder.display());
    for part in std::fs::read_dir(folder).with_context(unreadable)? {
        let part = part?.path();
        for file in std::fs::read_dir(&part)? {
            let file = file?.path();
            let name = file
                .file_name()
                .map(|it| it.to_string_lossy().into_owned())
                .unwrap_or_default();
            if name.len() == NAME {
                files.push(file.strip_prefix(folder)?.to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Restores a backup into an empty folder, and checks that it opens; one that was encrypted is
/// opened with the identities in a file (`AGE-SECRET-KEY-1…`). Fails when the folder is not empty,
/// the file is not a backup, or a newer release wrote it.
pub async fn restore(
    from: &Path,
    folder: &Path,
    identities: Option<&Path>,
) -> anyhow::Result<BackupManifest> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    ensure!(
        std::fs::read_dir(folder)?.next().is_none(),
        "{} is not empty: choose an empty folder",
        folder.display()
    );
    let plain = encryption::open(from, identities)?;
    let label = unpack(tar::Archive::new(GzDecoder::new(plain)), folder)?;
    schema_version(folder)
        .await?
        .context("the backup holds no database")?;
    Ok(label)
}

fn read_label(entry: &mut impl Read) -> anyhow::Result<BackupManifest> {
    let mut text = String::new();
    entry.read_to_string(&mut text)?;
    let label: BackupManifest =
        serde_json::from_str(&text).context("the backup's label cannot be read")?;
    ensure!(
        label.schema <= SCHEMA,
        "a newer release ({}) wrote this backup: use that one",
        label.release
    );
    Ok(label)
}

/// Writes what is in an archive into a folder.
fn unpack(mut tar: tar::Archive<impl Read>, folder: &Path) -> anyhow::Result<BackupManifest> {
    let mut label: Option<BackupManifest> = None;
    for entry in tar.entries().context("this file is no backup of Vigie")? {
        let mut entry = entry.context("this file is no backup of Vigie, or it is damaged")?;
        let path = entry.path()?.into_owned();
        let plain = path
            .components()
            .all(|it| matches!(it, Component::Normal(_)));
        ensure!(
            plain && entry.header().entry_type().is_file(),
            "the backup holds an odd path: {}",
            path.display()
        );
        if path == Path::new(LABEL) {
            label = Some(read_label(&mut entry)?);
            continue;
        }
        ensure!(label.is_some(), "this file is no backup of Vigie");
        let into = folder.join(&path);
        if let Some(parent) = into.parent() {
            std::fs::create_dir_all(parent)?;
        }
        entry
            .unpack(&into)
            .context("the backup is damaged, or the disk is full")?;
    }
    label.context("this file is no backup of Vigie")
}
