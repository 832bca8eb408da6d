//! The journey of one customer's word, in the order it happens:
//!
//! ```text
//! Received ─▶ Analysed ─▶ Recognised ─▶ Triaged ─▶ in a case, in a queue, with a due time
//!   listen      analyse     recognise      triage
//! ```
//!
//! Reading needs nobody and happens first; all the rest is one transaction, so that what is
//! acknowledged is durable, in a case and weighed, and a crash at any point loses nothing and
//! doubles nothing. Opening and closing by people follow in `respond` and `close`; what they do
//! weighs the case again at the moment it is stored.

use vigie_listen::{Batch, DoorError, Heard, OrderKept};
use vigie_model::{Actor, OrderSaid, SourceId, VisitSaid};
use vigie_store::{Brand, Error, Source};

use crate::{
    House,
    hear::{
        Answers, analyse, answer, came_back, keep_messages, keep_orders, keep_refused, keep_visits,
        measure, note_bounces, order_told, pass_thanks_on, place_in_cases, received, recognise,
        revise, send_receipts, sort,
    },
};

/// Takes a batch through the whole journey.
///
/// # Errors
/// [`DoorError`]; nothing then happened.
#[tracing::instrument(level = "debug", skip_all, fields(items = batch.items.len()))]
pub async fn hear(house: &House, batch: Batch) -> Result<Vec<Heard>, DoorError> {
    let (source, brand) = listening(house, batch.source).await?;

    let (received, refused) = received(batch.items, house.store.now());
    let returned = came_back(&received);
    let analysed = analyse(received, &source, &brand);

    let mut write = house
        .store
        .write(Actor::Source(source.id))
        .await
        .map_err(behind)?;
    let sorted = sort(&mut write, &source, analysed).await.map_err(behind)?;
    let recognised = recognise(&mut write, &source, sorted.new)
        .await
        .map_err(behind)?;
    let triaged = place_in_cases(&mut write, &source, &brand, recognised)
        .await
        .map_err(behind)?;
    let created = keep_messages(&mut write, &source, triaged, &batch.extras)
        .await
        .map_err(behind)?;
    pass_thanks_on(&mut write, &created)
        .await
        .map_err(|why| DoorError::Behind(Box::new(why)))?;
    send_receipts(house, &mut write, &source, &brand, &created)
        .await
        .map_err(behind)?;
    let revised = revise(&mut write, sorted.known, &created, &batch.extras)
        .await
        .map_err(behind)?;
    keep_refused(&mut write, &source, &refused, &batch.extras)
        .await
        .map_err(behind)?;
    note_bounces(&mut write, &source, &returned)
        .await
        .map_err(|why| DoorError::Behind(Box::new(why)))?;
    write
        .source_received(source.key, batch.cursor.as_deref())
        .await
        .map_err(behind)?;
    write.commit().await.map_err(behind)?;
    let answers = Answers {
        created,
        revised,
        refused,
        unchanged: sorted.unchanged,
    };
    measure(&source, &answers, house.store.now());
    Ok(answer(answers))
}

/// Takes orders in: who buys is recognised like who speaks.
///
/// # Errors
/// [`DoorError`]; nothing then happened.
pub async fn note_orders(
    house: &House,
    source: SourceId,
    orders: Vec<OrderSaid>,
) -> Result<Vec<OrderKept>, DoorError> {
    let (source, brand) = listening(house, source).await?;
    let mut write = house
        .store
        .write(Actor::Source(source.id))
        .await
        .map_err(behind)?;
    let kept = keep_orders(&mut write, &source, &brand, orders)
        .await
        .map_err(behind)?;
    write.commit().await.map_err(behind)?;
    Ok(kept.into_iter().map(order_told).collect())
}

/// Takes visits in: who comes is recognised like who speaks.
///
/// # Errors
/// [`DoorError`]; nothing then happened.
pub async fn note_visits(
    house: &House,
    source: SourceId,
    visits: Vec<VisitSaid>,
) -> Result<Vec<bool>, DoorError> {
    let (source, brand) = listening(house, source).await?;
    let mut write = house
        .store
        .write(Actor::Source(source.id))
        .await
        .map_err(behind)?;
    let created = keep_visits(&mut write, &source, &brand, visits)
        .await
        .map_err(behind)?;
    write.commit().await.map_err(behind)?;
    Ok(created)
}

/// The source, when it listens, and its brand.
async fn listening(house: &House, source: SourceId) -> Result<(Source, Brand), DoorError> {
    let mut session = house.store.read().await.map_err(behind)?;
    let source = session.source(source).await.map_err(no_source)?;
    if source.paused_at.is_some() {
        return Err(DoorError::Paused);
    }
    let brand = session.brand(source.brand_key).await.map_err(behind)?;
    Ok((source, brand))
}

fn behind(why: Error) -> DoorError {
    DoorError::Behind(Box::new(why))
}

fn no_source(why: Error) -> DoorError {
    match why {
        Error::Missing(_) => DoorError::NoSource,
        other => behind(other),
    }
}
