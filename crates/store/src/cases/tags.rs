//! Tags: labels people put on cases, with names of their own. Two spellings that differ by
//! case or accents are one tag.

use std::collections::HashMap;

use vigie_model::{At, CaseKey, TagId, TagKey};

use crate::{Error, Result, Row, Tags, TagsMut, Value, args, named};

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub key: TagKey,
    pub id: TagId,
    /// As somebody typed it.
    pub name: String,
    /// An archived tag stays on its cases and is no longer offered.
    pub archived: bool,
}

/// The number of cases with a tag.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TagCount {
    pub cases: i64,
    /// Those that are not closed.
    pub open_cases: i64,
}

/// A tag of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRef {
    pub key: TagKey,
    pub id: TagId,
    pub name: String,
}

const SELECT: &str = "SELECT key, id, name, archived_at FROM tag";

fn read(row: &Row) -> Result<Tag> {
    Ok(Tag {
        key: row.key("key")?,
        id: TagId(row.id("id")?),
        name: row.text("name")?,
        archived: row.opt_int("archived_at")?.is_some(),
    })
}

impl Tags {
    /// Every tag, by name.
    pub async fn list(&mut self) -> Result<Vec<Tag>> {
        self.0
            .all(format!("{SELECT} ORDER BY folded"), vec![])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The number of cases with each tag, by its key; unused tags are left out.
    pub async fn counts(&mut self) -> Result<HashMap<TagKey, TagCount>> {
        let sql = "SELECT m.tag_key, COUNT(*) AS cases, COUNT(CASE WHEN c.state <> 'closed' THEN 1 \
            END) AS open_cases \
            FROM case_tag m \
            JOIN cases c ON c.key = m.case_key \
            WHERE m.undone_at IS NULL \
            GROUP BY m.tag_key";
        let rows = self.0.all(sql, vec![]).await?;
        let count = |row: &Row| -> Result<_> {
            Ok(TagCount {
                cases: row.int("cases")?,
                open_cases: row.int("open_cases")?,
            })
        };
        rows.iter()
            .map(|row| Ok((row.key("tag_key")?, count(row)?)))
            .collect()
    }

    /// The tag with this public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn find(&mut self, id: TagId) -> Result<Tag> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("tag")), |row| read(&row))
    }

    /// The tag with this folded name.
    pub async fn named(&mut self, folded: &str) -> Result<Option<Tag>> {
        self.0
            .optional(format!("{SELECT} WHERE folded = $1"), args![folded])
            .await?
            .map(|row| read(&row))
            .transpose()
    }

    /// The tags of these cases, by case, in the order they were put.
    pub async fn of_cases(&mut self, cases: &[CaseKey]) -> Result<HashMap<CaseKey, Vec<TagRef>>> {
        let mut found: HashMap<CaseKey, Vec<TagRef>> = HashMap::new();
        for part in cases.chunks(1_000) {
            let marks = crate::placeholders(1, 1, part.len());
            let sql = format!(
                "SELECT m.case_key, t.key, t.id, t.name \
                    FROM case_tag m \
                    JOIN tag t ON t.key = m.tag_key \
                    WHERE m.undone_at IS NULL AND m.case_key IN {marks} \
                    ORDER BY m.key"
            );
            for row in self
                .0
                .all(sql, part.iter().map(|it| Value::from(*it)).collect())
                .await?
            {
                let tag = TagRef {
                    key: row.key("key")?,
                    id: TagId(row.id("id")?),
                    name: row.text("name")?,
                };
                found.entry(row.key("case_key")?).or_default().push(tag);
            }
        }
        Ok(found)
    }
}

impl Tags {
    /// When a tag was last put on a case (`true`) or taken off it; `None` when it never was there.
    pub async fn last_change(
        &mut self,
        case_key: CaseKey,
        tag_key: TagKey,
    ) -> Result<Option<(bool, At)>> {
        let sql = "SELECT made_at, undone_at \
            FROM case_tag \
            WHERE case_key = $1 AND tag_key = $2 \
            ORDER BY key DESC \
            LIMIT 1";
        let row = self.0.optional(sql, args![case_key, tag_key]).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(match row.opt_at("undone_at")? {
            Some(taken_at) => (false, taken_at),
            None => (true, row.at("made_at")?),
        }))
    }
}

impl TagsMut {
    /// Stores a tag.
    pub async fn insert(&mut self, name: &str, folded: &str) -> Result<TagId> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        self.0
            .insert("tag", named![id, name, folded, made_by: actor, made_at: at])
            .await?;
        Ok(TagId(id))
    }

    /// Renames a tag.
    pub async fn rename(&mut self, key: TagKey, name: &str, folded: &str) -> Result<()> {
        self.0
            .run(
                "UPDATE tag SET name = $2, folded = $3 WHERE key = $1",
                args![key, name, folded],
            )
            .await?;
        Ok(())
    }

    /// Archives a tag, or restores it.
    pub async fn archive(&mut self, key: TagKey, archived: bool) -> Result<()> {
        let at = archived.then(|| self.0.at());
        self.0
            .run(
                "UPDATE tag SET archived_at = $2 WHERE key = $1",
                args![key, at],
            )
            .await?;
        Ok(())
    }

    /// Puts a tag on a case; returns whether it was not there yet.
    pub async fn add_to_case(&mut self, case_key: CaseKey, tag_key: TagKey) -> Result<bool> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let sql = "INSERT INTO case_tag (case_key, tag_key, made_by, made_at) \
            VALUES ($1, $2, $3, $4) \
            ON CONFLICT (case_key, tag_key) \
            WHERE undone_at IS NULL DO NOTHING";
        Ok(self.0.run(sql, args![case_key, tag_key, actor, at]).await? > 0)
    }

    /// Removes a tag that was put on a case at this instant and is still there; returns whether
    /// there was one.
    pub async fn remove_from_case_since(
        &mut self,
        case_key: CaseKey,
        tag_key: TagKey,
        put_at: At,
    ) -> Result<bool> {
        let sql = "SELECT 1 AS there \
            FROM case_tag \
            WHERE case_key = $1 AND tag_key = $2 AND made_at = $3 AND undone_at IS NULL";
        let there = self
            .0
            .optional(sql, args![case_key, tag_key, put_at])
            .await?
            .is_some();
        Ok(there && self.remove_from_case(case_key, tag_key).await?)
    }

    /// Removes a tag from a case; returns whether it was there.
    pub async fn remove_from_case(&mut self, case_key: CaseKey, tag_key: TagKey) -> Result<bool> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let sql = "UPDATE case_tag \
            SET undone_at = $3, undone_by = $4 \
            WHERE case_key = $1 AND tag_key = $2 AND undone_at IS NULL";
        Ok(self.0.run(sql, args![case_key, tag_key, at, actor]).await? > 0)
    }
}
