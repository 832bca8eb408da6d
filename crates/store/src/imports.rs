//! Imports: files of the past that were taken in, what each made, and how far it is.

use vigie_model::{At, ImportId, ImportState};

use crate::{Error, Result, Row, Session, Write, args};

/// What became of the items of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items read.
    pub read: i64,
    /// New.
    pub created: i64,
    /// There with other words: a new revision.
    pub updated: i64,
    /// There, the same.
    pub unchanged: i64,
    /// Refused, and kept with the reason.
    pub refused: i64,
    /// Messages others of the files answer, and that are not in them: their threads begin with the
    /// answers.
    pub missing_parents: i64,
}

/// A file of the past, taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Key.
    pub key: i64,
    /// Public id.
    pub id: ImportId,
    /// The source its messages are of.
    pub source_key: i64,
    /// What it was read as.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// Which column said what.
    pub mapping: Vec<String>,
    /// How far it is.
    pub state: ImportState,
    /// By whom.
    pub made_by: String,
    /// Since when.
    pub made_at: At,
    /// Until when.
    pub ended_at: Option<At>,
    /// Taken out at.
    pub undone_at: Option<At>,
    /// What became of its items.
    pub counts: Counts,
    /// Why it stopped.
    pub problem: Option<String>,
}

const COLUMNS: &str = "key, id, source_key, kind, name, mapping, state, made_by, made_at, \
    ended_at, undone_at, seen, created, \
    updated, unchanged, refused, missing_parents, problem";

fn read(row: &Row) -> Result<Import> {
    Ok(Import {
        key: row.int("key")?,
        id: ImportId(row.id("id")?),
        source_key: row.int("source_key")?,
        kind: row.text("kind")?,
        name: row.text("name")?,
        mapping: row.json("mapping")?,
        state: row.code("state")?,
        made_by: row.text("made_by")?,
        made_at: row.at("made_at")?,
        ended_at: row.opt_at("ended_at")?,
        undone_at: row.opt_at("undone_at")?,
        counts: Counts {
            read: row.int("seen")?,
            created: row.int("created")?,
            updated: row.int("updated")?,
            unchanged: row.int("unchanged")?,
            refused: row.int("refused")?,
            missing_parents: row.int("missing_parents")?,
        },
        problem: row.opt_text("problem")?,
    })
}

impl Session {
    /// Imports, the newest first.
    pub async fn imports(&mut self, before: Option<i64>, limit: i64) -> Result<Vec<Import>> {
        let sql = format!("SELECT {COLUMNS} FROM import WHERE key < $1 ORDER BY key DESC LIMIT $2");
        self.all(sql, args![before.unwrap_or(i64::MAX), limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The import of that public id.
    pub async fn import(&mut self, id: ImportId) -> Result<Import> {
        let row = self
            .maybe(
                format!("SELECT {COLUMNS} FROM import WHERE id = $1"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("import")), |row| read(&row))
    }

    /// Up to `limit` messages of an import: key, and the revision it made of each (1: it made the
    /// message).
    pub async fn imported(&mut self, import_key: i64, limit: i64) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT message_key, revision FROM imported WHERE import_key = $1 \
                   ORDER BY message_key, revision DESC LIMIT $2";
        let rows = self.all(sql, args![import_key, limit]).await?;
        rows.iter()
            .map(|row| Ok((row.int("message_key")?, row.int("revision")?)))
            .collect()
    }
}

impl Write {
    /// Begins an import.
    pub async fn insert_import(
        &mut self,
        source_key: i64,
        kind: &str,
        name: &str,
        mapping: &[String],
    ) -> Result<Import> {
        let (id, at, by) = (self.id(), self.at(), self.actor().to_string());
        let mapping = serde_json::json!(mapping);
        let columns = "id, source_key, kind, name, mapping, state, made_by, made_at, seen, \
            created, updated, unchanged, refused";
        let state = ImportState::Running.code();
        let values = args![
            id, source_key, kind, name, &mapping, state, by, at, 0_i64, 0_i64, 0_i64, 0_i64, 0_i64
        ];
        self.insert("import", columns, values).await?;
        self.import(ImportId(id)).await
    }

    /// Notes how far an import is.
    pub async fn save_import(&mut self, import: &Import) -> Result<()> {
        let sql = "UPDATE import SET state = $2, ended_at = $3, undone_at = $4, seen = $5, created \
            = $6, updated = $7, \
                   unchanged = $8, refused = $9, missing_parents = $10, problem = $11 WHERE key = \
                   $1";
        let it = import.counts;
        let values = args![
            import.key,
            import.state.code(),
            import.ended_at,
            import.undone_at,
            it.read,
            it.created,
            it.updated,
            it.unchanged,
            it.refused,
            it.missing_parents,
            &import.problem
        ];
        self.run(sql, values).await?;
        Ok(())
    }

    /// Notes which messages an import made, or changed to which revision.
    pub async fn insert_imported(
        &mut self,
        import_key: i64,
        messages: &[(i64, i64)],
    ) -> Result<()> {
        let rows = messages
            .iter()
            .map(|(message, revision)| args![import_key, *message, *revision])
            .collect();
        self.insert_plain("imported", "import_key, message_key, revision", rows)
            .await
    }

    /// Forgets that an import made or changed these.
    pub async fn forget_imported(
        &mut self,
        import_key: i64,
        messages: &[(i64, i64)],
    ) -> Result<()> {
        for (message, revision) in messages {
            let sql =
                "DELETE FROM imported WHERE import_key = $1 AND message_key = $2 AND revision = $3";
            self.run(sql, args![import_key, *message, *revision])
                .await?;
        }
        Ok(())
    }

    /// Forgets the items an import was refused.
    pub async fn forget_refused(&mut self, import_key: i64) -> Result<()> {
        self.run(
            "DELETE FROM refused WHERE import_key = $1",
            args![import_key],
        )
        .await?;
        Ok(())
    }
}
