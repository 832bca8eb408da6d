//! How cases end, with their evidence; undoing ends the closure and leaves the fact.

use vigie_model::{At, AttachmentKey, CaseKey, ClosureId, ClosureKey, EvidenceKind, HowEnded};

use crate::{Closures, ClosuresMut, Result, args, named};

/// The closure of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    pub key: ClosureKey,
    pub id: ClosureId,
    pub how: HowEnded,
    pub evidence: Option<EvidenceKind>,
    /// Identifier or text of the evidence.
    pub reference: Option<String>,
    pub attachment_key: Option<AttachmentKey>,
    pub made_by: String,
    pub made_at: At,
    pub undone_at: Option<At>,
}

impl Closures {
    /// The closures of a case, oldest first, undone ones included.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Closure>> {
        let sql = "SELECT key, id, how, evidence, reference, attachment_key, made_by, made_at, \
            undone_at \
            FROM closure \
            WHERE case_key = $1 \
            ORDER BY key";
        let rows = self.0.all(sql, args![case_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Closure {
                    key: row.key("key")?,
                    id: ClosureId(row.id("id")?),
                    how: row.code("how")?,
                    evidence: row.opt_code("evidence")?,
                    reference: row.opt_text("reference")?,
                    attachment_key: row.opt_key("attachment_key")?,
                    made_by: row.text("made_by")?,
                    made_at: row.at("made_at")?,
                    undone_at: row.opt_at("undone_at")?,
                })
            })
            .collect()
    }
}

impl ClosuresMut {
    /// Ends a case.
    pub async fn insert(
        &mut self,
        case_key: CaseKey,
        how: HowEnded,
        evidence: Option<EvidenceKind>,
        reference: Option<&str>,
        attachment_key: Option<AttachmentKey>,
    ) -> Result<ClosureId> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());

        let evidence = evidence.map(EvidenceKind::code);
        let values = named![
            id,
            case_key,
            how: how.code(),
            evidence,
            reference,
            attachment_key,
            made_by: actor,
            made_at: at,
        ];
        self.0.insert("closure", values).await?;
        Ok(ClosureId(id))
    }

    /// Undoes the closure of a case; false when it was not closed.
    pub async fn undo(&mut self, case_key: CaseKey) -> Result<bool> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let sql = "UPDATE closure \
            SET undone_at = $2, undone_by = $3 \
            WHERE case_key = $1 AND undone_at IS NULL";
        Ok(self.0.run(sql, args![case_key, at, actor]).await? > 0)
    }
}
