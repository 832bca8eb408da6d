//! The wait from a customer's first message to the first human contact, and which cases are
//! late.

use vigie_model::{At, BrandKey, CaseState, Channel, Kind};

use crate::{Measures, Result, args};

/// How long a case waited for its first human contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstContact {
    /// The brand whose opening hours count.
    pub brand_key: BrandKey,
    pub kind: Kind,
    /// Time of the customer's first message.
    pub said_at: At,
    /// Time of the first message by a person of the company that was sent; `None` while the
    /// customer waits.
    pub answered_at: Option<At>,
}

/// Late cases of one kind and channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateSignal {
    pub kind: Kind,
    pub channel: Channel,
    pub cases: i64,
    /// The earliest due time among them.
    pub since: At,
}

impl Measures {
    /// Every case opened since `since` that was answered or is still waiting. A receipt is not a
    /// contact, nor is a message that was never sent; a case closed without a message from us
    /// waits for nothing.
    pub async fn first_contacts(&mut self, since: At) -> Result<Vec<FirstContact>> {
        let sql = "SELECT c.brand_key, c.kind, c.opened_at, c.state, (SELECT MIN(m.at) FROM \
            message m LEFT JOIN outbox o ON o.case_key = c.key AND o.message_key = m.key WHERE \
            m.case_key = c.key AND m.emitter = 'brand' AND (o.key IS NULL OR (o.receipt = 0 AND \
            o.state = 'sent'))) AS answered_at \
            FROM cases c \
            WHERE c.opened_at >= $1 AND c.joined_key IS NULL";
        let mut all = Vec::new();
        for row in self.0.all(sql, args![since]).await? {
            let answered_at = row.opt_at("answered_at")?;
            let waits = !matches!(row.code("state")?, CaseState::Closed | CaseState::Aside);
            if answered_at.is_some() || waits {
                let (brand_key, kind) = (row.key("brand_key")?, row.code("kind")?);
                all.push(FirstContact {
                    brand_key,
                    kind,
                    said_at: row.at("opened_at")?,
                    answered_at,
                });
            }
        }
        Ok(all)
    }

    /// The cases past their due time at `at`, by kind and channel, most numerous first.
    pub async fn late_signals(&mut self, at: At) -> Result<Vec<LateSignal>> {
        let sql = "SELECT kind, channel, COUNT(*) AS n, MIN(due_at) AS since \
            FROM cases \
            WHERE state = 'open' AND due_at <= $1 \
            GROUP BY kind, channel \
            ORDER BY n DESC, kind, channel";
        let rows = self.0.all(sql, args![at]).await?;
        let read = |row: &crate::Row| {
            let (kind, channel) = (row.code("kind")?, row.code("channel")?);
            Ok(LateSignal {
                kind,
                channel,
                cases: row.int("n")?,
                since: row.at("since")?,
            })
        };
        rows.iter().map(read).collect()
    }
}
