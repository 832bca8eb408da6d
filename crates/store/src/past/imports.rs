//! Imports: historical files, what each created, and its progress.

use vigie_model::{At, ImportId, ImportKey, ImportState, MessageKey, SourceKey};

use crate::{Error, Imports, ImportsMut, RefusedItemsMut, Result, Row, args, named};

/// The outcomes of a file's items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub read: i64,
    pub created: i64,
    /// Already stored with other content: a new revision.
    pub updated: i64,
    /// Already stored, unchanged.
    pub unchanged: i64,
    /// Refused, and stored with the reason.
    pub refused: i64,
    /// Messages that others reply to and that are not in the files: their threads begin with the
    /// answers.
    pub missing_parents: i64,
}

/// An import of historical data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub key: ImportKey,
    pub id: ImportId,
    /// The source of its messages.
    pub source_key: SourceKey,
    /// What the files were read as.
    pub kind: String,
    pub name: String,
    /// The column mapping used.
    pub mapping: Vec<String>,
    pub state: ImportState,
    pub made_by: String,
    pub made_at: At,
    pub ended_at: Option<At>,
    pub undone_at: Option<At>,
    /// The outcomes of its items.
    pub counts: Counts,
    /// Why it stopped.
    pub problem: Option<String>,
}

const COLUMNS: &str = "key, id, source_key, kind, name, mapping, state, made_by, made_at, \
    ended_at, undone_at, seen, created, \
    updated, unchanged, refused, missing_parents, problem";

fn read(row: &Row) -> Result<Import> {
    Ok(Import {
        key: row.key("key")?,
        id: ImportId(row.id("id")?),
        source_key: row.key("source_key")?,
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

impl Imports {
    /// Imports, newest first.
    pub async fn list(&mut self, before: Option<i64>, limit: i64) -> Result<Vec<Import>> {
        let sql = format!("SELECT {COLUMNS} FROM import WHERE key < $1 ORDER BY key DESC LIMIT $2");
        self.0
            .all(sql, args![before.unwrap_or(i64::MAX), limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The import with this public id.
    pub async fn find(&mut self, id: ImportId) -> Result<Import> {
        let row = self
            .0
            .optional(
                format!("SELECT {COLUMNS} FROM import WHERE id = $1"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("import")), |row| read(&row))
    }

    /// Up to `limit` messages of an import, each with its key and the revision the import created
    /// (1 when it created the message).
    pub async fn messages(
        &mut self,
        import_key: ImportKey,
        limit: i64,
    ) -> Result<Vec<(MessageKey, i64)>> {
        let sql = "SELECT message_key, revision \
            FROM imported \
            WHERE import_key = $1 \
            ORDER BY message_key, revision DESC \
            LIMIT $2";
        let rows = self.0.all(sql, args![import_key, limit]).await?;
        rows.iter()
            .map(|row| Ok((row.key("message_key")?, row.int("revision")?)))
            .collect()
    }
}

impl ImportsMut {
    /// Starts an import.
    pub async fn insert(
        &mut self,
        source_key: SourceKey,
        kind: &str,
        name: &str,
        mapping: &[String],
    ) -> Result<Import> {
        let (id, at, by) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        let mapping = serde_json::json!(mapping);

        let state = ImportState::Running.code();
        let values = named![
            id,
            source_key,
            kind,
            name,
            mapping: &mapping,
            state,
            made_by: by,
            made_at: at,
            seen: 0_i64,
            created: 0_i64,
            updated: 0_i64,
            unchanged: 0_i64,
            refused: 0_i64,
        ];
        self.0.insert("import", values).await?;
        self.find(ImportId(id)).await
    }

    /// Stores the progress of an import.
    pub async fn save(&mut self, import: &Import) -> Result<()> {
        let sql = "UPDATE import \
            SET state = $2, ended_at = $3, undone_at = $4, seen = $5, created = $6, updated = $7, \
            unchanged = $8, refused = $9, missing_parents = $10, problem = $11 \
            WHERE key = $1";
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
        self.0.run(sql, values).await?;
        Ok(())
    }

    /// Records which messages an import created, or changed and to which revision.
    pub async fn insert_messages(
        &mut self,
        import_key: ImportKey,
        messages: &[(MessageKey, i64)],
    ) -> Result<()> {
        let rows = messages
            .iter()
            .map(|(message, revision)| {
                named![import_key, message_key: *message, revision: *revision]
            })
            .collect();
        self.0.insert_plain("imported", rows).await
    }

    /// Deletes the record that an import created or changed these messages.
    pub async fn forget_messages(
        &mut self,
        import_key: ImportKey,
        messages: &[(MessageKey, i64)],
    ) -> Result<()> {
        for (message, revision) in messages {
            let sql =
                "DELETE FROM imported WHERE import_key = $1 AND message_key = $2 AND revision = $3";
            self.0
                .run(sql, args![import_key, *message, *revision])
                .await?;
        }
        Ok(())
    }
}

impl RefusedItemsMut {
    /// Deletes the items refused during an import.
    pub async fn forget_of_import(&mut self, import_key: ImportKey) -> Result<()> {
        self.0
            .run(
                "DELETE FROM refused WHERE import_key = $1",
                args![import_key],
            )
            .await?;
        Ok(())
    }
}
