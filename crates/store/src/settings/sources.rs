//! Sources, their health, and the items from them that intake refused.

use vigie_model::{At, BrandKey, ImportKey, RefusedId, SourceId, SourceKey, SourceKind};

use crate::{
    Error, RefusedItems, RefusedItemsMut, Result, Row, Session, Sources, SourcesMut, args,
    keyring::SecretPlace, named,
};

/// One connection to a medium.
#[derive(Clone, PartialEq)]
pub struct Source {
    pub key: SourceKey,
    pub id: SourceId,
    pub brand_key: BrandKey,
    pub kind: SourceKind,
    /// The name people gave it.
    pub name: String,
    /// The short name used in URLs.
    pub code: String,
    /// Specific to its kind, as JSON.
    pub settings: serde_json::Value,
    /// Signs outgoing requests; never shown again.
    pub secret: String,
    /// The source's position, in its own terms.
    pub cursor: Option<String>,
    pub paused_at: Option<At>,
    pub last_received_at: Option<At>,
    /// As a sentence.
    pub last_error: Option<String>,
    pub last_error_at: Option<At>,
}

/// A source about to be stored.
pub struct NewSource {
    pub brand_key: BrandKey,
    pub kind: SourceKind,
    pub name: String,
    /// A short name, unique, that stands in addresses.
    pub code: String,
    pub settings: serde_json::Value,
    /// Signs what programs send, or a mailbox's password.
    pub secret: String,
    /// Where reading begins, for kinds that read from a place.
    pub cursor: Option<String>,
}

impl Source {
    /// Whether what it brings are mails of one of the brand's mailboxes: read there, or imported
    /// from a file, and then the same as those a mailbox still holds.
    pub fn holds_mails(&self) -> bool {
        self.kind == SourceKind::MAIL || self.is_mail_archive()
    }

    /// Whether it is an import of mails from a file.
    pub fn is_mail_archive(&self) -> bool {
        let mails = self
            .settings
            .get("mails")
            .and_then(serde_json::Value::as_bool);
        self.kind == SourceKind::IMPORT && mails == Some(true)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// An item intake refused, stored to be inspected and replayed.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedRecord {
    /// Used as a cursor for the next page.
    pub key: i64,
    pub id: RefusedId,
    pub source_key: SourceKey,
    pub source_name: String,
    /// The source's id for the item.
    pub external_id: Option<String>,
    pub at: At,
    /// Stable code of the reason.
    pub problem: String,
    /// The reason as a sentence, naming the place.
    pub detail: String,
    /// The item as received.
    pub payload: String,
    pub replayed_at: Option<At>,
}

const COLUMNS: &str = "key, id, brand_key, kind, name, code, settings, secret, stream_cursor, \
    paused_at, last_received_at, \
    last_error, last_error_at";

fn read(session: &Session, row: &Row) -> Result<Source> {
    let id = row.id("id")?;
    let secret = session.open_secret(place(&id.to_string()), &row.text("secret")?)?;
    Ok(Source {
        key: row.key("key")?,
        id: SourceId(id),
        brand_key: row.key("brand_key")?,
        kind: row.code("kind")?,
        name: row.text("name")?,
        code: row.text("code")?,
        settings: row.json("settings")?,
        secret,
        cursor: row.opt_text("stream_cursor")?,
        paused_at: row.opt_at("paused_at")?,
        last_received_at: row.opt_at("last_received_at")?,
        last_error: row.opt_text("last_error")?,
        last_error_at: row.opt_at("last_error_at")?,
    })
}

/// Where the secret of a source is sealed for.
const fn place(id: &str) -> SecretPlace<'_> {
    SecretPlace {
        table: "source",
        row: id,
    }
}

