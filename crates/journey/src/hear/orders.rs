//! Orders go through the same intake as messages: each buyer is recognised, each number stored
//! once.

use vigie_listen::OrderKept;
use vigie_model::{Act, Actor, OrderSaid, SourceId};
use vigie_recognise::Told;
use vigie_store::{Brand, FactDraft, Kept, NewOrder, Result, Source, Write};

use super::speakers::{Speaker, known_or_met};
use crate::{Error, Instance, open_source};

/// Stores a batch of orders with their buyers; one fact per batch that changed something.
pub async fn keep_orders(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    orders: Vec<OrderSaid>,
) -> Result<Vec<Kept>> {
    let told: Vec<_> = orders
        .iter()
        .map(|it| Told::of(&it.buyer, &source.code, &brand.settings.phone_country))
        .collect();
    let pairs = orders.iter().zip(&told);
    let buyers: Vec<_> = pairs
        .map(|(order, told)| buyer(order, told, &source.code))
        .collect();
    let authors = known_or_met(write, source, &buyers).await?;
    let keys: Vec<_> = buyers
        .iter()
        .map(|it| authors.get(&it.key).map_or(0, |it| it.key))
        .collect();
    let new = orders
        .into_iter()
        .zip(keys)
        .map(|(said, author_key)| NewOrder { said, author_key })
        .collect();
    let kept = write.keep_orders(source, new).await?;
    let changed = kept.iter().filter(|it| **it != Kept::Unchanged).count() as i64;
    if changed > 0 {
        write.fact(
            FactDraft::new(Act::OrdersReceived)
                .on("source", source.id.0)
                .number("orders", changed),
        );
    }
    Ok(kept)
}

/// The outcome of an order, in the terms of intake.
pub const fn order_told(kept: Kept) -> OrderKept {
    match kept {
        Kept::Created => OrderKept::Created,
        Kept::Updated => OrderKept::Updated,
        Kept::Unchanged => OrderKept::Unchanged,
    }
}

fn buyer<'a>(order: &'a OrderSaid, told: &'a Told, network: &'a str) -> Speaker<'a> {
    // A buyer without a readable identifier is only the buyer of that order.
    let key = told
        .key
        .clone()
        .unwrap_or_else(|| format!("order:{}", order.number));
    Speaker {
        key,
        said: &order.buyer,
        told,
        network,
        outside: true,
        ordered: true,
    }
}

/// Stores orders: buyers are recognised like authors. Fails when the source is paused or
/// missing; nothing was stored then.
pub async fn receive_orders(
    instance: &Instance,
    source: SourceId,
    orders: Vec<OrderSaid>,
) -> Result<Vec<OrderKept>, Error> {
    let (source, brand) = open_source(instance, source).await?;
    let mut write = instance.store.write(Actor::Source(source.id)).await?;
    let kept = keep_orders(&mut write, &source, &brand, orders).await?;
    write.commit().await?;
    Ok(kept.into_iter().map(order_told).collect())
}
