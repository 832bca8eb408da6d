//! How long a person's data is kept. The clock restarts only with an act of their own, a
//! message or an order; opening a mail or a page does not count. Terms follow the CNIL
//! reference on commercial management: three years after the last purchase for a customer,
//! three years after the last contact initiated by somebody who only wrote.

use vigie_model::{At, AuthorKey, CustomerKey};

use crate::{
    Result, Retention, RetentionClass, RetentionTerms, Row, args, erasure::PersonTraces,
    messages::OURS,
};

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
