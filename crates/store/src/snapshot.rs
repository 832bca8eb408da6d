//! Consistent copies of the folder's database, made while it is in use or before its schema
//! changes.

use std::path::Path;

use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::Result;

async fn connect(folder: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("vigie.db"))
        .busy_timeout(std::time::Duration::from_secs(30));
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// Writes a copy of `folder/vigie.db` to `into`, as of one instant, without stopping anybody.
/// Fails when there is no database.
pub async fn snapshot(folder: &Path, into: &Path) -> Result<()> {
    let mut connection = connect(folder).await?;
    sqlx::query("VACUUM INTO ?")
        .bind(into.display().to_string())
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// The version of the schema in the folder; `None` when there is no database yet.
pub async fn schema_version(folder: &Path) -> Result<Option<i64>> {
    if !folder.join("vigie.db").exists() {
        return Ok(None);
    }
    let mut connection = connect(folder).await?;
    let there = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_version'";
    let there: i64 = sqlx::query(there)
        .fetch_one(&mut connection)
        .await?
        .try_get(0)?;
    let mut version = None;
    if there > 0 {
        let row = sqlx::query("SELECT MAX(version) FROM schema_version")
            .fetch_one(&mut connection)
            .await?;
        version = row.try_get(0)?;
    }
    connection.close().await?;
    Ok(version)
}
