//! Benchmarks of the application, next to a raw limit measured in the same run.

mod acts;
mod growth;
mod inbox;
mod ingest;
mod search;

use std::{path::Path, time::Instant};

use vigie_listen::{Batch, BatchContext, IncomingItem, Intake as _};
use vigie_model::{IncomingMessage, PersonKey, SourceId, SourceKind};
use vigie_store::BrandSettings;

pub use growth::growth;
pub use inbox::inbox;
pub use ingest::ingest;
pub use search::search;

use crate::sample_texts;
use vigie_journey::{Instance, add_source, create_brand};

/// Whose unread cases the lists tell: somebody who has read nothing.
const SOMEBODY: PersonKey = PersonKey::from_number(1);

/// Number of words in the generated vocabulary; the rank of each drawn word follows Zipf's
/// law.
const VOCABULARY: f64 = 300_000.0;
/// Drawn words added to each message, so that word frequencies are as uneven as in a language.
const DRAWN: usize = 6;

/// An instance being filled with generated messages.
struct BenchLoad {
    instance: Instance,
    source: SourceId,
    texts: Vec<String>,
    batch: usize,
    /// When set, one message in three answers an earlier one; otherwise each opens a case.
    threads: bool,
}

impl BenchLoad {
    async fn open(
        folder: &Path,
        database: Option<&str>,
        batch: usize,
        threads: bool,
    ) -> anyhow::Result<Self> {
        let instance = Instance::open(folder, database).await?;
        let brand = create_brand(&instance, "bench", "Bench", &BrandSettings::default()).await?;
        let mut write = instance.store.write(vigie_model::Actor::System).await?;
        let source = add_source(&mut write, &brand, SourceKind::API, "bench", "bench-api").await?;
        write.commit().await?;
        Ok(Self {
            instance,
            source: source.id,
            texts: sample_texts()?,
            batch: batch.max(1),
            threads,
        })
    }

    /// Takes in messages `from..to`, with the index following; returns the seconds until the last
    /// is committed, and until it can be found.
    async fn fill(&self, from: usize, to: usize) -> anyhow::Result<(f64, f64)> {
        let started = Instant::now();
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let instance = self.instance.clone();
        let follower = tokio::spawn(async move {
            while !*stopped.borrow_and_update() {
                instance.search.follow(&instance.store).await?;
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            }
            instance.search.follow(&instance.store).await
        });
        for first in (from..to).step_by(self.batch) {
            let numbers = first..(first + self.batch).min(to);
            let items = numbers.map(|number| self.item(number)).collect();
            let batch = Batch {
                source: self.source,
                items,
                cursor: None,
                extras: BatchContext::default(),
            };
            self.instance.receive(batch).await?;
        }
        let committed = started.elapsed().as_secs_f64();
        stop.send_replace(true);
        follower.await??;
        Ok((committed, started.elapsed().as_secs_f64()))
    }

    /// Generates a message; one author in four has an address.
    fn item(&self, number: usize) -> IncomingItem {
        let id = format!("bench-{number}");
        let mut message = IncomingMessage::new(id.clone(), self.text(number));
        message.author.handle = Some(format!("author{}", number * 7 % 40_000));
        if number.is_multiple_of(4) {
            message.author.email = Some(format!("author{}@mail.example", number % 30_000));
        }
        if self.threads && number.is_multiple_of(3) && number > 0 {
            message.in_reply_to = Some(format!("bench-{}", number - 1));
        }
        IncomingItem {
            external_id: Some(id),
            raw: String::new(),
            parsed: Ok(message),
        }
    }

    fn text(&self, number: usize) -> String {
        let mut text = self
            .texts
            .get(number % self.texts.len().max(1))
            .cloned()
            .unwrap_or_default();
        for drawn in 0..DRAWN {
            text.push(' ');
            text.push_str(&word(rank(number * DRAWN + drawn)));
        }
        text
    }
}

/// A rank drawn by Zipf's law (exponent 1), deterministic for each number.
fn rank(number: usize) -> usize {
    // Weyl's sequence: evenly distributed, without randomness.
    let even = (number as f64 * 0.618_033_988_749_895).fract();
    VOCABULARY.powf(even) as usize
}

/// The generated word of a rank, made of syllables.
fn word(mut rank: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va",
    ];
    let mut word = String::from("zo");
    loop {
        word.push_str(
            SYLLABLES
                .get(rank % SYLLABLES.len())
                .copied()
                .unwrap_or_default(),
        );
        rank /= SYLLABLES.len();
        if rank == 0 {
            return word;
        }
    }
}

/// The median and the 99th percentile of some times, in milliseconds.
fn spread(times: &[f64]) -> serde_json::Value {
    serde_json::json!({
        "p50_ms": quantile(times, 0.5),
        "p99_ms": quantile(times, 0.99),
        "n": times.len(),
    })
}

/// A quantile of times, in milliseconds; 0 without any.
fn quantile(times: &[f64], share: f64) -> f64 {
    vigie_measure::quantile(times, share).map_or(0.0, |it| it.estimate)
}
