//! Searches people keep: their own, and those shown to everybody.

use vigie_model::{PersonId, SavedSearchId};

use crate::{Error, Result, Row, Session, Write, args};

/// A search as somebody keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchKept {
    /// Its name.
    pub name: String,
    /// The query.
    pub query: String,
    /// What is looked for: a code of [`crate::search::Noun`].
    pub noun: String,
    /// `rank` or `date`.
    pub sorting: String,
    /// Shown to everybody.
    pub shared: bool,
}

/// A saved search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Key.
    pub key: i64,
    /// Public id.
    pub id: SavedSearchId,
    /// What it looks for.
    pub kept: SearchKept,
    /// Who keeps it.
    pub person: PersonId,
    /// Their name.
    pub person_name: String,
}

const SELECT: &str = "SELECT s.key, s.id, s.name, s.query, s.noun, s.sorting, s.shared, p.id AS \
    person, p.name AS person_name \
    FROM saved_search s JOIN person p ON p.key = s.person_key";

fn read(row: &Row) -> Result<SavedSearch> {
    Ok(SavedSearch {
        key: row.int("key")?,
        id: SavedSearchId(row.id("id")?),
        kept: SearchKept {
            name: row.text("name")?,
            query: row.text("query")?,
            noun: row.text("noun")?,
            sorting: row.text("sorting")?,
            shared: row.flag("shared")?,
        },
        person: PersonId(row.id("person")?),
        person_name: row.text("person_name")?,
    })
}

impl Session {
    /// The searches a person sees: theirs, then those of others shown to everybody, by name.
    pub async fn saved_searches(&mut self, person_key: i64) -> Result<Vec<SavedSearch>> {
        let sql = format!(
            "{SELECT} WHERE s.person_key = $1 OR s.shared = 1 \
             ORDER BY CASE WHEN s.person_key = $1 THEN 0 ELSE 1 END, lower(s.name), s.key LIMIT 500"
        );
        self.all(sql, args![person_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The saved search of that public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn saved_search(&mut self, id: SavedSearchId) -> Result<SavedSearch> {
        let row = self
            .maybe(format!("{SELECT} WHERE s.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("saved search")), |row| read(&row))
    }

    /// How many a person keeps.
    pub async fn count_saved_searches(&mut self, person_key: i64) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n FROM saved_search WHERE person_key = $1";
        self.one(sql, args![person_key]).await?.int("n")
    }
}

impl Write {
    /// Keeps a search.
    pub async fn insert_saved_search(
        &mut self,
        person_key: i64,
        kept: &SearchKept,
    ) -> Result<SavedSearchId> {
        let (id, at) = (self.id(), self.at());
        let values = args![
            id,
            person_key,
            &kept.name,
            &kept.query,
            &kept.noun,
            &kept.sorting,
            kept.shared,
            at
        ];
        self.insert(
            "saved_search",
            "id, person_key, name, query, noun, sorting, shared, made_at",
            values,
        )
        .await?;
        Ok(SavedSearchId(id))
    }

    /// Changes one.
    pub async fn save_saved_search(&mut self, key: i64, kept: &SearchKept) -> Result<()> {
        let sql = "UPDATE saved_search SET name = $2, query = $3, noun = $4, sorting = $5, shared \
            = $6 WHERE key = $1";
        let values = args![
            key,
            &kept.name,
            &kept.query,
            &kept.noun,
            &kept.sorting,
            kept.shared
        ];
        self.run(sql, values).await?;
        Ok(())
    }

    /// Lets one go.
    pub async fn remove_saved_search(&mut self, key: i64) -> Result<()> {
        self.run("DELETE FROM saved_search WHERE key = $1", args![key])
            .await?;
        Ok(())
    }
}
