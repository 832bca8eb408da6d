//! The copy made before a newer release changes the schema of a database.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use vigie_store::{SCHEMA, schema_version, snapshot};

/// Copies the folder's database before an upgrade changes its schema. When this fails, the
/// upgrade must not start.
pub async fn before_upgrade(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let Some(found) = schema_version(folder).await?.filter(|it| *it < SCHEMA) else {
        return Ok(None);
    };
    let into = folder
        .join("backups")
        .join(format!("before-schema-{SCHEMA}-from-{found}.db"));
    if let Some(parent) = into.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if !into.exists() {
        snapshot(folder, &into)
            .await
            .context("no copy could be made before the upgrade: is the disk full?")?;
    }
    Ok(Some(into))
}
