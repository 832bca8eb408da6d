//! Orders: what customers bought, one row per number and brand.

use std::collections::HashMap;

use vigie_model::{
    At, AuthorKey, BrandKey, CustomerKey, IncomingOrder, Money, OrderId, OrderKey, OrderStatus,
};

use crate::{Orders, OrdersMut, Result, Row, Source, Value, args, named};

/// An order as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub key: OrderKey,
    pub id: OrderId,
    /// The shop's order number.
    pub number: String,
    pub placed_at: At,
    pub status: OrderStatus,
    pub total: Money,
    /// The shop it was bought in.
    pub shop: Option<String>,
    /// The buyer, as reported by the shop.
    pub author_key: AuthorKey,
}

/// An order about to be stored.
#[derive(Debug, Clone)]
pub struct NewOrder {
    pub incoming: IncomingOrder,
    /// The buyer, as reported by the shop.
    pub author_key: AuthorKey,
}

/// What storing an order changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpsertOutcome {
    Created,
    /// Already stored with other values.
    Updated,
    /// Already stored, unchanged.
    Unchanged,
}

const COLUMNS: &str =
    "o.key, o.id, o.number, o.placed_at, o.status, o.total, o.currency, o.shop, o.author_key";

fn read(row: &Row) -> Result<Order> {
    Ok(Order {
        key: row.key("key")?,
        id: OrderId(row.id("id")?),
        number: row.text("number")?,
        placed_at: row.at("placed_at")?,
        status: row.code("status")?,
        total: Money {
            minor: row.int("total")?,
            currency: row.text("currency")?,
        },
        shop: row.opt_text("shop")?,
        author_key: row.key("author_key")?,
    })
}

impl Orders {
    /// The orders of a customer, newest first, and how many there are in all.
    pub async fn of_customer(
        &mut self,
        customer_key: CustomerKey,
        limit: i64,
    ) -> Result<(Vec<Order>, i64)> {
        let sql = format!(
            "SELECT {COLUMNS} \
                FROM orders o \
                JOIN author a ON a.key = o.author_key \
                WHERE a.customer_key = $1 \
                ORDER BY o.placed_at DESC, o.key DESC \
                LIMIT $2"
        );
        let orders = self
            .0
            .all(sql, args![customer_key, limit])
            .await?
            .iter()
            .map(read)
            .collect::<Result<_>>()?;
        let sql = "SELECT COUNT(*) AS n \
            FROM orders o \
            JOIN author a ON a.key = o.author_key \
            WHERE a.customer_key = $1";
        Ok((
            orders,
            self.0.one(sql, args![customer_key]).await?.int("n")?,
        ))
    }

    /// Orders of a brand with these numbers.
    pub async fn numbered(
        &mut self,
        brand_key: BrandKey,
        numbers: &[String],
    ) -> Result<HashMap<String, Order>> {
        let mut found = HashMap::new();
        for part in numbers.chunks(1_000) {
            let marks = crate::placeholders(2, 1, part.len());
            let sql = format!(
                "SELECT {COLUMNS} FROM orders o WHERE o.brand_key = $1 AND o.number IN {marks}"
            );
            let mut values = args![brand_key];
            values.extend(part.iter().map(Value::from));
            for row in self.0.all(sql, values).await? {
                let order = read(&row)?;
                found.insert(order.number.clone(), order);
            }
        }
        Ok(found)
    }
}

impl OrdersMut {
    /// Stores orders: new numbers are inserted, known ones updated. When a number occurs twice in
    /// a batch, the last one counts.
    pub async fn upsert(
        &mut self,
        source: &Source,
        orders: Vec<NewOrder>,
    ) -> Result<Vec<UpsertOutcome>> {
        let numbers: Vec<_> = orders.iter().map(|it| it.incoming.number.clone()).collect();
        let known = self.numbered(source.brand_key, &numbers).await?;
        let mut fresh: Vec<NewOrder> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut outcomes = Vec::with_capacity(orders.len());
        let last: HashMap<&String, usize> = numbers
            .iter()
            .enumerate()
            .map(|(at, it)| (it, at))
            .collect();
        for (at, order) in orders.into_iter().enumerate() {
            if let Some(before) = known.get(&order.incoming.number) {
                // What a later order of the same batch contradicts was never stored.
                let same = same(before, &order)
                    || last.get(&order.incoming.number).is_some_and(|it| *it > at);
                if !same {
                    self.update(source.brand_key, &order).await?;
                }
                outcomes.push(if same {
                    UpsertOutcome::Unchanged
                } else {
                    UpsertOutcome::Updated
                });
            } else if let Some(place) = places
                .get(&order.incoming.number)
                .and_then(|it| fresh.get_mut(*it))
            {
                outcomes.push(if place.incoming == order.incoming {
                    UpsertOutcome::Unchanged
                } else {
                    UpsertOutcome::Updated
                });
                *place = order;
            } else {
                places.insert(order.incoming.number.clone(), fresh.len());
                fresh.push(order);
                outcomes.push(UpsertOutcome::Created);
            }
        }
        self.insert_new(source, fresh).await?;
        Ok(outcomes)
    }

    async fn insert_new(&mut self, source: &Source, orders: Vec<NewOrder>) -> Result<()> {
        let mut rows = Vec::with_capacity(orders.len());
        for NewOrder {
            incoming,
            author_key,
        } in orders
        {
            let (id, status, total) = (self.0.id(), incoming.status.code(), incoming.total);
            let (brand, from) = (source.brand_key, source.key);
            rows.push(named![
                id,
                brand_key: brand,
                source_key: from,
                number: incoming.number,
                placed_at: incoming.placed_at,
                status,
                total: total.minor,
                currency: total.currency,
                shop: incoming.shop,
                author_key,
            ]);
        }

        self.0.insert_plain("orders", rows).await
    }

    async fn update(&mut self, brand_key: BrandKey, order: &NewOrder) -> Result<()> {
        let incoming = &order.incoming;
        let sql = "UPDATE orders \
            SET placed_at = $3, status = $4, total = $5, currency = $6, shop = $7, author_key = $8 \
            WHERE brand_key = $1 AND number = $2";
        let (minor, currency) = (incoming.total.minor, &incoming.total.currency);
        let (at, status) = (incoming.placed_at, incoming.status.code());
        self.0
            .run(
                sql,
                args![
                    brand_key,
                    &incoming.number,
                    at,
                    status,
                    minor,
                    currency,
                    &incoming.shop,
                    order.author_key
                ],
            )
            .await?;
        Ok(())
    }
}

fn same(before: &Order, now: &NewOrder) -> bool {
    let incoming = &now.incoming;
    (
        before.placed_at,
        before.status,
        &before.total,
        &before.shop,
        before.author_key,
    ) == (
        incoming.placed_at,
        incoming.status,
        &incoming.total,
        &incoming.shop,
        now.author_key,
    )
}
