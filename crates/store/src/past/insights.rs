//! What an import shows about the company's past: who never got an answer, who had to write
//! again, how long a first answer took.

use vigie_model::{At, CaseKey, CauseKey, ImportKey, Kind};

use crate::{Insights, Result, args, messages::OURS};

/// The figures of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportInsights {
    pub cases: i64,
    /// Cases in which a customer wrote and was never answered.
    pub never: i64,
    /// Answered cases whose last message, from the customer, was not answered; it may be a
    /// thank-you.
    pub last_word: i64,
    /// Cases in which the customer wrote more than once.
    pub again: i64,
    /// Cases in which the customer wrote again before any answer came.
    pub again_unanswered: i64,
    /// Number of cases of each kind.
    pub kinds: Vec<(Kind, i64)>,
    /// Time of the first message and of the first answer, for each answered case.
    pub answers: Vec<(At, At)>,
    /// The causes people named, most frequent first: cause key, number of cases.
    pub causes: Vec<(CauseKey, i64)>,
}

/// A part of an import, shown as a list of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportSegment {
    All,
    /// Never answered.
    Never,
    /// The last message, from the customer, was not answered.
    LastWord,
    /// The customer wrote more than once.
    Again,
    /// Started between two instants.
    Between(At, At),
}

/// The cases that contain messages of an import.
pub(crate) const OF_IMPORT: &str = "SELECT DISTINCT m.case_key \
    FROM imported i \
    JOIN message m ON m.key = i.message_key \
    WHERE i.import_key = ";

impl ImportSegment {
    /// The condition on a case `c`; its values are numbered from `$first`.
    pub(crate) fn condition(self, first: usize) -> (String, Vec<crate::Value>) {
        match self {
            Self::All => (String::new(), vec![]),
            Self::Never => (
                " AND c.messages > 0 AND c.answered_at IS NULL".into(),
                vec![],
            ),
            Self::LastWord => (
                " AND c.messages > 0 AND c.answered_at < c.heard_at".into(),
                vec![],
            ),
            Self::Again => (" AND c.messages > 1".into(), vec![]),
            Self::Between(from, until) => (
                format!(
                    " AND c.opened_at >= ${first} AND c.opened_at < ${}",
                    first + 1
                ),
                args![from, until],
            ),
        }
    }
}

impl Insights {
    /// The figures of an import.
    pub async fn of_import(&mut self, import_key: ImportKey) -> Result<ImportInsights> {
        let one =
            |condition: &str| format!("COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)");
        let sql = format!(
            "SELECT COUNT(*) AS cases, {} AS never, {} AS last_word, {} AS again, {} AS \
                again_unanswered \
                FROM cases c \
                WHERE c.key IN ({OF_IMPORT}$1)",
            one("c.messages > 0 AND c.answered_at IS NULL"),
            one("c.messages > 0 AND c.answered_at < c.heard_at"),
            one("c.messages > 1"),
            one("c.messages > 1 AND c.answered_at IS NULL"),
        );
        let row = self.0.one(sql, args![import_key]).await?;
        let (kinds, answers) = (
            self.kinds(import_key).await?,
            self.answers(import_key).await?,
        );
        Ok(ImportInsights {
            cases: row.int("cases")?,
            never: row.int("never")?,
            last_word: row.int("last_word")?,
            again: row.int("again")?,
            again_unanswered: row.int("again_unanswered")?,
            kinds,
            answers,
            causes: self.causes(import_key).await?,
        })
    }

    async fn kinds(&mut self, import_key: ImportKey) -> Result<Vec<(Kind, i64)>> {
        let sql = format!(
            "SELECT kind, COUNT(*) AS n \
                FROM cases \
                WHERE key IN ({OF_IMPORT}$1) AND messages > 0 \
                GROUP BY kind \
                ORDER BY n DESC, kind"
        );
        let rows = self.0.all(sql, args![import_key]).await?;
        rows.iter()
            .map(|row| Ok((row.code("kind")?, row.int("n")?)))
            .collect()
    }

    async fn causes(&mut self, import_key: ImportKey) -> Result<Vec<(CauseKey, i64)>> {
        let sql = format!(
            "SELECT cause_key, COUNT(*) AS n \
                FROM cases \
                WHERE key IN ({OF_IMPORT}$1) AND cause_key IS NOT NULL \
                GROUP BY cause_key \
                ORDER BY n DESC, cause_key \
                LIMIT 10"
        );
        let rows = self.0.all(sql, args![import_key]).await?;
        rows.iter()
            .map(|row| Ok((row.key("cause_key")?, row.int("n")?)))
            .collect()
    }

    /// For each case, the time of the customer's first message and of our first one after it.
    async fn answers(&mut self, import_key: ImportKey) -> Result<Vec<(At, At)>> {
        let sql = format!(
            "SELECT s.said, MIN(b.at) AS answered \
                FROM (SELECT case_key, MIN(at) AS said FROM message WHERE case_key IN \
                ({OF_IMPORT}$1) AND emitter NOT IN {OURS} GROUP BY \
                case_key) s \
                JOIN message b ON b.case_key = s.case_key AND b.emitter = 'brand' AND b.at >= \
                s.said \
                GROUP BY s.case_key, s.said"
        );
        let rows = self.0.all(sql, args![import_key]).await?;
        rows.iter()
            .map(|row| Ok((row.at("said")?, row.at("answered")?)))
            .collect()
    }

    /// Closed cases of an import whose last message, written since `since`, is from a customer,
    /// and that nobody closed by hand.
    pub async fn unanswered(&mut self, import_key: ImportKey, since: At) -> Result<Vec<CaseKey>> {
        let sql = format!(
            "SELECT key \
                FROM cases \
                WHERE key IN ({OF_IMPORT}$1) AND state = 'closed' AND how IS NULL AND messages > 0 \
                AND heard_at >= $2 AND (answered_at IS NULL OR answered_at < heard_at) AND kind \
                NOT IN ('praise', 'noise') \
                ORDER BY heard_at"
        );
        self.0
            .all(sql, args![import_key, since])
            .await?
            .iter()
            .map(|row| row.key("key"))
            .collect()
    }
}
