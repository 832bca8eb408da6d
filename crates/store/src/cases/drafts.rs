//! Answers being written.

use vigie_model::{At, CaseKey, PersonKey, Visibility};

use crate::{Drafts, DraftsMut, Result, args};

/// An answer being written, stored on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// The intended visibility of the answer.
    pub visibility: Visibility,
    pub updated_at: At,
}

impl Drafts {
    /// A person's draft for a case.
    pub async fn find(
        &mut self,
        case_key: CaseKey,
        person_key: PersonKey,
    ) -> Result<Option<Draft>> {
        let sql = "SELECT text, visibility, updated_at \
            FROM draft \
            WHERE case_key = $1 AND person_key = $2";
        let row = self.0.optional(sql, args![case_key, person_key]).await?;
        row.map(|row| {
            Ok(Draft {
                text: row.text("text")?,
                visibility: row.code("visibility")?,
                updated_at: row.at("updated_at")?,
            })
        })
        .transpose()
    }
}

impl DraftsMut {
    /// Stores a draft; an empty text deletes it.
    pub async fn put(
        &mut self,
        case_key: CaseKey,
        person_key: PersonKey,
        text: &str,
        visibility: Visibility,
    ) -> Result<()> {
        if text.is_empty() {
            self.0
                .run(
                    "DELETE FROM draft WHERE case_key = $1 AND person_key = $2",
                    args![case_key, person_key],
                )
                .await?;
            return Ok(());
        }
        let at = self.0.at();
        let sql = "INSERT INTO draft (case_key, person_key, text, visibility, updated_at) \
            VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (case_key, person_key) DO UPDATE SET text = excluded.text, visibility = \
            excluded.visibility, updated_at = excluded.updated_at";
        self.0
            .run(
                sql,
                args![case_key, person_key, text, visibility.code(), at],
            )
            .await?;
        Ok(())
    }
}
