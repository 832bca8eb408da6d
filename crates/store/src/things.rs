//! States are records: assignments, snoozes, closures, named causes; and the notes and drafts
//! of a case. Each has an author and a date. Undoing ends the record and leaves the fact.

use vigie_model::{
    At, CaseId, CauseId, ClosureId, EvidenceKind, HowEnded, NoteId, PersonId, TopCause, Visibility,
};

use crate::{Result, Session, Write, args};

/// An owner of a case, with the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub owner_key: i64,
    pub made_by: String,
    pub made_at: At,
    pub ended_at: Option<At>,
}

/// The closure of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    pub key: i64,
    pub id: ClosureId,
    pub how: HowEnded,
    pub evidence: Option<EvidenceKind>,
    /// Identifier or text of the evidence.
    pub reference: Option<String>,
    pub attachment_key: Option<i64>,
    pub made_by: String,
    pub made_at: At,
    pub undone_at: Option<At>,
}

/// The cause named for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCause {
    pub cause_key: i64,
    pub cause: CauseId,
    /// The top-level cause.
    pub top: TopCause,
    pub made_by: String,
    pub made_at: At,
}

/// An internal comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub person: PersonId,
    pub who: String,
    pub text: String,
    pub at: At,
}

/// An answer being written, stored on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// The intended visibility of the answer.
    pub visibility: Visibility,
    pub updated_at: At,
}

