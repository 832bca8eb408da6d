//! A review of some days: cases closed and how, causes named, promises judged, messages worth
//! reading aloud, and what the company learned.

use std::collections::BTreeMap;

use vigie_model::{At, CaseId, CauseId, HowEnded, TopCause};

use crate::{Measures, Result, Row, args};

/// A cause, and how often it was named in this period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeeklyCause {
    /// Public id.
    pub id: CauseId,
    /// The top-level cause.
    pub top: TopCause,
    pub name_fr: String,
    pub name_en: String,
    /// Cases for which it was named.
    pub cases: i64,
    /// Distinct customers or authors of these cases.
    pub people: i64,
    /// Of these cases, those not closed.
    pub open: i64,
}

/// A customer's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verbatim {
    pub case: CaseId,
    pub number: i64,
    /// Name of the customer or author.
    pub who: String,
    pub text: String,
    pub lang: String,
    pub at: At,
}

/// Something the company learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedItem {
    /// `cause`, `card` or `rule`.
    pub what: &'static str,
    /// Its French name, or its own text.
    pub name_fr: String,
    /// Its English name, or its own text.
    pub name_en: String,
    /// When it was added.
    pub at: At,
}

/// The state of promises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WeeklyPromises {
    /// Judged kept in this period.
    pub kept: i64,
    /// Judged broken in this period.
    pub broken: i64,
    /// Past their date and not judged by the end of this period.
    pub late: i64,
    /// In view, not due yet.
    pub waiting: i64,
}

/// What a customer wrote in a case: the first message or, with `DESC`, the last.
fn verbatim_query(order: &str) -> String {
    format!(
        "SELECT c.id, c.number, COALESCE(u.name, a.name, a.handle, '') AS who, \
    m.text, c.lang, m.at \
    FROM cases c \
    JOIN author a ON a.key = c.author_key \
    LEFT JOIN customer u ON u.key = c.customer_key \
    JOIN message m ON m.key = (SELECT w.key FROM message w WHERE w.case_key = c.key AND w.emitter \
    = 'customer' ORDER BY w.at {order}, w.key {order} LIMIT 1) \
    WHERE c.joined_key IS NULL"
    )
}

fn verbatim(row: &Row) -> Result<Verbatim> {
    Ok(Verbatim {
        case: CaseId(row.id("id")?),
        number: row.int("number")?,
        who: row.text("who")?,
        text: row.text("text")?,
        lang: row.text("lang")?,
        at: row.at("at")?,
    })
}

impl Measures {
    /// How many cases ended each way between two instants; closures undone since do not count.
    pub async fn ended_between(&mut self, since: At, until: At) -> Result<BTreeMap<HowEnded, i64>> {
        let sql = "SELECT how, COUNT(DISTINCT case_key) AS n \
            FROM closure \
            WHERE made_at >= $1 AND made_at < $2 AND undone_at IS NULL \
            GROUP BY how";
        self.0
            .all(sql, args![since, until])
            .await?
            .iter()
            .map(|row| Ok((row.code("how")?, row.int("n")?)))
            .collect()
    }

