//! Benchmarks of the house itself, beside a raw limit measured in the same run.

use std::{path::Path, time::Instant};

use serde_json::{Value, json};
use vigie_listen::{Batch, Door as _, Extras, Item};
use vigie_model::{Incoming, Kind, Queue, SourceId, SourceKind};
use vigie_store::{BrandSettings, Cursor, View};

use crate::{House, demo::sample_texts, house::add_source, house::found};

/// The whole journey of `messages` messages in batches; and the raw limit: the same rows inserted without a journey.
///
/// # Errors
/// When the store fails.
pub async fn ingest(folder: &Path, database: Option<&str>, messages: usize, batch: usize) -> anyhow::Result<Value> {
    let (house, source) = bench_house(folder, database).await?;
    let texts = sample_texts()?;
    let analysed = analysis_speed(&texts);
    let started = Instant::now();
    for first in (0..messages).step_by(batch.max(1)) {
        let numbers = first..(first + batch).min(messages);
        let items = numbers.map(|number| item(&texts, number)).collect();
        house.receive(Batch { source, items, cursor: None, extras: Extras::default() }).await?;
    }
    let seconds = started.elapsed().as_secs_f64();
    let raw = raw_rows_per_second(&house, messages.min(20_000), batch).await?;
    let rate = messages as f64 / seconds;
    Ok(json!({
        "bench": "ingest", "database": house.store.database().name(), "messages": messages, "batch": batch,
        "seconds": seconds, "messages_per_second": rate, "analysed_per_second_one_thread": analysed,
        "raw_rows_per_second": raw, "ratio_to_raw": rate / raw, "budget_messages_per_second": 10_000,
    }))
}

async fn bench_house(folder: &Path, database: Option<&str>) -> anyhow::Result<(House, SourceId)> {
    let house = House::open(folder, database).await?;
    let brand = found(&house, "bench", "Bench", &BrandSettings::default()).await?;
    let mut write = house.store.write(vigie_model::Actor::House).await?;
    let source = add_source(&mut write, &brand, SourceKind::Api, "bench", "bench-api").await?;
    write.commit().await?;
    Ok((house, source.id))
}

/// One message in three answers an earlier one; one author in four has an address.
fn item(texts: &[String], number: usize) -> Item {
    let text = texts.get(number % texts.len().max(1)).cloned().unwrap_or_default();
    let id = format!("bench-{number}");
    let mut message = Incoming::new(id.clone(), text);
    message.author.handle = Some(format!("author{}", number * 7 % 40_000));
    if number.is_multiple_of(4) {
        message.author.email = Some(format!("author{}@mail.example", number % 30_000));
    }
    if number.is_multiple_of(3) && number > 0 {
        message.in_reply_to = Some(format!("bench-{}", number - 1));
    }
    Item { external_id: Some(id), raw: String::new(), read: Ok(message) }
}

fn analysis_speed(texts: &[String]) -> f64 {
    let started = Instant::now();
    let many = texts.len().min(3_000);
    for text in texts.iter().take(many) {
        std::hint::black_box(vigie_analyse::read(vigie_analyse::Message { text, lang: None, public: false }));
    }
    many as f64 / started.elapsed().as_secs_f64()
}

/// What this database takes at best through the same driver: rows of the same size, durably, in the same batches.
async fn raw_rows_per_second(house: &House, rows: usize, batch: usize) -> anyhow::Result<f64> {
    let mut session = house.store.database().begin().await?;
    session
        .run("CREATE TABLE raw_limit (key BIGINT NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL)", vec![])
        .await?;
    session.commit().await?;
    let words = "x".repeat(700);
    let started = Instant::now();
    for first in (0..rows).step_by(batch.max(1)) {
        let mut session = house.store.database().begin().await?;
        let values = (first..(first + batch).min(rows))
            .map(|number| vigie_store::args![number as i64, format!("raw-{number}"), &words])
            .collect();
        session.insert_plain("raw_limit", "key, name, words", values).await?;
        session.commit().await?;
    }
    Ok(rows as f64 / started.elapsed().as_secs_f64())
}

/// Pages of every named view over `cases` cases, and of one filter; milliseconds in the store.
///
/// # Errors
/// When the store fails.
pub async fn inbox(folder: &Path, database: Option<&str>, cases: usize, pages: usize) -> anyhow::Result<Value> {
    let (house, source) = bench_house(folder, database).await?;
    let texts = sample_texts()?;
    for first in (0..cases).step_by(1_000) {
        let items = (first..(first + 1_000).min(cases)).map(|number| {
            let mut item = item(&texts, number);
            if let Ok(message) = &mut item.read {
                message.in_reply_to = None;
            }
            item
        });
        house.receive(Batch { source, items: items.collect(), cursor: None, extras: Extras::default() }).await?;
    }
    let mut session = house.store.database().begin().await?;
    session.run("ANALYZE", vec![]).await?;
    session.commit().await?;
    let views = [
        ("open", View::Open, None),
        ("now", View::Queue(Queue::Now), None),
        ("quick", View::Queue(Queue::Quick), None),
        ("plan", View::Queue(Queue::Plan), None),
        ("later", View::Queue(Queue::Later), None),
        ("unowned", View::Unowned, None),
        ("open, complaints", View::Open, Some(Kind::Complaint)),
        ("open, questions", View::Open, Some(Kind::Question)),
    ];
    let mut figures = serde_json::Map::new();
    for (name, view, kind) in views {
        figures.insert(name.into(), view_speed(&house, view, kind, pages).await?);
    }
    let raw = point_lookup(&house, pages).await?;
    Ok(json!({
        "bench": "inbox", "database": house.store.database().name(), "cases": cases, "rows_a_page": 50, "views": figures,
        "raw_point_lookup_p50_ms": raw, "budget_p99_ms": 10,
    }))
}

/// Walks the view page after page, from the top again at its end.
async fn view_speed(house: &House, view: View, kind: Option<Kind>, pages: usize) -> anyhow::Result<Value> {
    let mut times = Vec::with_capacity(pages);
    let mut after: Option<Cursor> = None;
    let mut rows = 0;
    for _ in 0..pages {
        let started = Instant::now();
        let page = house.store.read().await?.list_cases(view, kind, after, 50).await?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        rows += page.len();
        after = page.last().filter(|_| page.len() == 50).map(|row| row.cursor);
    }
    Ok(json!({"p50_ms": quantile(&mut times, 0.5), "p99_ms": quantile(&mut times, 0.99), "rows": rows}))
}

async fn point_lookup(house: &House, times: usize) -> anyhow::Result<f64> {
    let mut taken = Vec::with_capacity(times);
    for number in 0..times {
        let started = Instant::now();
        house
            .store
            .read()
            .await?
            .maybe("SELECT id FROM cases WHERE key = $1", vigie_store::args![number as i64 + 1])
            .await?;
        taken.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(quantile(&mut taken, 0.5))
}

/// The nearest-rank quantile; 0 of nothing.
fn quantile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let rank = ((times.len() as f64 * share).ceil() as usize).max(1) - 1;
    times.get(rank).copied().unwrap_or(0.0)
}
