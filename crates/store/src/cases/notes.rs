//! Internal comments, and the people they mention.

use vigie_model::{At, CaseId, CaseKey, NoteId, NoteKey, PersonId, PersonKey};

use crate::{Notes, NotesMut, Result, args, named};

/// An internal comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub person: PersonId,
    pub who: String,
    pub text: String,
    pub at: At,
}

impl Notes {
    /// The notes of a case, oldest first.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Note>> {
        let sql = "SELECT n.id, p.id AS person, p.name, n.text, n.at \
            FROM note n \
            JOIN person p ON p.key = n.person_key \
            WHERE n.case_key = $1 \
            ORDER BY n.key";
        let rows = self.0.all(sql, args![case_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Note {
                    id: NoteId(row.id("id")?),
                    person: PersonId(row.id("person")?),
                    who: row.text("name")?,
                    text: row.text("text")?,
                    at: row.at("at")?,
                })
            })
            .collect()
    }

    /// Cases in which somebody is mentioned and that they have not opened since.
    pub async fn mentions(
        &mut self,
        person_key: PersonKey,
    ) -> Result<Vec<(CaseId, String, String, At)>> {
        let sql = "SELECT c.id, c.title, p.name, n.at \
            FROM mention m \
            JOIN note n ON n.key = m.note_key \
            JOIN cases c ON c.key = m.case_key \
            JOIN person p ON p.key = n.person_key \
            WHERE m.person_key = $1 AND m.seen_at IS NULL \
            ORDER BY n.key DESC \
            LIMIT 50";
        let rows = self.0.all(sql, args![person_key]).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    CaseId(row.id("id")?),
                    row.text("title")?,
                    row.text("name")?,
                    row.at("at")?,
                ))
            })
            .collect()
    }
}

impl NotesMut {
    /// Stores a note and whom it mentions.
    pub async fn insert(
        &mut self,
        case_key: CaseKey,
        person_key: PersonKey,
        text: &str,
        mentioned: &[PersonKey],
    ) -> Result<NoteId> {
        let (id, at) = (self.0.id(), self.0.at());
        let values = named![id, case_key, person_key, text, at];
        let key = self.0.insert_keyed::<NoteKey>("note", values).await?;
        let rows = mentioned
            .iter()
            .map(|person| named![note_key: key, person_key: *person, case_key])
            .collect();
        self.0.insert_plain("mention", rows).await?;
        Ok(NoteId(id))
    }

    /// Records that somebody opened the case that mentions them.
    pub async fn mark_mentions_read(
        &mut self,
        case_key: CaseKey,
        person_key: PersonKey,
    ) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE mention \
            SET seen_at = $3 \
            WHERE case_key = $1 AND person_key = $2 AND seen_at IS NULL";
        self.0.run(sql, args![case_key, person_key, at]).await?;
        Ok(())
    }
}