fn read_refused(row: &Row) -> Result<RefusedRecord> {
    Ok(RefusedRecord {
        key: row.int("key")?,
        id: RefusedId(row.id("id")?),
        source_key: row.key("source_key")?,
        source_name: row.text("name")?,
        external_id: row.opt_text("external_id")?,
        at: row.at("at")?,
        problem: row.text("problem")?,
        detail: row.text("detail")?,
        payload: row.text("payload")?,
        replayed_at: row.opt_at("replayed_at")?,
    })
}

const REFUSED: &str = "SELECT r.key, r.id, r.source_key, s.name, r.external_id, r.at, r.problem, \
    r.detail, r.payload, r.replayed_at \
    FROM refused r \
    JOIN source s ON s.key = r.source_key";

impl Sources {
    /// Every source.
    pub async fn list(&mut self) -> Result<Vec<Source>> {
        let sql = format!("SELECT {COLUMNS} FROM source ORDER BY key");
        let rows = self.0.all(sql, vec![]).await?;
        rows.iter().map(|row| read(&self.0, row)).collect()
    }

    /// The source with this key.
    pub async fn by_key(&mut self, key: SourceKey) -> Result<Source> {
        let sql = format!("SELECT {COLUMNS} FROM source WHERE key = $1");
        let row = self.0.one(sql, args![key]).await?;
        read(&self.0, &row)
    }

    /// The source with this public id.
    pub async fn find(&mut self, id: SourceId) -> Result<Source> {
        let row = self
            .0
            .optional(
                format!("SELECT {COLUMNS} FROM source WHERE id = $1"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("source")), |row| read(&self.0, &row))
    }

    /// The source with that short name.
    pub async fn by_code(&mut self, code: &str) -> Result<Source> {
        let row = self
            .0
            .optional(
                format!("SELECT {COLUMNS} FROM source WHERE code = $1"),
                args![code],
            )
            .await?;
        row.map_or(Err(Error::Missing("source")), |row| read(&self.0, &row))
    }
}

impl RefusedItems {
    /// Refused items, newest first; only those not replayed unless `all`.
    pub async fn list(
        &mut self,
        all: bool,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<RefusedRecord>> {
        let waiting = if all {
            ""
        } else {
            " AND r.replayed_at IS NULL"
        };
        let sql = format!("{REFUSED} WHERE r.key < $1{waiting} ORDER BY r.key DESC LIMIT $2");
        self.0
            .all(sql, args![before.unwrap_or(i64::MAX), limit])
            .await?
            .iter()
            .map(read_refused)
            .collect()
    }

    /// Items refused during an import, in the order of the file: reason, place as a sentence,
    /// item.
    pub async fn of_import(
        &mut self,
        import_key: ImportKey,
        limit: i64,
    ) -> Result<Vec<RefusedRecord>> {
        let sql = format!("{REFUSED} WHERE r.import_key = $1 ORDER BY r.key LIMIT $2");
        self.0
            .all(sql, args![import_key, limit])
            .await?
            .iter()
            .map(read_refused)
            .collect()
    }

    /// The refused item with this public id.
    pub async fn find(&mut self, id: RefusedId) -> Result<RefusedRecord> {
        let row = self
            .0
            .optional(format!("{REFUSED} WHERE r.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("refused item")), |row| {
            read_refused(&row)
        })
    }
}

impl Sources {
    /// The mailbox a brand writes from: its first that is not paused.
    pub async fn mailbox_of(&mut self, brand: BrandKey) -> Result<Option<Source>> {
        let sources = self.list().await?.into_iter();
        let mut mailboxes =
            sources.filter(|source| source.kind == SourceKind::MAIL && source.brand_key == brand);
        Ok(mailboxes.find(|source| source.paused_at.is_none()))
    }
}

impl SourcesMut {
    /// Stores a source that nothing has come from yet.
    pub async fn insert(&mut self, source: NewSource) -> Result<Source> {
        let (id, at, nonce) = (self.0.id(), self.0.at(), self.0.secret());
        let secret = self
            .0
            .seal_secret(place(&id.to_string()), &source.secret, nonce)?;
        let values = named![
            id,
            brand_key: source.brand_key,
            kind: source.kind.code(),
            name: &source.name,
            code: &source.code,
            settings: &source.settings,
            secret,
            stream_cursor: &source.cursor,
            created_at: at,
        ];
        let key = self.0.insert_keyed("source", values).await?;
        Ok(Source {
            key,
            id: SourceId(id),
            brand_key: source.brand_key,
            kind: source.kind,
            name: source.name,
            code: source.code,
            settings: source.settings,
            secret: source.secret,
            cursor: source.cursor,
            paused_at: None,
            last_received_at: None,
            last_error: None,
            last_error_at: None,
        })
    }

