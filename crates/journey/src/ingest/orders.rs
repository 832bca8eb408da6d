//! Orders go through the same intake as messages: each buyer is recognised, each number stored
//! once.

use vigie_listen::OrderOutcome;
use vigie_model::{Act, Actor, IdentityProof, IncomingOrder, SourceId};
use vigie_recognise::AuthorIdentifiers;
use vigie_store::{Brand, FactDraft, NewOrder, Result, Source, UpsertOutcome, Write};

use super::authors::{Speaker, author_keys, find_or_create_authors};
use crate::{Error, Instance, open_source};

/// Stores a batch of orders with their buyers; one fact per batch that changed something.
pub async fn upsert_orders(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    orders: Vec<IncomingOrder>,
) -> Result<Vec<UpsertOutcome>> {
    let author_ids: Vec<_> = orders
        .iter()
        .map(|it| AuthorIdentifiers::of(&it.buyer, &source.code, &brand.settings.phone_country))
        .collect();
    let pairs = orders.iter().zip(&author_ids);
    let buyers: Vec<_> = pairs
        .map(|(order, author_ids)| buyer(order, author_ids, &source.code))
        .collect();
    let authors = find_or_create_authors(write, source, &buyers).await?;
    let keys = author_keys("order", &authors, &buyers)?;
    let new = orders
        .into_iter()
        .zip(keys)
        .map(|(incoming, author_key)| NewOrder {
            incoming,
            author_key,
        })
        .collect();
    let outcomes = write.orders().upsert(source, new).await?;
    let changed = outcomes
        .iter()
        .filter(|it| **it != UpsertOutcome::Unchanged)
        .count() as i64;
    if changed > 0 {
        write.fact(
            FactDraft::new(Act::OrdersReceived)
                .on("source", source.id.0)
                .number("orders", changed),
        );
    }
    Ok(outcomes)
}

/// The outcome of an order, in the terms of intake.
pub const fn order_outcome(outcome: UpsertOutcome) -> OrderOutcome {
    match outcome {
        UpsertOutcome::Created => OrderOutcome::Created,
        UpsertOutcome::Updated => OrderOutcome::Updated,
        UpsertOutcome::Unchanged => OrderOutcome::Unchanged,
    }
}

fn buyer<'a>(
    order: &'a IncomingOrder,
    author_ids: &'a AuthorIdentifiers,
    network: &'a str,
) -> Speaker<'a> {
    // A buyer without a readable identifier is only the buyer of that order.
    let key = author_ids
        .key
        .clone()
        .unwrap_or_else(|| format!("order:{}", order.number));
    Speaker {
        key,
        incoming: &order.buyer,
        author_ids,
        network,
        outside: true,
        ordered: true,
        proof: IdentityProof::Shop,
    }
}

/// Stores orders: buyers are recognised like authors. Fails when the source is paused or
/// missing; nothing was stored then.
pub async fn receive_orders(
    instance: &Instance,
    source: SourceId,
    orders: Vec<IncomingOrder>,
) -> Result<Vec<OrderOutcome>, Error> {
    let (source, brand) = open_source(instance, source).await?;
    let mut write = instance.store.write(Actor::Source(source.id)).await?;
    let kept = upsert_orders(&mut write, &source, &brand, orders).await?;
    write.commit().await?;
    Ok(kept.into_iter().map(order_outcome).collect())
}
