//! What imports changed in the customer base, customers and orders, so that an import can be
//! undone completely: what it created is deleted unless something else needs it, what it
//! changed is restored.

use serde::{Deserialize, Serialize};
use vigie_model::{AuthorKey, CustomerKey, Identifier, IdentifierKind, ImportKey, Key, OrderKey};

use crate::{
    Author, Authors, AuthorsMut, CustomersMut, Error, ImportedRecords, ImportedRecordsMut, Order,
    OrdersMut, Result, Row, args, named,
};

/// What an import of the customer base creates or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportedKind {
    /// A customer as given in the file.
    Customer,
    Order,
}

impl ImportedKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Order => "order",
        }
    }
}

/// Which customer, by their author, or which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportedThing {
    Customer(AuthorKey),
    Order(OrderKey),
}

impl ImportedThing {
    const fn kind(self) -> ImportedKind {
        match self {
            Self::Customer(_) => ImportedKind::Customer,
            Self::Order(_) => ImportedKind::Order,
        }
    }

    fn number(self) -> i64 {
        match self {
            Self::Customer(key) => key.number(),
            Self::Order(key) => key.number(),
        }
    }
}

/// A customer or order that an import created or changed.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedRecord {
    pub thing: ImportedThing,
    /// Its previous state; `None` when the import created it.
    pub before: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct OrderBefore {
    placed_at: i64,
    status: String,
    total: i64,
    currency: String,
    shop: Option<String>,
    author: AuthorKey,
}

#[derive(Serialize, Deserialize)]
struct AuthorBefore {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    shop_id: Option<String>,
    identifiers: Vec<Identifier>,
}

impl ImportedRecord {
    /// An order stored by an import.
    pub fn order(key: OrderKey, before: Option<&Order>) -> Self {
        let before = before.map(|it| OrderBefore {
            placed_at: it.placed_at.millis(),
            status: it.status.code().into(),
            total: it.total.minor,
            currency: it.total.currency.clone(),
            shop: it.shop.clone(),
            author: it.author_key,
        });
        Self {
            thing: ImportedThing::Order(key),
            before: before.map(|it| serde_json::json!(it)),
        }
    }

    /// A customer stored by an import.
    pub fn customer(key: AuthorKey, before: Option<(&Author, Vec<Identifier>)>) -> Self {
        let before = before.map(|(it, identifiers)| AuthorBefore {
            name: it.name.clone(),
            email: it.email.clone(),
            phone: it.phone.clone(),
            shop_id: it.shop_id.clone(),
            identifiers,
        });
        Self {
            thing: ImportedThing::Customer(key),
            before: before.map(|it| serde_json::json!(it)),
        }
    }
}

fn read(row: &Row) -> Result<ImportedRecord> {
    let thing = if row.text("noun")? == ImportedKind::Order.code() {
        ImportedThing::Order(row.key("thing_key")?)
    } else {
        ImportedThing::Customer(row.key("thing_key")?)
    };
    let before = row
        .opt_text("before")?
        .map(|_| row.json("before"))
        .transpose()?;
    Ok(ImportedRecord { thing, before })
}

/// Reads the previous state; its content stays out of the error.
fn was<T: serde::de::DeserializeOwned>(before: &serde_json::Value) -> Result<T> {
    let wrong = |_| Error::Stored {
        column: "before".into(),
        detail: "of another shape".into(),
    };
    serde_json::from_value(before.clone()).map_err(wrong)
}

