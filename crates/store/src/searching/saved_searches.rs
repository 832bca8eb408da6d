//! Saved searches: a user's own, and those shared with everybody.

use vigie_model::{PersonId, PersonKey, SavedSearchId, SavedSearchKey};

use crate::{Error, Result, Row, SavedSearches, SavedSearchesMut, args, named};

/// The content of a saved search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearchContent {
    pub name: String,
    pub query: String,
    /// What it looks for: a code of [`crate::EntityKind`].
    pub noun: String,
    /// `rank` or `date`.
    pub sorting: String,
    /// Shared with everybody.
    pub shared: bool,
}

/// A saved search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    pub key: SavedSearchKey,
    pub id: SavedSearchId,
    pub content: SavedSearchContent,
    pub person: PersonId,
    pub person_name: String,
}

const SELECT: &str = "SELECT s.key, s.id, s.name, s.query, s.noun, s.sorting, s.shared, p.id AS \
    person, p.name AS person_name \
    FROM saved_search s \
    JOIN person p ON p.key = s.person_key";

fn read(row: &Row) -> Result<SavedSearch> {
    Ok(SavedSearch {
        key: row.key("key")?,
        id: SavedSearchId(row.id("id")?),
        content: SavedSearchContent {
            name: row.text("name")?,
            query: row.text("query")?,
            noun: row.text("noun")?,
            sorting: row.text("sorting")?,
            shared: row.boolean("shared")?,
        },
        person: PersonId(row.id("person")?),
        person_name: row.text("person_name")?,
    })
}

impl SavedSearches {
    /// The saved searches a user sees: their own, then those shared by others, by name.
    pub async fn of_person(&mut self, person_key: PersonKey) -> Result<Vec<SavedSearch>> {
        let sql = format!(
            "{SELECT} \
                WHERE s.person_key = $1 OR s.shared = 1 \
                ORDER BY CASE WHEN s.person_key = $1 THEN 0 ELSE 1 END, lower(s.name), s.key \
                LIMIT 500"
        );
        self.0
            .all(sql, args![person_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The saved search with this public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn find(&mut self, id: SavedSearchId) -> Result<SavedSearch> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE s.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("saved search")), |row| read(&row))
    }

    /// How many searches a user has saved.
    pub async fn count(&mut self, person_key: PersonKey) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n FROM saved_search WHERE person_key = $1";
        self.0.one(sql, args![person_key]).await?.int("n")
    }
}

impl SavedSearchesMut {
    /// Stores a search.
    pub async fn insert(
        &mut self,
        person_key: PersonKey,
        content: &SavedSearchContent,
    ) -> Result<SavedSearchId> {
        let (id, at) = (self.0.id(), self.0.at());
        let values = named![
            id,
            person_key,
            name: &content.name,
            query: &content.query,
            noun: &content.noun,
            sorting: &content.sorting,
            shared: content.shared,
            made_at: at,
        ];
        self.0.insert("saved_search", values).await?;
        Ok(SavedSearchId(id))
    }

    /// Changes a saved search.
    pub async fn save(&mut self, key: SavedSearchKey, content: &SavedSearchContent) -> Result<()> {
        let sql = "UPDATE saved_search \
            SET name = $2, query = $3, noun = $4, sorting = $5, shared = $6 \
            WHERE key = $1";
        let values = args![
            key,
            &content.name,
            &content.query,
            &content.noun,
            &content.sorting,
            content.shared
        ];
        self.0.run(sql, values).await?;
        Ok(())
    }

    /// Deletes a saved search.
    pub async fn remove(&mut self, key: SavedSearchKey) -> Result<()> {
        self.0
            .run("DELETE FROM saved_search WHERE key = $1", args![key])
            .await?;
        Ok(())
    }
}
