//! One file holds a whole instance: the database as of one instant, and every attachment. It
//! is restored into an empty folder.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::{Component, Path, PathBuf},
};

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

/// Writes a backup of a folder, served or not, to `into`. Fails when the folder holds no
/// instance or the file exists already.
pub async fn write(folder: &Path, into: &Path) -> anyhow::Result<BackupManifest> {
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
    let half_written = into.with_extension("part");
    pack(&half_written, &label, &database, folder, &files)?;
    std::fs::rename(&half_written, into)?;
    Ok(label)
}

fn pack(
    into: &Path,
    label: &BackupManifest,
    database: &Path,
    folder: &Path,
    files: &[PathBuf],
) -> anyhow::Result<()> {
    let out = File::create(into).with_context(|| format!("cannot write {}", into.display()))?;
    let mut tar = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
    let text = serde_json::to_vec(label)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    tar.append_data(&mut header, LABEL, text.as_slice())?;
    tar.append_path_with_name(database, "vigie.db")?;
    for file in files {
        tar.append_path_with_name(
            folder.join("files").join(file),
            Path::new("files").join(file),
        )?;
    }
    let mut out = tar.into_inner()?.finish()?;
    out.flush()?;
    out.sync_all()?;
    Ok(())
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

/// Restores a backup into an empty folder, and checks that it opens. Fails when the folder is
/// not empty, the file is not a backup, or a newer release wrote it.
pub async fn restore(from: &Path, folder: &Path) -> anyhow::Result<BackupManifest> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    ensure!(
        std::fs::read_dir(folder)?.next().is_none(),
        "{} is not empty: choose an empty folder",
        folder.display()
    );
    let file = File::open(from).with_context(|| format!("cannot read {}", from.display()))?;
    let mut tar = tar::Archive::new(GzDecoder::new(file));
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
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            let read: BackupManifest =
                serde_json::from_str(&text).context("the backup's label cannot be read")?;
            ensure!(
                read.schema <= SCHEMA,
                "a newer release ({}) wrote this backup: use that one",
                read.release
            );
            label = Some(read);
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
    let label = label.context("this file is no backup of Vigie")?;
    schema_version(folder)
        .await?
        .context("the backup holds no database")?;
    Ok(label)
}
