//! How each cost grows with the number of messages.

use std::{path::Path, time::Instant};

use serde_json::{Value, json};

use super::{BenchLoad, acts, inbox, ingest, search};
use vigie_journey::Instance;

/// Number of pages, queries and acts of each kind.
const PAGES: usize = 200;

/// Fills one instance to each size in turn and measures there: the journey, the inbox, the
/// search, the acts, opening, disk and memory. Passes each size's figures to `told` as soon as
/// they are known.
pub async fn growth(
    folder: &Path,
    database: Option<&str>,
    sizes: &[usize],
    mut report: impl FnMut(&Value) -> anyhow::Result<()>,
) -> anyhow::Result<Value> {
    let mut load = BenchLoad::open(folder, database, 1_000, true).await?;
    let raw_documents = search::raw_documents_per_second(&load, 100_000)?;
    let raw_rows = ingest::raw_rows_per_second(&load.instance, 20_000, 1_000).await?;
    let (mut from, mut curve) = (0, Vec::new());
    for size in sizes {
        let (committed, seconds) = load.fill(from, *size).await?;
        let added = (*size - from) as f64;
        from = *size;
        let measured = measured(&load).await?;
        let speeds = json!({
            "messages": size,
            "messages_per_second": added / seconds,
            "committed_per_second": added / committed,
        });
        let BenchLoad {
            instance,
            source,
            texts,
            batch,
            threads,
        } = load;
        drop(instance);
        let started = Instant::now();
        let instance = Instance::open(folder, database).await?;
        let opened = started.elapsed().as_secs_f64() * 1_000.0;
        let figures = json!({"speeds": speeds, "open_ms": opened, "costs": measured});
        load = BenchLoad {
            instance,
            source,
            texts,
            batch,
            threads,
        };
        report(&figures)?;
        curve.push(figures);
    }
    Ok(json!({
        "bench": "growth",
        "database": load.instance.store.database().name(),
        "raw_rows_per_second": raw_rows,
        "raw_documents_per_second": raw_documents,
        "curve": curve,
    }))
}

async fn measured(load: &BenchLoad) -> anyhow::Result<Value> {
    let (views, lookup) = inbox::pages_of(&load.instance, PAGES).await?;
    // PostgreSQL stores its files elsewhere.
    let database = std::fs::metadata(load.instance.folder.join("vigie.db"));
    let database_bytes = database.map_or(0, |metadata| metadata.len());

    Ok(json!({
        "inbox": views,
        "raw_point_lookup_p50_ms": lookup,
        "search": search::speed_of(&load.instance, PAGES)?,
        "acts": acts::speed_of(&load.instance, PAGES).await?,
        "index_bytes": load.instance.search.size(),
        "database_bytes": database_bytes,
        "peak_rss_mib": crate::process::memory().map(|it| it.0 >> 20),
    }))
}