impl ImportedRecords {
    /// Up to `limit` customers and orders of an import, orders first, since a buyer cannot be
    /// removed before their orders.
    pub async fn list(&mut self, import_key: ImportKey, limit: i64) -> Result<Vec<ImportedRecord>> {
        let sql = "SELECT noun, thing_key, before \
            FROM imported_thing \
            WHERE import_key = $1 \
            ORDER BY noun DESC, thing_key \
            LIMIT $2";
        self.0
            .all(sql, args![import_key, limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }
}

impl Authors {
    /// The normalised identifiers of an author.
    pub async fn identifiers(&mut self, author_key: AuthorKey) -> Result<Vec<Identifier>> {
        let sql = "SELECT kind, value FROM identifier WHERE author_key = $1 ORDER BY kind, value";
        let mut found = Vec::new();
        for row in self.0.all(sql, args![author_key]).await? {
            let kind = IdentifierKind::from_code(&row.text("kind")?);
            found.extend(
                kind.map(|kind| row.text("value").map(|value| Identifier { kind, value }))
                    .transpose()?,
            );
        }
        Ok(found)
    }
}

impl ImportedRecordsMut {
    /// Records what an import created or changed; for something changed twice, its first state.
    pub async fn insert(
        &mut self,
        import_key: ImportKey,
        things: Vec<ImportedRecord>,
    ) -> Result<()> {
        let row = |record: ImportedRecord| {
            named![
                import_key,
                noun: record.thing.kind().code(),
                thing_key: record.thing.number(),
                before: record.before.map(|before| before.to_string()),
            ]
        };
        let rows = things.into_iter().map(row).collect();
        self.0.insert_if_absent("imported_thing", rows).await
    }

    /// Undoes what an import did to these customers and orders.
    pub async fn undo(&mut self, import_key: ImportKey, things: &[ImportedRecord]) -> Result<()> {
        let (mut orders, mut customers) = (Vec::new(), Vec::new());
        for it in things {
            match (it.thing, &it.before) {
                (ImportedThing::Order(key), Some(before)) => {
                    self.0.orders().restore(key, before).await?;
                }
                (ImportedThing::Order(key), None) => orders.push(key),
                (ImportedThing::Customer(key), Some(before)) => {
                    self.0.authors().restore(key, before).await?;
                }
                (ImportedThing::Customer(key), None) => customers.push(key),
            }
            let sql =
                "DELETE FROM imported_thing WHERE import_key = $1 AND noun = $2 AND thing_key = $3";
            self.0
                .run(
                    sql,
                    args![import_key, it.thing.kind().code(), it.thing.number()],
                )
                .await?;
        }
        let buyers = self
            .0
            .deletions()
            .keys("author_key", "FROM orders WHERE key", &orders)
            .await?;
        self.0.orders().remove(&orders).await?;
        self.0.deletions().remove_authors(&buyers).await?;
        self.forget(ImportedKind::Customer, &customers).await?;
        self.0.deletions().remove_authors(&customers).await
    }

    /// Deletes what imports recorded about these: a key may be used again for something else.
    pub(crate) async fn forget<K: Key>(&mut self, thing: ImportedKind, keys: &[K]) -> Result<()> {
        for part in keys.chunks(1_000) {
            let (marks, values) = crate::row::marks_of(part);
            let noun = thing.code();
            self.0
                .run(
                    format!(
                        "DELETE FROM imported_thing WHERE noun = '{noun}' AND thing_key IN {marks}"
                    ),
                    values,
                )
                .await?;
        }
        Ok(())
    }
}

impl AuthorsMut {
    /// Updates the fields of a known author and adds the identifiers in `also`; a customer shown
    /// under the old name gets the new one.
    pub async fn update(
        &mut self,
        before: &Author,
        now: &Author,
        also: &[Identifier],
    ) -> Result<()> {
        let sql =
            "UPDATE author SET name = $2, email = $3, phone = $4, shop_id = $5 WHERE key = $1";
        self.0
            .run(
                sql,
                args![now.key, &now.name, &now.email, &now.phone, &now.shop_id],
            )
            .await?;
        let rows = also
            .iter()
            .map(|identifier| {
                named![
                    kind: identifier.kind.code(),
                    value: &identifier.value,
                    author_key: now.key,
                ]
            })
            .collect();
        self.0.insert_plain("identifier", rows).await?;
        self.0
            .customers()
            .rename(
                now.customer_key,
                before.name.as_deref(),
                now.name.as_deref(),
            )
            .await
    }

    async fn restore(&mut self, key: AuthorKey, before: &serde_json::Value) -> Result<()> {
        let was: AuthorBefore = was(before)?;
        let still_there: Vec<AuthorKey> = self
            .0
            .deletions()
            .keys("key", "FROM author WHERE key", &[key])
            .await?;
        if still_there.is_empty() {
            return Ok(());
        }
        let now = self.by_key(key).await?;
        self.0
            .run("DELETE FROM identifier WHERE author_key = $1", args![key])
            .await?;
        let (name, email, phone, shop_id) = (was.name, was.email, was.phone, was.shop_id);
        let then = Author {
            name,
            email,
            phone,
            shop_id,
            ..now.clone()
        };
        self.update(&now, &then, &was.identifiers).await
    }
}

impl CustomersMut {
    async fn rename(
        &mut self,
        customer: Option<CustomerKey>,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<()> {
        if let (Some(customer), Some(from), Some(to)) = (customer, from, to) {
            let sql = "UPDATE customer SET name = $3 WHERE key = $1 AND name = $2";
            self.0.run(sql, args![customer, from, to]).await?;
        }
        Ok(())
    }
}

impl OrdersMut {
    /// Deletes orders, and every record of what imports did to them.
    pub async fn remove(&mut self, keys: &[OrderKey]) -> Result<()> {
        self.0
            .imported_records()
            .forget(ImportedKind::Order, keys)
            .await?;
        self.0.deletions().delete("orders", "key", keys).await
    }

    async fn restore(&mut self, key: OrderKey, before: &serde_json::Value) -> Result<()> {
        let it: OrderBefore = was(before)?;
        let buyers = self
            .0
            .deletions()
            .keys("author_key", "FROM orders WHERE key", &[key])
            .await?;
        // The previous buyer may have been erased since: the current one stays.
        let sql = "UPDATE orders \
            SET placed_at = $2, status = $3, total = $4, currency = $5, shop = $6, author_key = $7 \
            WHERE key = $1 AND EXISTS (SELECT 1 FROM author a WHERE a.key = $7)";
        self.0
            .run(
                sql,
                args![
                    key,
                    it.placed_at,
                    it.status,
                    it.total,
                    it.currency,
                    it.shop,
                    it.author
                ],
            )
            .await?;
        self.0.deletions().remove_authors(&buyers).await
    }
}
