//! The history: one row per act, appended in the act's own transaction.

use vigie_model::{Act, CaseKey, Fact};

use crate::{Error, Facts, Result, Row, args};

fn read(row: &Row) -> Result<Fact> {
    let act = row.text("act")?;
    Ok(Fact {
        number: row.int("number")?,
        at: row.at("at")?,
        actor: row.text("actor")?,
        act: Act::from_code(&act).ok_or_else(|| Error::Stored {
            column: "act".into(),
            detail: "unknown act".into(),
        })?,
        ids: row.json("ids")?,
        fields: row.json("fields")?,
    })
}

const COLUMNS: &str = "number, at, actor, act, ids, fields";

impl Facts {
    /// Up to `limit` facts after number `after`, in order.
    pub async fn after(&mut self, after: i64, limit: i64) -> Result<Vec<Fact>> {
        let sql = format!("SELECT {COLUMNS} FROM fact WHERE number > $1 ORDER BY number LIMIT $2");
        self.0
            .all(sql, args![after, limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The facts of a case, oldest first.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Fact>> {
        let sql =
            format!("SELECT {COLUMNS} FROM fact WHERE case_key = $1 ORDER BY number LIMIT 1000");
        self.0
            .all(sql, args![case_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The number of the last fact.
    pub async fn last(&mut self) -> Result<i64> {
        self.0
            .one("SELECT value FROM counter WHERE name = 'fact'", vec![])
            .await?
            .int("value")
    }
}
