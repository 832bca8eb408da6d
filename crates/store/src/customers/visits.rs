//! Visits: when a customer who agreed to be remembered came, each stored once.

use vigie_model::{At, AuthorKey, CustomerKey, IncomingVisit, SourceKey};

use crate::{Result, Source, Value, Visits, VisitsMut, args, named};

/// The visits of one day in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyVisits {
    /// Time of the last one.
    pub at: At,
    pub visits: i64,
    pub place: Option<String>,
}

/// A visit about to be stored.
#[derive(Debug, Clone)]
pub struct NewVisit {
    pub incoming: IncomingVisit,
    pub author_key: AuthorKey,
}

impl Visits {
    /// A customer's visits by day (UTC) and place, newest first.
    pub async fn of_customer(
        &mut self,
        customer_key: CustomerKey,
        days: i64,
    ) -> Result<Vec<DailyVisits>> {
        let sql = "SELECT MAX(v.at) AS at, COUNT(*) AS visits, v.place \
            FROM visit v \
            JOIN author a ON a.key = v.author_key \
            WHERE a.customer_key = $1 \
            GROUP BY v.at / 86400000, v.place \
            ORDER BY 1 DESC \
            LIMIT $2";
        let rows = self.0.all(sql, args![customer_key, days]).await?;
        rows.iter()
            .map(|row| {
                Ok(DailyVisits {
                    at: row.at("at")?,
                    visits: row.int("visits")?,
                    place: row.opt_text("place")?,
                })
            })
            .collect()
    }
}

impl VisitsMut {
    /// Stores visits; returns for each whether it was new.
    pub async fn insert_new(
        &mut self,
        source: &Source,
        visits: Vec<NewVisit>,
    ) -> Result<Vec<bool>> {
        let mut known = self.known(source.key, &visits).await?;
        let mut created = Vec::with_capacity(visits.len());
        let mut rows = Vec::new();
        for NewVisit {
            incoming,
            author_key,
        } in visits
        {
            let new = known.insert(incoming.id.clone());
            created.push(new);
            if new {
                rows.push(named![
                    source_key: source.key,
                    external_id: incoming.id,
                    at: incoming.at,
                    place: incoming.place,
                    author_key,
                ]);
            }
        }
        self.0.insert_plain("visit", rows).await?;
        Ok(created)
    }

    async fn known(
        &mut self,
        source_key: SourceKey,
        visits: &[NewVisit],
    ) -> Result<std::collections::HashSet<String>> {
        let mut known = std::collections::HashSet::new();
        for part in visits.chunks(1_000) {
            let marks = crate::placeholders(2, 1, part.len());
            let sql = format!(
                "SELECT external_id FROM visit WHERE source_key = $1 AND external_id IN {marks}"
            );
            let mut values = args![source_key];
            values.extend(part.iter().map(|it| Value::from(it.incoming.id.as_str())));
            for row in self.0.all(sql, values).await? {
                known.insert(row.text("external_id")?);
            }
        }
        Ok(known)
    }
}
