//! Acts on many cases at once, stored with the previous state of each case so that the whole
//! can be undone.

use vigie_model::{At, BulkActKey, BulkId, PersonId, PersonKey};

use crate::{BulkActs, BulkActsMut, Error, Result, args, named};

/// An act on many cases.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRecord {
    pub key: BulkActKey,
    pub person: PersonId,
    /// The previous state of each case: ids and codes, never text.
    pub before: serde_json::Value,
    pub made_at: At,
    pub undone_at: Option<At>,
}

impl BulkActs {
    /// The act with this public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn find(&mut self, id: BulkId) -> Result<BulkRecord> {
        let sql = "SELECT b.key, p.id AS person, b.before, b.made_at, b.undone_at \
            FROM bulk b \
            JOIN person p ON p.key = b.person_key \
            WHERE b.id = $1";
        let row = self
            .0
            .optional(sql, args![id.0])
            .await?
            .ok_or(Error::Missing("act"))?;
        let wrong = |err: serde_json::Error| Error::Stored {
            column: "before".into(),
            detail: err.to_string(),
        };
        Ok(BulkRecord {
            key: row.key("key")?,
            person: PersonId(row.id("person")?),
            before: serde_json::from_str(&row.text("before")?).map_err(wrong)?,
            made_at: row.at("made_at")?,
            undone_at: row.opt_at("undone_at")?,
        })
    }
}

impl BulkActsMut {
    /// Stores an act on many cases.
    pub async fn insert(
        &mut self,
        person_key: PersonKey,
        act: &str,
        before: &serde_json::Value,
    ) -> Result<BulkId> {
        let (id, at) = (self.0.id(), self.0.at());
        let values = named![id, person_key, act, before: before.to_string(), made_at: at];
        self.0.insert("bulk", values).await?;
        Ok(BulkId(id))
    }

    /// Stores what is left to undo of an act.
    pub async fn keep(&mut self, key: BulkActKey, before: &serde_json::Value) -> Result<()> {
        let sql = "UPDATE bulk SET before = $2 WHERE key = $1";
        self.0.run(sql, args![key, before.to_string()]).await?;
        Ok(())
    }

    /// Records that the act was undone.
    pub async fn mark_undone(&mut self, key: BulkActKey) -> Result<()> {
        let at = self.0.at();
        self.0
            .run(
                "UPDATE bulk SET undone_at = $2 WHERE key = $1",
                args![key, at],
            )
            .await?;
        Ok(())
    }
}
