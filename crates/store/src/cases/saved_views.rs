//! Saved views of the inbox: a user's own, and those shared with everybody.

use vigie_model::{PersonId, PersonKey, SavedViewId, SavedViewKey};

use crate::{Error, Result, Row, SavedViews, SavedViewsMut, args, named};

/// The content of a saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedViewContent {
    pub name: String,
    /// The query string of the inbox's URL: `view=open&kind=complaint`.
    pub filters: String,
    /// Shared with everybody.
    pub shared: bool,
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub key: SavedViewKey,
    pub id: SavedViewId,
    pub content: SavedViewContent,
    pub person: PersonId,
    pub person_name: String,
}

const SELECT: &str = "SELECT v.key, v.id, v.name, v.filters, v.shared, p.id AS person, p.name AS \
    person_name \
    FROM saved_view v \
    JOIN person p ON p.key = v.person_key";

fn read(row: &Row) -> Result<SavedView> {
    Ok(SavedView {
        key: row.key("key")?,
        id: SavedViewId(row.id("id")?),
        content: SavedViewContent {
            name: row.text("name")?,
            filters: row.text("filters")?,
            shared: row.boolean("shared")?,
        },
        person: PersonId(row.id("person")?),
        person_name: row.text("person_name")?,
    })
}

impl SavedViews {
    /// The saved views a user sees: their own, then those shared by others, by name.
    pub async fn of_person(&mut self, person_key: PersonKey) -> Result<Vec<SavedView>> {
        let sql = format!(
            "{SELECT} \
                WHERE v.person_key = $1 OR v.shared = 1 \
                ORDER BY CASE WHEN v.person_key = $1 THEN 0 ELSE 1 END, lower(v.name), v.key \
                LIMIT 200"
        );
        self.0
            .all(sql, args![person_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The saved view with this public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn find(&mut self, id: SavedViewId) -> Result<SavedView> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE v.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("saved view")), |row| read(&row))
    }

    /// How many views a user has saved.
    pub async fn count(&mut self, person_key: PersonKey) -> Result<i64> {
        self.0
            .one(
                "SELECT COUNT(*) AS n FROM saved_view WHERE person_key = $1",
                args![person_key],
            )
            .await?
            .int("n")
    }
}

impl SavedViewsMut {
    /// Stores a view.
    pub async fn insert(
        &mut self,
        person_key: PersonKey,
        content: &SavedViewContent,
    ) -> Result<SavedViewId> {
        let (id, at) = (self.0.id(), self.0.at());
        let values = named![
            id,
            person_key,
            name: &content.name,
            filters: &content.filters,
            shared: content.shared,
            made_at: at,
        ];
        self.0.insert("saved_view", values).await?;
        Ok(SavedViewId(id))
    }

    /// Changes a saved view.
    pub async fn save(&mut self, key: SavedViewKey, content: &SavedViewContent) -> Result<()> {
        let sql = "UPDATE saved_view SET name = $2, filters = $3, shared = $4 WHERE key = $1";
        self.0
            .run(
                sql,
                args![key, &content.name, &content.filters, content.shared],
            )
            .await?;
        Ok(())
    }

    /// Deletes a saved view.
    pub async fn remove(&mut self, key: SavedViewKey) -> Result<()> {
        self.0
            .run("DELETE FROM saved_view WHERE key = $1", args![key])
            .await?;
        Ok(())
    }
}