    /// Changes a source's name, settings, pause and cursor.
    pub async fn save(&mut self, source: &Source) -> Result<()> {
        let (id, nonce) = (source.id.0.to_string(), self.0.secret());
        let secret = self.0.seal_secret(place(&id), &source.secret, nonce)?;
        let sql = "UPDATE source \
            SET name = $2, settings = $3, paused_at = $4, stream_cursor = $5, secret = $6 \
            WHERE key = $1";
        let values = args![
            source.key,
            &source.name,
            &source.settings,
            source.paused_at,
            &source.cursor,
            secret
        ];
        self.0.run(sql, values).await?;
        Ok(())
    }

    /// Records that the source works, and its position.
    pub async fn mark_received(
        &mut self,
        source_key: SourceKey,
        cursor: Option<&str>,
    ) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE source \
            SET last_received_at = $2, stream_cursor = COALESCE($3, stream_cursor) \
            WHERE key = $1";
        self.0.run(sql, args![source_key, at, cursor]).await?;
        Ok(())
    }

    /// Records a failure, as a sentence that names the place and holds no customer's text.
    pub async fn mark_failed(&mut self, source_key: SourceKey, error: &str) -> Result<()> {
        let at = self.0.at();
        self.0
            .run(
                "UPDATE source SET last_error = $2, last_error_at = $3 WHERE key = $1",
                args![source_key, error, at],
            )
            .await?;
        Ok(())
    }

    /// Records that the source works again.
    pub async fn mark_recovered(&mut self, source_key: SourceKey) -> Result<()> {
        self.0
            .run(
                "UPDATE source SET last_error = NULL, last_error_at = NULL WHERE key = $1",
                args![source_key],
            )
            .await?;
        Ok(())
    }
}

impl RefusedItemsMut {
    /// Stores refused items; the same item refused again for the same reason stays one row.
    pub async fn insert(
        &mut self,
        source_key: SourceKey,
        import_key: Option<ImportKey>,
        items: Vec<(Option<String>, String, String, String)>,
    ) -> Result<Vec<RefusedId>> {
        let at = self.0.at();
        let mut ids = Vec::new();
        for (external_id, problem, detail, payload) in items {
            let twice = "SELECT id \
                FROM refused \
                WHERE source_key = $1 AND COALESCE(external_id, '') = COALESCE($2, '') AND problem \
                = $3 AND payload = $4 AND replayed_at IS NULL";
            let known = self
                .0
                .optional(twice, args![source_key, &external_id, &problem, &payload])
                .await?;
            if let Some(row) = known {
                ids.push(RefusedId(row.id("id")?));
                continue;
            }
            let id = self.0.id();
            let values = named![
                id,
                source_key,
                external_id,
                at,
                problem,
                detail,
                payload,
                import_key,
            ];
            self.0.insert("refused", values).await?;
            self.0
                .fact(crate::FactDraft::new(vigie_model::Act::ItemRefused).on("refused", id));
            ids.push(RefusedId(id));
        }
        Ok(ids)
    }

    /// Records that a refused item was replayed successfully.
    pub async fn mark_replayed(&mut self, id: RefusedId) -> Result<()> {
        let at = self.0.at();
        self.0
            .run(
                "UPDATE refused SET replayed_at = $2 WHERE id = $1",
                args![id.0, at],
            )
            .await?;
        Ok(())
    }
}
