//! The journey of a customer's message, in the order it happens:
//!
//! ```text
//! Received ─▶ Analysed ─▶ Recognised ─▶ Triaged ─▶ in a case, in a queue, with a due time
//!   listen      analyse     recognise      triage
//! ```
//!
//! Analysis needs no database and happens first; all the rest is one transaction: what is
//! acknowledged is durable, in a case and weighed, and a crash at any point loses nothing and
//! duplicates nothing. What people do to a case follows in `desk`, what is sent in `respond`.

pub mod clock;
pub mod erasure;
mod error;
mod founding;
mod ingest;
mod instance;
pub mod key_file;
pub mod past;
mod services;
mod timers;
mod triage_weigher;
mod upgrade;

pub use clock::{FakeClock, SeededIds, SystemClock, SystemIds};
pub use founding::{add_source, create_brand, prepare};
pub use instance::Instance;
pub use timers::run_due_timers;
pub use triage_weigher::TriageWeigher;

use error::Error;
use ingest::{
    BatchResult, analyse, answer, bounces_in, check_complete, forward_thanks, measure,
    note_bounces, persist_messages, persist_refused, place_in_cases, received, recognise, revise,
    send_receipts, sort,
};
use vigie_listen::{Batch, IntakeOutcome};
use vigie_model::{Actor, SourceId};
use vigie_store::{Brand, Source};

/// Takes a batch through the whole journey in one transaction; on an error nothing was stored.
#[tracing::instrument(name = "hear", level = "debug", skip_all, fields(items = batch.items.len()))]
async fn ingest_batch(instance: &Instance, batch: Batch) -> Result<Vec<IntakeOutcome>, Error> {
    let store = &instance.store;
    let (source, brand) = open_source(instance, batch.source).await?;

    let items = batch.items.len();
    let (received, refused) = received(batch.items, || store.id());
    let returned = bounces_in(&received);
    let analysed = analyse(&*instance.analyser, received, &source, &brand);

    let mut write = store.write(Actor::Source(source.id)).await?;
    let sorted = sort(&mut write, &source, analysed).await?;
    let recognised = recognise(&mut write, &source, sorted.new).await?;
    let triaged = place_in_cases(&mut write, &source, &brand, recognised).await?;
    let created = persist_messages(&mut write, &source, triaged, &batch.extras).await?;

    forward_thanks(&mut write, &created).await?;
    send_receipts(instance, &mut write, &source, &brand, &created).await?;
    let revised = revise(&mut write, sorted.existing, &created, &batch.extras).await?;
    persist_refused(&mut write, &source, &refused, &batch.extras).await?;
    note_bounces(&mut write, &source, &returned).await?;

    let answers = BatchResult {
        created,
        revised,
        refused,
        unchanged: sorted.unchanged,
    };
    check_complete(&answers, items)?;

    let cursor = batch.cursor.as_deref();
    write.sources().mark_received(source.key, cursor).await?;
    write.commit().await?;
    measure(&source, &answers, store.now());
    Ok(answer(answers))
}

/// The source, which must not be paused, and its brand.
async fn open_source(instance: &Instance, source: SourceId) -> Result<(Source, Brand), Error> {
    let mut session = instance.store.read().await?;
    let source = session
        .sources()
        .find(source)
        .await
        .map_err(Error::of_source)?;
    if source.paused_at.is_some() {
        return Err(Error::Paused);
    }
    let brand = session.brands().by_key(source.brand_key).await?;
    Ok((source, brand))
}
