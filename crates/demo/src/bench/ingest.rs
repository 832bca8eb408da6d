//! Measures the whole journey, durably committed and searchable.

use std::{path::Path, time::Instant};

use serde_json::{Value, json};

use super::BenchLoad;
use vigie_journey::Instance;

/// Times the whole journey of `messages` messages in batches, with the index following; and
/// the raw limit: the same rows inserted directly.
pub async fn ingest(
    folder: &Path,
    database: Option<&str>,
    messages: usize,
    batch: usize,
) -> anyhow::Result<Value> {
    let load = BenchLoad::open(folder, database, batch, true).await?;
    let analysed = analysis_speed(&load.texts);
    let (committed, seconds) = load.fill(0, messages).await?;
    let raw = raw_rows_per_second(&load.instance, messages.min(20_000), batch).await?;
    let rate = messages as f64 / seconds;
    Ok(json!({
        "bench": "ingest",
        "database": load.instance.store.database().name(),
        "messages": messages,
        "batch": batch,
        "seconds": seconds,
        "seconds_until_committed": committed,
        "messages_per_second": rate,
        "analysed_per_second_one_thread": analysed,
        "raw_rows_per_second": raw,
        "ratio_to_raw": rate / raw,
        "budget_messages_per_second": 10_000,
    }))
}

fn analysis_speed(texts: &[String]) -> f64 {
    let started = Instant::now();
    let many = texts.len().min(3_000);
    for text in texts.iter().take(many) {
        std::hint::black_box(vigie_analyse::read(vigie_analyse::AnalysisInput {
            text,
            title: None,
            lang: None,
            public: false,
        }));
    }
    many as f64 / started.elapsed().as_secs_f64()
}

/// The best this database can do through the same driver: rows of the same size, durable, in
/// the same batches.
pub(super) async fn raw_rows_per_second(
    instance: &Instance,
    rows: usize,
    batch: usize,
) -> anyhow::Result<f64> {
    let mut session = instance.store.database().begin().await?;
    session
        .run(
            "CREATE TABLE raw_limit (key BIGINT NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL)",
            vec![],
        )
        .await?;
    session.commit().await?;
    let words = "x".repeat(700);
    let started = Instant::now();
    for first in (0..rows).step_by(batch.max(1)) {
        let mut session = instance.store.database().begin().await?;
        let values = (first..(first + batch).min(rows))
            .map(|number| {
                let name = format!("raw-{number}");
                vigie_store::named![key: number as i64, name, words: &words]
            })
            .collect();
        session.insert_plain("raw_limit", values).await?;
        session.commit().await?;
    }
    Ok(rows as f64 / started.elapsed().as_secs_f64())
}
