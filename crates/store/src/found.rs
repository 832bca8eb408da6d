//! What people see of the messages, cases and customers found.

use vigie_model::{At, CaseId, CaseState, Channel, CustomerId, Kind, MessageId};

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

/// A case found, with the words it was found by.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Key.
    pub key: i64,
    /// Public id.
    pub case: CaseId,
    /// Its number.
    pub number: i64,
    /// Its subject.
    pub title: String,
    /// What we wrote among ourselves; else its first words.
    pub text: String,
    /// Language of the customer.
    pub lang: String,
    /// Who opened it.
    pub who: String,
    /// Last words.
    pub at: At,
    /// Where.
    pub channel: Channel,
    /// What it is.
    pub kind: Kind,
    /// How far it is.
    pub state: CaseState,
}

/// A customer found.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerRow {
    /// Key.
    pub key: i64,
    /// Public id.
    pub customer: CustomerId,
    /// Name shown.
    pub name: String,
    /// Accounts and addresses.
    pub text: String,
    /// Cases not closed.
    pub open_cases: i64,
    /// All cases.
    pub cases: i64,
    /// Last words.
    pub heard_at: Option<At>,
}

impl Session {
    /// The cases of these keys, in any order; those that are gone are left out.
    pub async fn case_rows(&mut self, keys: &[i64]) -> Result<Vec<CaseRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut notes = self.words_among_ourselves(keys).await?;
        let marks = crate::placeholders(1, 1, keys.len());
        let sql = format!(
            "SELECT c.key, c.id, c.number, c.title, c.words, c.lang, c.heard_at, c.channel, \
                c.kind, c.state, \
             COALESCE(u.name, a.name, a.handle, '') AS who FROM cases c JOIN author a ON a.key = \
             c.author_key \
             LEFT JOIN customer u ON u.key = c.customer_key WHERE c.key IN {marks}"
        );
        let rows = self
            .all(sql, keys.iter().map(|it| Value::from(*it)).collect())
            .await?;
        let mut read = |row: &crate::Row| {
            let (key, words) = (row.int("key")?, row.text("words")?);
            Ok(CaseRow {
                key,
                case: CaseId(row.id("id")?),
                number: row.int("number")?,
                title: row.text("title")?,
                text: notes.remove(&key).map_or(words, |it| it.join(" · ")),
                lang: row.text("lang")?,
                who: row.text("who")?,
                at: row.at("heard_at")?,
                channel: row.code("channel")?,
                kind: row.code("kind")?,
                state: row.code("state")?,
            })
        };
        rows.iter().map(&mut read).collect()
    }

    /// The customers of these keys, in any order; those that are gone are left out.
    pub async fn customer_rows(&mut self, keys: &[i64]) -> Result<Vec<CustomerRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut accounts = self.accounts_told(keys).await?;
        let marks = crate::placeholders(1, 1, keys.len());
        let sql = format!(
            "SELECT u.key, u.id, u.name, (SELECT COUNT(*) FROM cases c WHERE c.customer_key = \
                u.key AND c.state <> 'closed') \
             AS open_cases, (SELECT COUNT(*) FROM cases c WHERE c.customer_key = u.key) AS \
             all_cases, \
             (SELECT MAX(heard_at) FROM cases c WHERE c.customer_key = u.key) AS heard_at FROM \
             customer u WHERE u.key IN {marks}"
        );
        let rows = self
            .all(sql, keys.iter().map(|it| Value::from(*it)).collect())
            .await?;
        let mut read = |row: &crate::Row| {
            let key = row.int("key")?;
            Ok(CustomerRow {
                key,
                customer: CustomerId(row.id("id")?),
                name: row.text("name")?,
                text: accounts.remove(&key).unwrap_or_default().join(" · "),
                open_cases: row.int("open_cases")?,
                cases: row.int("all_cases")?,
                heard_at: row.opt_at("heard_at")?,
            })
        };
        rows.iter().map(&mut read).collect()
    }

    /// The messages of these keys, in any order; those that are gone are left out.
    pub async fn result_rows(&mut self, keys: &[i64]) -> Result<Vec<ResultRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let marks = crate::placeholders(1, 1, keys.len());
        let sql = format!(
            "SELECT m.key, m.id, c.id AS case_id, c.number, c.title, m.text, c.lang, m.at, \
                m.channel, c.kind, c.state, \
             m.emitter, COALESCE(p.name, a.name, a.handle, a.email, '') AS who FROM message m JOIN \
             cases c ON c.key = m.case_key \
             LEFT JOIN author a ON a.key = m.author_key LEFT JOIN person p ON p.key = m.person_key \
             WHERE m.key IN {marks}"
        );
        let rows = self
            .all(sql, keys.iter().map(|it| Value::from(*it)).collect())
            .await?;
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
}
