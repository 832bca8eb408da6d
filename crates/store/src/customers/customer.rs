//! Customers: recognised people, each defined by the edges that prove the identity.

use vigie_model::{At, CustomerId, CustomerKey};

use crate::{Customers, CustomersMut, Error, Result, Row, args, named, paired};

/// A customer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub key: CustomerKey,
    pub id: CustomerId,
    pub name: String,
    pub created_at: At,
    /// The customer this one was joined into.
    pub joined_into: Option<CustomerKey>,
    /// What they claim to be known by (`email:…`), while nothing proves it.
    pub claimed_as: Option<String>,
}

/// A customer about to be stored.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    pub name: String,
    /// What they claim to be known by, while nothing proves it.
    pub claimed_as: Option<String>,
}

/// A row of the customer list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerListRow {
    /// Used as a cursor for the next page.
    pub key: CustomerKey,
    pub id: CustomerId,
    pub name: String,
    /// Cases not closed.
    pub open_cases: i64,
    /// Time of the customer's last message.
    pub heard_at: Option<At>,
    /// Whether nothing proves yet who they say they are.
    pub claimed: bool,
}

const SELECT: &str = "SELECT key, id, name, created_at, joined_into, claimed_as FROM customer";

fn read(row: &Row) -> Result<Customer> {
    Ok(Customer {
        key: row.key("key")?,
        id: CustomerId(row.id("id")?),
        name: row.text("name")?,
        created_at: row.at("created_at")?,
        joined_into: row.opt_key("joined_into")?,
        claimed_as: row.opt_text("claimed_as")?,
    })
}

impl Customers {
    /// The customer with this public id; a customer joined into another resolves to that other.
    pub async fn find(&mut self, id: CustomerId) -> Result<Customer> {
        let sql = format!("{SELECT} WHERE id = $1");
        let row = self.0.optional(sql, args![id.0]).await?;
        let mut customer = read(&row.ok_or(Error::Missing("customer"))?)?;
        // Joins can be chained; the chain is as long as the number of joins, made by people one
        // at a time.
        while let Some(key) = customer.joined_into {
            customer = self.by_key(key).await?;
        }
        Ok(customer)
    }

    /// The customer with this key.
    pub async fn by_key(&mut self, key: CustomerKey) -> Result<Customer> {
        let sql = format!("{SELECT} WHERE key = $1");
        read(&self.0.one(sql, args![key]).await?)
    }

    /// A page of customers by name, after `(name, key)`; `search` filters on names that contain
    /// it. Claimed ones whose last account was found to be somebody else's are left out.
    pub async fn list(
        &mut self,
        search: &str,
        after: Option<(String, CustomerKey)>,
        limit: i64,
    ) -> Result<Vec<CustomerListRow>> {
        let pattern = format!("%{}%", search.to_lowercase().replace(['%', '_'], " "));
        let mut values = args![pattern, limit];
        let beyond = match after {
            Some((name, key)) => {
                values.extend(args![name, key]);
                " AND (u.name, u.key) > ($3, $4)"
            }
            None => "",
        };
        let sql = format!(
            "SELECT u.key, u.id, u.name, (SELECT COUNT(*) FROM cases c WHERE c.customer_key \
            = u.key AND c.state <> 'closed') AS open_cases, (SELECT MAX(heard_at) FROM cases c \
            WHERE c.customer_key = u.key) AS heard_at, CASE WHEN u.claimed_as IS NULL THEN CAST(0 \
            AS BIGINT) ELSE CAST(1 AS BIGINT) END AS claimed \
            FROM customer u \
            WHERE u.joined_into IS NULL AND lower(u.name) LIKE $1{beyond} AND (u.claimed_as IS \
            NULL OR EXISTS (SELECT 1 FROM author a WHERE a.customer_key = u.key)) \
            ORDER BY u.name, u.key \
            LIMIT $2"
        );
        let rows = self.0.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(CustomerListRow {
                    key: row.key("key")?,
                    id: CustomerId(row.id("id")?),
                    name: row.text("name")?,
                    open_cases: row.int("open_cases")?,
                    heard_at: row.opt_at("heard_at")?,
                    claimed: row.boolean("claimed")?,
                })
            })
            .collect()
    }
}

impl CustomersMut {
    /// Stores customers in bulk; returns their keys and ids in order.
    pub async fn insert_many(
        &mut self,
        new: Vec<NewCustomer>,
    ) -> Result<Vec<(CustomerKey, CustomerId)>> {
        let at = self.0.at();
        let ids: Vec<_> = new.iter().map(|_| self.0.id()).collect();
        let rows = new
            .into_iter()
            .zip(&ids)
            .map(|(customer, id)| {
                named![
                    id: *id,
                    name: customer.name,
                    created_at: at,
                    claimed_as: customer.claimed_as,
                ]
            })
            .collect();
        let keys = self.0.insert_many("customer", rows).await?;
        let ids = ids.into_iter().map(CustomerId).collect();
        Ok(paired("customers and their keys", keys, ids)?.collect())
    }
}
