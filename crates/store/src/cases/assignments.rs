//! Who is in charge of a case, and until when it is snoozed: records that end.

use vigie_model::{At, CaseKey, PersonKey};

use crate::{Assignments, AssignmentsMut, CasesMut, Result, args, named};

/// An owner of a case, with the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub owner_key: PersonKey,
    pub made_by: String,
    pub made_at: At,
    pub ended_at: Option<At>,
}

impl Assignments {
    /// The assignments of a case, oldest first.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Assignment>> {
        let sql = "SELECT owner_key, made_by, made_at, ended_at \
            FROM assignment \
            WHERE case_key = $1 \
            ORDER BY key";
        let rows = self.0.all(sql, args![case_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Assignment {
                    owner_key: row.key("owner_key")?,
                    made_by: row.text("made_by")?,
                    made_at: row.at("made_at")?,
                    ended_at: row.opt_at("ended_at")?,
                })
            })
            .collect()
    }
}

impl AssignmentsMut {
    /// Assigns an owner, or none; ends the former assignment.
    pub async fn assign(&mut self, case_key: CaseKey, owner_key: Option<PersonKey>) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let end = "UPDATE assignment \
            SET ended_at = $2, ended_by = $3 \
            WHERE case_key = $1 AND ended_at IS NULL";
        self.0.run(end, args![case_key, at, &actor]).await?;
        if let Some(owner) = owner_key {
            let values = named![case_key, owner_key: owner, made_by: actor, made_at: at];
            self.0.insert("assignment", values).await?;
        }
        Ok(())
    }
}

impl CasesMut {
    /// Snoozes a case, or with `None` ends the snooze.
    pub async fn snooze(&mut self, case_key: CaseKey, until: Option<At>) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        self.0
            .run(
                "UPDATE snooze SET ended_at = $2 WHERE case_key = $1 AND ended_at IS NULL",
                args![case_key, at],
            )
            .await?;
        if let Some(until) = until {
            self.0
                .insert(
                    "snooze",
                    named![case_key, until, made_by: actor, made_at: at],
                )
                .await?;
        }
        Ok(())
    }
}