    /// Cases opened between two instants.
    pub async fn opened_between(&mut self, since: At, until: At) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n \
            FROM cases \
            WHERE opened_at >= $1 AND opened_at < $2 AND joined_key IS NULL AND state <> 'aside'";
        self.0.one(sql, args![since, until]).await?.int("n")
    }

    /// The causes named most between two instants.
    pub async fn causes_between(
        &mut self,
        since: At,
        until: At,
        limit: i64,
    ) -> Result<Vec<WeeklyCause>> {
        let sql = "SELECT k.id, k.top, k.name_fr, k.name_en, COUNT(DISTINCT c.key) AS cases, \
            COUNT(DISTINCT COALESCE(c.customer_key, -c.author_key)) AS people, COUNT(DISTINCT CASE \
            WHEN c.state <> 'closed' THEN c.key END) AS open_cases \
            FROM case_cause n \
            JOIN cause k ON k.key = n.cause_key \
            JOIN cases c ON c.key = n.case_key \
            WHERE n.made_at >= $1 AND n.made_at < $2 AND n.undone_at IS NULL \
            GROUP BY k.key, k.id, k.top, k.name_fr, k.name_en \
            ORDER BY cases DESC, k.key \
            LIMIT $3";
        let read = |row: &Row| {
            Ok(WeeklyCause {
                id: CauseId(row.id("id")?),
                top: row.code("top")?,
                name_fr: row.text("name_fr")?,
                name_en: row.text("name_en")?,
                cases: row.int("cases")?,
                people: row.int("people")?,
                open: row.int("open_cases")?,
            })
        };
        self.0
            .all(sql, args![since, until, limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The state of promises between two instants.
    pub async fn promises_between(&mut self, since: At, until: At) -> Result<WeeklyPromises> {
        let mut found = WeeklyPromises::default();
        let judged = "SELECT outcome, COUNT(*) AS n \
            FROM promise \
            WHERE judged_at >= $1 AND judged_at < $2 \
            GROUP BY outcome";
        for row in self.0.all(judged, args![since, until]).await? {
            match row.text("outcome")?.as_str() {
                "kept" => found.kept = row.int("n")?,
                "broken" => found.broken = row.int("n")?,
                _ => {}
            }
        }
        let count = "SELECT COUNT(*) AS n FROM promise WHERE outcome IS NULL AND due_at";
        found.late = self
            .0
            .one(format!("{count} < $1"), args![until])
            .await?
            .int("n")?;
        found.waiting = self
            .0
            .one(format!("{count} >= $1"), args![until])
            .await?
            .int("n")?;
        Ok(found)
    }

    /// The first messages of the most serious complaints opened between two instants, most
    /// serious first.
    pub async fn worst_complaints_between(
        &mut self,
        since: At,
        until: At,
        limit: i64,
    ) -> Result<Vec<Verbatim>> {
        let of = "AND c.kind = 'complaint' AND c.opened_at >= $1 AND c.opened_at < $2 \
                  ORDER BY c.importance DESC, c.messages DESC, c.key DESC LIMIT $3";
        self.verbatims("ASC", of, args![since, until, limit]).await
    }

    /// The first messages of the newest cases of a cause, opened or named between two instants.
    pub async fn words_of_cause(
        &mut self,
        cause: CauseId,
        since: At,
        until: At,
        limit: i64,
    ) -> Result<Vec<Verbatim>> {
        let of = "AND c.key IN (SELECT n.case_key FROM case_cause n JOIN cause k ON k.key = \
            n.cause_key WHERE k.id = $1 AND n.undone_at IS NULL AND n.made_at >= $2 AND n.made_at \
            < $3) \
            ORDER BY c.key DESC \
            LIMIT $4";
        self.verbatims("ASC", of, args![cause.0, since, until, limit])
            .await
    }

    /// The last messages of cases that ended on a positive message received between two instants,
    /// newest first.
    pub async fn thanks_between(
        &mut self,
        since: At,
        until: At,
        limit: i64,
    ) -> Result<Vec<Verbatim>> {
        let mut found = Vec::new();
        for state in vigie_model::CaseState::ALL {
            let of = "AND c.state = $4 AND c.heard_at >= $1 AND c.heard_at < $2 AND c.kind = \
                'praise' \
                      ORDER BY c.heard_at DESC, c.key DESC LIMIT $3";
            found.extend(
                self.verbatims("DESC", of, args![since, until, limit, state.code()])
                    .await?,
            );
        }
        found.sort_by_key(|it| std::cmp::Reverse(it.at));
        Ok(found)
    }

    async fn verbatims(
        &mut self,
        order: &str,
        of: &str,
        values: Vec<crate::Value>,
    ) -> Result<Vec<Verbatim>> {
        let sql = format!("{} {of}", verbatim_query(order));
        self.0
            .all(sql, values)
            .await?
            .iter()
            .map(verbatim)
            .collect()
    }

    /// What the company learned since `since`: causes named for the first time, answer cards
    /// written, rules made.
    pub async fn learned_since(&mut self, since: At) -> Result<Vec<LearnedItem>> {
        let asked = [
            (
                "cause",
                "SELECT k.name_fr, k.name_en, MIN(n.made_at) AS at \
                    FROM case_cause n \
                    JOIN cause k ON k.key = n.cause_key \
                    WHERE n.undone_at IS NULL AND n.cause_key IN (SELECT cause_key FROM case_cause \
                    WHERE made_at >= $1) \
                    GROUP BY k.key, k.name_fr, k.name_en HAVING MIN(n.made_at) >= $1 \
                    ORDER BY 3 DESC",
            ),
            (
                "card",
                "SELECT title AS name_fr, title AS name_en, updated_at AS at \
                    FROM answer_card \
                    WHERE updated_at >= $1 AND archived_at IS NULL \
                    ORDER BY updated_at DESC \
                    LIMIT 10",
            ),
            (
                "rule",
                "SELECT query AS name_fr, query AS name_en, made_at AS at \
                    FROM rule \
                    WHERE made_at >= $1 AND removed_at IS NULL AND customer_key IS NULL \
                    ORDER BY made_at DESC \
                    LIMIT 10",
            ),
        ];
        let mut learned = Vec::new();
        for (what, sql) in asked {
            for row in self.0.all(sql, args![since]).await? {
                let (name_fr, name_en) = (row.text("name_fr")?, row.text("name_en")?);
                learned.push(LearnedItem {
                    what,
                    name_fr,
                    name_en,
                    at: row.at("at")?,
                });
            }
        }
        Ok(learned)
    }
}
