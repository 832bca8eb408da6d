//! Promises: a dated commitment made to one customer, in view until kept or broken.

use vigie_model::{At, CaseId, CaseKey, MessageKey, PromiseId};

use crate::{Error, Promises, PromisesMut, Result, Row, args, named};

/// A promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    pub id: PromiseId,
    pub case_key: CaseKey,
    pub case: CaseId,
    pub title: String,
    /// What was promised.
    pub text: String,
    pub due_at: At,
    pub made_at: At,
    /// `kept` or `broken`, once judged.
    pub outcome: Option<String>,
}

const SELECT: &str = "SELECT r.id, r.case_key, c.id AS case_id, c.title, r.text, r.due_at, \
    r.made_at, r.outcome \
    FROM promise r \
    JOIN cases c ON c.key = r.case_key";

fn read(row: &Row) -> Result<Promise> {
    Ok(Promise {
        id: PromiseId(row.id("id")?),
        case_key: row.key("case_key")?,
        case: CaseId(row.id("case_id")?),
        title: row.text("title")?,
        text: row.text("text")?,
        due_at: row.at("due_at")?,
        made_at: row.at("made_at")?,
        outcome: row.opt_text("outcome")?,
    })
}

impl Promises {
    /// The promises of a case.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Promise>> {
        let rows = self
            .0
            .all(
                format!("{SELECT} WHERE r.case_key = $1 ORDER BY r.key"),
                args![case_key],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// Promises in view, by due date; `until` bounds them.
    pub async fn in_view(&mut self, until: At) -> Result<Vec<Promise>> {
        let sql = format!(
            "{SELECT} WHERE r.outcome IS NULL AND r.due_at <= $1 ORDER BY r.due_at LIMIT 100"
        );
        self.0
            .all(sql, args![until])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The promise with this public id.
    pub async fn find(&mut self, id: PromiseId) -> Result<Promise> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE r.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("promise")), |row| read(&row))
    }

    /// The earliest due date among a case's promises in view.
    pub async fn next_due(&mut self, case_key: CaseKey) -> Result<Option<At>> {
        let sql = "SELECT MIN(due_at) AS due FROM promise WHERE case_key = $1 AND outcome IS NULL";
        self.0.one(sql, args![case_key]).await?.opt_at("due")
    }
}

impl PromisesMut {
    /// Stores a promise.
    pub async fn insert(
        &mut self,
        case_key: CaseKey,
        message_key: Option<MessageKey>,
        text: &str,
        due_at: At,
    ) -> Result<PromiseId> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());

        self.0
            .insert(
                "promise",
                named![
                    id,
                    case_key,
                    message_key,
                    text,
                    due_at,
                    made_by: actor,
                    made_at: at,
                ],
            )
            .await?;
        Ok(PromiseId(id))
    }

    /// Records how a promise ended, or puts it back in view.
    pub async fn judge(&mut self, id: PromiseId, outcome: Option<&str>) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let sql = "UPDATE promise SET outcome = $2, judged_at = $3, judged_by = $4 WHERE id = $1";
        self.0.run(sql, args![id.0, outcome, at, actor]).await?;
        Ok(())
    }
}
