//! What people see of the messages found.

use vigie_model::{At, CaseId, CaseState, Channel, Kind, MessageId};

use crate::{Result, Session, Value};

/// A message found, with the names people need.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultRow {
    /// Key.
    pub key: i64,
    /// Public id.
    pub message: MessageId,
    /// Its case.
    pub case: CaseId,
    /// The number of its case.
    pub number: i64,
    /// The subject of its case.
    pub title: String,
    /// Its words.
    pub text: String,
    /// Their language.
    pub lang: String,
    /// Who spoke.
    pub who: String,
    /// When.
    pub at: At,
    /// Where.
    pub channel: Channel,
    /// What its case is.
    pub kind: Kind,
    /// How far its case is.
    pub state: CaseState,
    /// Words of ours.
    pub ours: bool,
}

impl Session {
    /// The messages of these keys, in any order; those that are gone are left out.
    pub async fn result_rows(&mut self, keys: &[i64]) -> Result<Vec<ResultRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let marks = crate::placeholders(1, 1, keys.len());
        let sql = format!(
            "SELECT m.key, m.id, c.id AS case_id, c.number, c.title, m.text, c.lang, m.at, m.channel, c.kind, c.state, \
             m.emitter, COALESCE(p.name, a.name, a.handle, a.email, '') AS who FROM message m JOIN cases c ON c.key = m.case_key \
             LEFT JOIN author a ON a.key = m.author_key LEFT JOIN person p ON p.key = m.person_key WHERE m.key IN {marks}"
        );
        let rows = self.all(sql, keys.iter().map(|it| Value::from(*it)).collect()).await?;
        let read = |row: &crate::Row| {
            Ok(ResultRow {
                key: row.int("key")?,
                message: MessageId(row.id("id")?),
                case: CaseId(row.id("case_id")?),
                number: row.int("number")?,
                title: row.text("title")?,
                text: row.text("text")?,
                lang: row.text("lang")?,
                who: row.text("who")?,
                at: row.at("at")?,
                channel: row.code("channel")?,
                kind: row.code("kind")?,
                state: row.code("state")?,
                ours: matches!(row.text("emitter")?.as_str(), "brand" | "employee" | "paid"),
            })
        };
        rows.iter().map(read).collect()
    }

    /// What names in a query stand for.
    pub async fn search_names(&mut self) -> Result<super::Names> {
        let sources = self.sources().await?.into_iter().map(|it| (it.name.to_lowercase(), it.key)).collect();
        let people = self.people().await?.into_iter().map(|it| (it.name.to_lowercase(), it.key)).collect();
        Ok(super::Names { sources, people })
    }
}
