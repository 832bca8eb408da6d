//! Ranked search over many messages.

use std::{path::Path, time::Instant};

use serde_json::{Value, json};
use tantivy::{TantivyDocument, schema};
use vigie_search::{EntityKind, QueryNames, SearchParams, SortOrder};

use super::{BenchLoad, rank, spread, word};
use vigie_journey::Instance;

/// Times queries of every kind over `messages` messages; and the raw limit: the same words
/// added straight to the index library.
pub async fn search(
    folder: &Path,
    database: Option<&str>,
    messages: usize,
    queries: usize,
) -> anyhow::Result<Value> {
    let load = BenchLoad::open(folder, database, 1_000, true).await?;
    load.fill(0, messages).await?;
    let started = Instant::now();
    load.instance.search.rebuild(&load.instance.store).await?;
    let rebuilt = messages as f64 / started.elapsed().as_secs_f64();
    let raw = raw_documents_per_second(&load, messages.min(200_000))?;
    let figures = speed_of(&load.instance, queries)?;
    Ok(json!({
        "bench": "search",
        "messages": load.instance.search.messages(),
        "index_bytes": load.instance.search.size(),
        "queries": figures,
        "rebuilt_messages_per_second": rebuilt,
        "raw_documents_per_second": raw,
        "ratio_to_raw": rebuilt / raw,
        "budget_p99_ms": 50,
    }))
}

/// Times each kind of query for the first page of thirty, all of them together, and the counts
/// next to the results.
pub(super) fn speed_of(instance: &Instance, queries: usize) -> anyhow::Result<Value> {
    let mut figures = serde_json::Map::new();
    let (mut all, mut counted) = (Vec::new(), Vec::new());
    for (name, query, by) in kinds() {
        let mut times = Vec::with_capacity(queries);
        for number in 0..queries {
            let text = query(number);
            let query = vigie_watch::parse(&text)
                .map_err(|err| anyhow::anyhow!("{text}: {}", err.detail))?;
            let mut params = SearchParams {
                query,
                noun: EntityKind::Message,
                sort: by,
                after: None,
                limit: 30,
                owner: None,
                counts: false,
            };
            times.push(timed(instance, &params)?);
            if number.is_multiple_of(10) {
                params.counts = true;
                counted.push(timed(instance, &params)?);
            }
        }
        all.extend_from_slice(&times);
        figures.insert(name.into(), spread(&times));
    }
    figures.insert("all".into(), spread(&all));
    figures.insert("with counts of each value".into(), spread(&counted));
    Ok(figures.into())
}

fn timed(instance: &Instance, params: &SearchParams) -> anyhow::Result<f64> {
    let started = Instant::now();
    std::hint::black_box(instance.search.ask(params, &QueryNames::default())?);
    Ok(started.elapsed().as_secs_f64() * 1_000.0)
}

/// Words of the demo's customers, from frequent to rare.
const WORDS: [&str; 12] = [
    "commande",
    "order",
    "livraison",
    "lampe",
    "delivery",
    "merci",
    "refund",
    "table",
    "cassée",
    "service",
    "canapé",
    "late",
];
const PHRASES: [&str; 6] = [
    "ma commande",
    "my order",
    "le service",
    "not arrived",
    "je suis",
    "thank you",
];

/// The word for this number, cycling through the list.
fn turn<'a>(words: &[&'a str], number: usize) -> &'a str {
    words
        .iter()
        .cycle()
        .nth(number % words.len().max(1))
        .copied()
        .unwrap_or_default()
}

type Wording = fn(usize) -> String;

fn kinds() -> [(&'static str, Wording, SortOrder); 9] {
    [
        (
            "a frequent word",
            |n| turn(&WORDS, n).into(),
            SortOrder::Rank,
        ),
        ("a drawn word", |n| word(rank(n * 17)), SortOrder::Rank),
        (
            "two words",
            |n| format!("{} {}", turn(&WORDS, n), turn(&WORDS, n * 5 + 1)),
            SortOrder::Rank,
        ),
        (
            "a word and a drawn one",
            |n| format!("{} {}", turn(&WORDS, n), word(rank(n * 17))),
            SortOrder::Rank,
        ),
        (
            "either word",
            |n| format!("{} OR {}", turn(&WORDS, n), word(rank(n * 17))),
            SortOrder::Rank,
        ),
        (
            "a phrase",
            |n| format!("\"{}\"", turn(&PHRASES, n)),
            SortOrder::Rank,
        ),
        (
            "a word and a field",
            |n| format!("{} kind:complaint", turn(&WORDS, n)),
            SortOrder::Rank,
        ),
        (
            "the beginning of a word",
            |n| format!("{}*", &word(300 + n * 17)),
            SortOrder::Rank,
        ),
        (
            "a word, the newest first",
            |n| turn(&WORDS, n).into(),
            SortOrder::Date,
        ),
    ]
}

/// The best the library can do: the same words in one field, with positions, by one thread.
pub(super) fn raw_documents_per_second(load: &BenchLoad, messages: usize) -> anyhow::Result<f64> {
    let mut layout = schema::Schema::builder();
    let text = layout.add_text_field("text", schema::TEXT);
    let folder = tempfile::tempdir()?;
    let index = tantivy::Index::create_in_dir(folder.path(), layout.build())?;
    let mut writer = index.writer_with_num_threads(1, 32 * 1024 * 1024)?;
    let texts: Vec<String> = (0..messages).map(|number| load.text(number)).collect();
    let started = Instant::now();
    for words in texts {
        let mut document = TantivyDocument::default();
        document.add_text(text, words);
        writer.add_document(document)?;
    }
    writer.commit()?;
    Ok(messages as f64 / started.elapsed().as_secs_f64())
}
