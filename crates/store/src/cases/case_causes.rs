//! The cause named for a case.

use vigie_model::{At, CaseKey, CauseId, CauseKey, TopCause};

use crate::{CaseCauses, CaseCausesMut, Result, args, named};

/// The cause named for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCause {
    pub cause_key: CauseKey,
    pub cause: CauseId,
    /// The top-level cause.
    pub top: TopCause,
    pub made_by: String,
    pub made_at: At,
}

impl CaseCauses {
    /// The cause currently named for a case, if any.
    pub async fn find(&mut self, case_key: CaseKey) -> Result<Option<CaseCause>> {
        let sql = "SELECT k.cause_key, c.id, c.top, k.made_by, k.made_at \
            FROM case_cause k \
            JOIN cause c ON c.key = k.cause_key \
            WHERE k.case_key = $1 AND k.undone_at IS NULL \
            ORDER BY k.key DESC";
        let row = self.0.optional(sql, args![case_key]).await?;
        row.map(|row| {
            Ok(CaseCause {
                cause_key: row.key("cause_key")?,
                cause: CauseId(row.id("id")?),
                top: row.code("top")?,
                made_by: row.text("made_by")?,
                made_at: row.at("made_at")?,
            })
        })
        .transpose()
    }
}

impl CaseCausesMut {
    /// Names the cause of a case, or withdraws it.
    pub async fn name(&mut self, case_key: CaseKey, cause_key: Option<CauseKey>) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let undo = "UPDATE case_cause \
            SET undone_at = $2, undone_by = $3 \
            WHERE case_key = $1 AND undone_at IS NULL";
        self.0.run(undo, args![case_key, at, &actor]).await?;
        if let Some(cause) = cause_key {
            self.0
                .insert(
                    "case_cause",
                    named![
                        case_key,
                        cause_key: cause,
                        made_by: actor,
                        made_at: at,
                    ],
                )
                .await?;
        }
        Ok(())
    }
}