impl Session {
    /// The closures of a case, oldest first, undone ones included.
    pub async fn closures(&mut self, case_key: i64) -> Result<Vec<Closure>> {
        let sql = "SELECT key, id, how, evidence, reference, attachment_key, made_by, made_at, \
            undone_at FROM closure \
                   WHERE case_key = $1 ORDER BY key";
        let rows = self.all(sql, args![case_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Closure {
                    key: row.int("key")?,
                    id: ClosureId(row.id("id")?),
                    how: row.code("how")?,
                    evidence: row.opt_code("evidence")?,
                    reference: row.opt_text("reference")?,
                    attachment_key: row.opt_int("attachment_key")?,
                    made_by: row.text("made_by")?,
                    made_at: row.at("made_at")?,
                    undone_at: row.opt_at("undone_at")?,
                })
            })
            .collect()
    }

    /// The assignments of a case, oldest first.
    pub async fn assignments(&mut self, case_key: i64) -> Result<Vec<Assignment>> {
        let sql = "SELECT owner_key, made_by, made_at, ended_at FROM assignment WHERE case_key = \
            $1 ORDER BY key";
        let rows = self.all(sql, args![case_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Assignment {
                    owner_key: row.int("owner_key")?,
                    made_by: row.text("made_by")?,
                    made_at: row.at("made_at")?,
                    ended_at: row.opt_at("ended_at")?,
                })
            })
            .collect()
    }

    /// The cause currently named for a case, if any.
    pub async fn case_cause(&mut self, case_key: i64) -> Result<Option<CaseCause>> {
        let sql = "SELECT k.cause_key, c.id, c.top, k.made_by, k.made_at FROM case_cause k JOIN \
            cause c ON c.key = k.cause_key \
                   WHERE k.case_key = $1 AND k.undone_at IS NULL ORDER BY k.key DESC";
        let row = self.optional(sql, args![case_key]).await?;
        row.map(|row| {
            Ok(CaseCause {
                cause_key: row.int("cause_key")?,
                cause: CauseId(row.id("id")?),
                top: row.code("top")?,
                made_by: row.text("made_by")?,
                made_at: row.at("made_at")?,
            })
        })
        .transpose()
    }

    /// The notes of a case, oldest first.
    pub async fn notes(&mut self, case_key: i64) -> Result<Vec<Note>> {
        let sql = "SELECT n.id, p.id AS person, p.name, n.text, n.at FROM note n JOIN person p ON \
            p.key = n.person_key \
                   WHERE n.case_key = $1 ORDER BY n.key";
        let rows = self.all(sql, args![case_key]).await?;
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
    pub async fn mentions(&mut self, person_key: i64) -> Result<Vec<(CaseId, String, String, At)>> {
        let sql = "SELECT c.id, c.title, p.name, n.at FROM mention m JOIN note n ON n.key = \
            m.note_key \
                   JOIN cases c ON c.key = m.case_key JOIN person p ON p.key = n.person_key \
                   WHERE m.person_key = $1 AND m.seen_at IS NULL ORDER BY n.key DESC LIMIT 50";
        let rows = self.all(sql, args![person_key]).await?;
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

    /// A person's draft for a case.
    pub async fn draft(&mut self, case_key: i64, person_key: i64) -> Result<Option<Draft>> {
        let sql = "SELECT text, visibility, updated_at FROM draft WHERE case_key = $1 AND \
            person_key = $2";
        let row = self.optional(sql, args![case_key, person_key]).await?;
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

impl Write {
    /// Assigns an owner, or none; ends the former assignment.
    pub async fn assign(&mut self, case_key: i64, owner_key: Option<i64>) -> Result<()> {
        let (at, actor) = (self.at(), self.actor().to_string());
        let end = "UPDATE assignment SET ended_at = $2, ended_by = $3 WHERE case_key = $1 AND \
            ended_at IS NULL";
        self.run(end, args![case_key, at, &actor]).await?;
        if let Some(owner) = owner_key {
            let values = args![case_key, owner, actor, at];
            self.insert(
                "assignment",
                "case_key, owner_key, made_by, made_at",
                values,
            )
            .await?;
        }
        Ok(())
    }

    /// Snoozes a case, or with `None` ends the snooze.
    pub async fn snooze(&mut self, case_key: i64, until: Option<At>) -> Result<()> {
        let (at, actor) = (self.at(), self.actor().to_string());
        self.run(
            "UPDATE snooze SET ended_at = $2 WHERE case_key = $1 AND ended_at IS NULL",
            args![case_key, at],
        )
        .await?;
        if let Some(until) = until {
            self.insert(
                "snooze",
                "case_key, until, made_by, made_at",
                args![case_key, until, actor, at],
            )
            .await?;
        }
        Ok(())
    }

    /// Ends a case.
    pub async fn close_case(
        &mut self,
        case_key: i64,
        how: HowEnded,
        evidence: Option<EvidenceKind>,
        reference: Option<&str>,
        attachment_key: Option<i64>,
    ) -> Result<ClosureId> {
        let (id, at, actor) = (self.id(), self.at(), self.actor().to_string());
        let columns = "id, case_key, how, evidence, reference, attachment_key, made_by, made_at";
        let evidence = evidence.map(EvidenceKind::code);
        let values = args![
            id,
            case_key,
            how.code(),
            evidence,
            reference,
            attachment_key,
            actor,
            at
        ];
        self.insert("closure", columns, values).await?;
        Ok(ClosureId(id))
    }

    /// Undoes the closure of a case; false when it was not closed.
    pub async fn undo_closure(&mut self, case_key: i64) -> Result<bool> {
        let (at, actor) = (self.at(), self.actor().to_string());
        let sql = "UPDATE closure SET undone_at = $2, undone_by = $3 WHERE case_key = $1 AND \
            undone_at IS NULL";
        Ok(self.run(sql, args![case_key, at, actor]).await? > 0)
    }

    /// Names the cause of a case, or withdraws it.
    pub async fn name_cause(&mut self, case_key: i64, cause_key: Option<i64>) -> Result<()> {
        let (at, actor) = (self.at(), self.actor().to_string());
        let undo = "UPDATE case_cause SET undone_at = $2, undone_by = $3 WHERE case_key = $1 AND \
            undone_at IS NULL";
        self.run(undo, args![case_key, at, &actor]).await?;
        if let Some(cause) = cause_key {
            self.insert(
                "case_cause",
                "case_key, cause_key, made_by, made_at",
                args![case_key, cause, actor, at],
            )
            .await?;
        }
        Ok(())
    }

    /// Stores a note and whom it mentions.
    pub async fn insert_note(
        &mut self,
        case_key: i64,
        person_key: i64,
        text: &str,
        mentioned: &[i64],
    ) -> Result<NoteId> {
        let (id, at) = (self.id(), self.at());
        let values = args![id, case_key, person_key, text, at];
        let key = self
            .insert("note", "id, case_key, person_key, text, at", values)
            .await?;
        let rows = mentioned
            .iter()
            .map(|person| args![key, *person, case_key])
            .collect();
        self.insert_plain("mention", "note_key, person_key, case_key", rows)
            .await?;
        Ok(NoteId(id))
    }

    /// Records that somebody opened the case that mentions them.
    pub async fn mark_mentions_read(&mut self, case_key: i64, person_key: i64) -> Result<()> {
        let at = self.at();
        let sql = "UPDATE mention SET seen_at = $3 WHERE case_key = $1 AND person_key = $2 AND \
            seen_at IS NULL";
        self.run(sql, args![case_key, person_key, at]).await?;
        Ok(())
    }

    /// Stores a draft; an empty text deletes it.
    pub async fn put_draft(
        &mut self,
        case_key: i64,
        person_key: i64,
        text: &str,
        visibility: Visibility,
    ) -> Result<()> {
        if text.is_empty() {
            self.run(
                "DELETE FROM draft WHERE case_key = $1 AND person_key = $2",
                args![case_key, person_key],
            )
            .await?;
            return Ok(());
        }
        let at = self.at();
        let sql = "INSERT INTO draft (case_key, person_key, text, visibility, updated_at) VALUES \
            ($1, $2, $3, $4, $5) \
                   ON CONFLICT (case_key, person_key) DO UPDATE SET text = excluded.text, \
                   visibility = excluded.visibility, updated_at = excluded.updated_at";
        self.run(
            sql,
            args![case_key, person_key, text, visibility.code(), at],
        )
        .await?;
        Ok(())
    }
}
