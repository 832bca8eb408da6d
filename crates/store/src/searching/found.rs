//! Search results as shown: messages, cases and customers.

use vigie_model::{
    At, CaseId, CaseKey, CaseState, Channel, CustomerId, CustomerKey, Kind, MessageId, MessageKey,
};

use crate::{Hits, Result, Value};

/// A message found, with the names it is shown with.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageHitRow {
    pub key: MessageKey,
    pub message: MessageId,
    pub case: CaseId,
    /// The number of its case.
    pub number: i64,
    /// The subject of its case.
    pub title: String,
    pub text: String,
    pub lang: String,
    pub who: String,
    pub at: At,
    pub channel: Channel,
    pub kind: Kind,
    pub state: CaseState,
    /// Whether it was written by the company.
    pub ours: bool,
}

/// A case found, with the text that matched.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseHitRow {
    pub key: CaseKey,
    pub case: CaseId,
    pub number: i64,
    pub title: String,
    /// Our internal text; else the beginning of the first message.
    pub text: String,
    /// Language of the customer.
    pub lang: String,
    /// Name of the author who opened it.
    pub who: String,
    /// Time of the customer's last message.
    pub at: At,
    pub channel: Channel,
    pub kind: Kind,
    pub state: CaseState,
}

/// A customer found.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerHitRow {
    pub key: CustomerKey,
    pub customer: CustomerId,
    pub name: String,
    /// Accounts and addresses.
    pub text: String,
    pub open_cases: i64,
    pub cases: i64,
    /// Time of the customer's last message.
    pub heard_at: Option<At>,
}

impl Hits {
    /// The cases with these keys, in any order; those deleted are left out.
    pub async fn cases(&mut self, keys: &[CaseKey]) -> Result<Vec<CaseHitRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut notes = self.0.index_documents().internal_texts(keys).await?;
        let marks = crate::placeholders(1, 1, keys.len());
        let sql = format!(
            "SELECT c.key, c.id, c.number, c.title, c.words, c.lang, c.heard_at, c.channel, \
                c.kind, c.state, COALESCE(u.name, a.name, a.handle, '') AS who \
                FROM cases c \
                JOIN author a ON a.key = c.author_key \
                LEFT JOIN customer u ON u.key = c.customer_key \
                WHERE c.key IN {marks}"
        );
        let rows = self
            .0
            .all(sql, keys.iter().map(|it| Value::from(*it)).collect())
            .await?;
        let mut read = |row: &crate::Row| {
            let (key, words) = (row.key("key")?, row.text("words")?);
            Ok(CaseHitRow {
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

    /// The customers with these keys, in any order; those deleted are left out.
    pub async fn customers(&mut self, keys: &[CustomerKey]) -> Result<Vec<CustomerHitRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut accounts = self.0.index_documents().account_texts(keys).await?;
        let marks = crate::placeholders(1, 1, keys.len());
        let sql = format!(
            "SELECT u.key, u.id, u.name, (SELECT COUNT(*) FROM cases c WHERE c.customer_key = \
                u.key AND c.state <> 'closed') AS open_cases, (SELECT COUNT(*) FROM cases c WHERE \
                c.customer_key = u.key) AS all_cases, (SELECT MAX(heard_at) FROM cases c WHERE \
                c.customer_key = u.key) AS heard_at \
                FROM customer u \
                WHERE u.key IN {marks}"
        );
        let rows = self
            .0
            .all(sql, keys.iter().map(|it| Value::from(*it)).collect())
            .await?;
        let mut read = |row: &crate::Row| {
            let key = row.key("key")?;
            Ok(CustomerHitRow {
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

    /// The messages with these keys, in any order; those deleted are left out.
    pub async fn messages(&mut self, keys: &[MessageKey]) -> Result<Vec<MessageHitRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let marks = crate::placeholders(1, 1, keys.len());
        let sql = format!(
            "SELECT m.key, m.id, c.id AS case_id, c.number, c.title, m.text, c.lang, m.at, \
                m.channel, c.kind, c.state, m.emitter, COALESCE(p.name, a.name, a.handle, a.email, \
                '') AS who \
                FROM message m \
                JOIN cases c ON c.key = m.case_key \
                LEFT JOIN author a ON a.key = m.author_key \
                LEFT JOIN person p ON p.key = m.person_key \
                WHERE m.key IN {marks}"
        );
        let rows = self
            .0
            .all(sql, keys.iter().map(|it| Value::from(*it)).collect())
            .await?;
        let read = |row: &crate::Row| {
            Ok(MessageHitRow {
                key: row.key("key")?,
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
                ours: row.code::<vigie_model::Emitter>("emitter")?.is_ours(),
            })
        };
        rows.iter().map(read).collect()
    }
}
