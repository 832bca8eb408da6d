//! How long a person's data is kept. The clock restarts only with an act of their own, a
//! message or an order; opening a mail or a page does not count. Terms follow the CNIL
//! reference on commercial management: three years after the last purchase for a customer,
//! three years after the last contact initiated by somebody who only wrote.

use serde::{Deserialize, Serialize};
use vigie_model::{At, AuthorKey, CustomerKey};

use crate::{Result, Retention, Row, args, erasure::PersonTraces, messages::OURS};

/// Retention terms in months; `None` keeps data forever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetentionTerms {
    /// For people who bought, after their last order or message.
    pub customers: Option<i64>,
    /// For people who are recognised and only wrote, after their last message.
    pub contacts: Option<i64>,
    /// For accounts nobody is recognised behind, after their last message.
    pub strangers: Option<i64>,
}

/// Which retention term applies to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionClass {
    /// Somebody who bought.
    Customer,
    /// Somebody recognised who only wrote.
    Contact,
    /// An account nobody is recognised behind.
    Stranger,
}

impl RetentionClass {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Contact, Self::Stranger];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Contact => "contact",
            Self::Stranger => "stranger",
        }
    }
}

impl RetentionTerms {
    /// The term for a standing, in months.
    pub const fn of(&self, class: RetentionClass) -> Option<i64> {
        match class {
            RetentionClass::Customer => self.customers,
            RetentionClass::Contact => self.contacts,
            RetentionClass::Stranger => self.strangers,
        }
    }

    /// The longer of both terms, forever if either is. A person may write to several brands.
    pub fn longest(self, other: Self) -> Self {
        let longer = |one: Option<i64>, other: Option<i64>| Some(one?.max(other?));
        Self {
            customers: longer(self.customers, other.customers),
            contacts: longer(self.contacts, other.contacts),
            strangers: longer(self.strangers, other.strangers),
        }
    }

    /// People whose last activity is before this instant are past their term. A month is a
    /// twelfth of 365.25 days.
    pub fn cutoff(&self, class: RetentionClass, now: At) -> Option<At> {
        let days = (self.of(class)? as f64 * 365.25 / 12.0).ceil() as i64;
        Some(now.plus_days(-days))
    }
}

/// A person past their retention term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredPerson {
    /// Number of the key of the customer, or of a stranger's author.
    pub key: i64,
    pub id: uuid::Uuid,
    pub name: String,
    /// Which clock.
    pub standing: RetentionClass,
    /// Their last activity.
    pub last_at: At,
}

fn sql(class: RetentionClass) -> String {
    let open = "state <> 'closed'";
    let recognised = format!(
        "SELECT c.key, c.id, c.name, c.created_at, COALESCE((SELECT MAX(m.at) FROM author a JOIN \
            message m ON m.author_key = a.key WHERE a.customer_key = c.key AND m.emitter NOT IN \
            {OURS}), 0) AS said_at, COALESCE((SELECT MAX(o.placed_at) FROM author a JOIN orders o \
            ON o.author_key = a.key WHERE a.customer_key = c.key), 0) AS bought_at \
            FROM customer c \
            WHERE c.joined_into IS NULL AND NOT EXISTS (SELECT 1 FROM cases k WHERE k.customer_key \
            = c.key AND k.{open})"
    );
    let (people, which) = match class {
        RetentionClass::Customer => (recognised, "bought_at > 0"),
        RetentionClass::Contact => (recognised, "bought_at = 0"),
        RetentionClass::Stranger => (
            format!(
                "SELECT a.key, a.id, COALESCE(a.name, a.handle, '') AS name, a.created_at, \
                    COALESCE((SELECT MAX(m.at) FROM message m WHERE m.author_key = a.key AND \
                    m.emitter NOT IN {OURS}), 0) AS said_at, 0 AS bought_at \
                    FROM author a \
                    WHERE a.customer_key IS NULL AND NOT EXISTS (SELECT 1 FROM cases k WHERE \
                    k.author_key = a.key AND k.{open}) AND NOT EXISTS (SELECT 1 FROM message m \
                    WHERE m.author_key = a.key AND NOT (m.emitter NOT IN {OURS}))"
            ),
            "bought_at = 0",
        ),
    };
    // For somebody who never wrote or bought, the clock starts when they became known.
    let last = "CASE WHEN said_at = 0 AND bought_at = 0 THEN created_at WHEN said_at > bought_at \
        THEN said_at ELSE bought_at END";
    format!(
        "SELECT key, id, name, last_at \
            FROM (SELECT key, id, name, {last} AS last_at FROM ({people}) p WHERE {which}) q \
            WHERE last_at < $1 AND key > $2 \
            ORDER BY key \
            LIMIT $3"
    )
}

fn read(row: &Row, class: RetentionClass) -> Result<ExpiredPerson> {
    Ok(ExpiredPerson {
        key: row.int("key")?,
        id: row.id("id")?,
        name: row.text("name")?,
        standing: class,
        last_at: row.at("last_at")?,
    })
}

impl Retention {
    /// The terms that apply: the longest of all brands.
    pub async fn terms(&mut self) -> Result<RetentionTerms> {
        let brands = self
            .0
            .brands()
            .list()
            .await?
            .into_iter()
            .map(|it| it.settings.retention);
        Ok(brands.reduce(RetentionTerms::longest).unwrap_or_default())
    }

    /// Up to `limit` people, after a key, whose last message or order is before an instant and
    /// who have no open case.
    pub async fn expired_people(
        &mut self,
        class: RetentionClass,
        before: At,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ExpiredPerson>> {
        let rows = self.0.all(sql(class), args![before, after, limit]).await?;
        rows.iter().map(|row| read(row, class)).collect()
    }

    /// Everything that identifies people past their term.
    pub async fn traces_of_expired(&mut self, people: &[ExpiredPerson]) -> Result<PersonTraces> {
        let mut person = PersonTraces::default();
        for it in people {
            let one = match it.standing {
                RetentionClass::Stranger => {
                    let author = AuthorKey::from_number(it.key);
                    self.0.traces().of_author(author).await?
                }
                RetentionClass::Customer | RetentionClass::Contact => {
                    let customer = CustomerKey::from_number(it.key);
                    self.0.traces().of_customer(customer).await?
                }
            };
            person.customers.extend(one.customers);
            person.authors.extend(one.authors);
            // Names and accounts of many people occur in others' messages by chance: only what is
            // specific to one person is searched for in refused items and on the disk.
            person.traces.extend(
                one.traces
                    .into_iter()
                    .filter(|it| it.contains('@') || it.starts_with('+')),
            );
        }
        Ok(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_years_are_1096_days_and_the_longer_term_wins() {
        let terms = RetentionTerms {
            customers: Some(36),
            contacts: Some(36),
            strangers: None,
        };
        let now: At = "2026-11-24T10:00:00Z".parse().unwrap();
        assert_eq!(
            terms.cutoff(RetentionClass::Customer, now),
            "2023-11-24T10:00:00Z".parse().ok()
        );
        assert_eq!(terms.cutoff(RetentionClass::Stranger, now), None);
        let other = RetentionTerms {
            customers: Some(60),
            contacts: None,
            strangers: Some(12),
        };
        assert_eq!(
            terms.longest(other),
            RetentionTerms {
                customers: Some(60),
                contacts: None,
                strangers: None
            }
        );
    }
}
