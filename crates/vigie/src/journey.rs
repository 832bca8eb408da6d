//! The journey of one customer's word, in the order it happens:
//!
//! ```text
//! Received ─▶ Analysed ─▶ Recognised ─▶ Triaged ─▶ in a case, in a queue, with a due time
//!   listen      analyse     recognise      triage
//! ```
//!
//! Reading needs nobody and happens first; all the rest is one transaction, so that what is acknowledged is durable,
//! in a case and weighed, and a crash at any point loses nothing and doubles nothing. Opening and closing by people
//! follow in `respond` and `close`; what they do weighs the case again at the moment it is stored.

use vigie_listen::{Batch, DoorError, Heard, OrderKept};
use vigie_model::{Actor, Incoming, OrderSaid, SourceId};
use vigie_store::{Error, Kept};

use crate::{
    House,
    hear::{
        Answers, Received, analyse, answer, keep_messages, keep_orders, keep_refused, measure, note_bounces,
        pass_thanks_on, place_in_cases, received, recognise, revise, send_receipts, sort,
    },
};

/// Takes a batch through the whole journey.
///
/// # Errors
/// [`DoorError`]; nothing then happened.
#[tracing::instrument(level = "debug", skip_all, fields(items = batch.items.len()))]
pub async fn hear(house: &House, batch: Batch) -> Result<Vec<Heard>, DoorError> {
    let source = house.store.read().await.map_err(behind)?.source(batch.source).await.map_err(no_source)?;
    if source.paused_at.is_some() {
        return Err(DoorError::Paused);
    }
    let brand = house.store.read().await.map_err(behind)?.brand(source.brand_key).await.map_err(behind)?;

    let (received, refused) = received(batch.items, house.store.now());
    let returned = came_back(&received);
    let analysed = analyse(received, &source, &brand);

    let mut write = house.store.write(Actor::Source(source.id)).await.map_err(behind)?;
    let sorted = sort(&mut write, &source, analysed).await.map_err(behind)?;
    let recognised = recognise(&mut write, &source, sorted.new).await.map_err(behind)?;
    let triaged = place_in_cases(&mut write, &source, &brand, recognised).await.map_err(behind)?;
    let created = keep_messages(&mut write, &source, triaged, &batch.extras).await.map_err(behind)?;
    pass_thanks_on(&mut write, &created).await.map_err(|why| DoorError::Behind(Box::new(why)))?;
    send_receipts(house, &mut write, &source, &brand, &created).await.map_err(behind)?;
    let revised = revise(&mut write, sorted.known, &created, &batch.extras).await.map_err(behind)?;
    keep_refused(&mut write, &source, &refused, &batch.extras).await.map_err(behind)?;
    note_bounces(&mut write, &source, &returned).await.map_err(|why| DoorError::Behind(Box::new(why)))?;
    write.source_received(source.key, batch.cursor.as_deref()).await.map_err(behind)?;
    write.commit().await.map_err(behind)?;
    let answers = Answers { created, revised, refused, unchanged: sorted.unchanged };
    measure(&source, &answers, house.store.now());
    Ok(answer(answers))
}

/// Takes orders in: who buys is recognised like who speaks.
///
/// # Errors
/// [`DoorError`]; nothing then happened.
pub async fn note_orders(house: &House, source: SourceId, orders: Vec<OrderSaid>) -> Result<Vec<OrderKept>, DoorError> {
    let source = house.store.read().await.map_err(behind)?.source(source).await.map_err(no_source)?;
    if source.paused_at.is_some() {
        return Err(DoorError::Paused);
    }
    let brand = house.store.read().await.map_err(behind)?.brand(source.brand_key).await.map_err(behind)?;
    let mut write = house.store.write(Actor::Source(source.id)).await.map_err(behind)?;
    let kept = keep_orders(&mut write, &source, &brand, orders).await.map_err(behind)?;
    write.commit().await.map_err(behind)?;
    let word = |it| match it {
        Kept::Created => OrderKept::Created,
        Kept::Updated => OrderKept::Updated,
        Kept::Unchanged => OrderKept::Unchanged,
    };
    Ok(kept.into_iter().map(word).collect())
}

/// The reports of mails that did not arrive.
fn came_back(received: &[Received]) -> Vec<Incoming> {
    let bounced = received.iter().filter(|it| it.message.mail.as_ref().is_some_and(|mail| mail.bounce.is_some()));
    bounced.map(|it| it.message.clone()).collect()
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
