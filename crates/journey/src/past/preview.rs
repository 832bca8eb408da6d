//! A preview: what importing files would do, reported before anything is stored.

use std::collections::HashMap;

use vigie_listen::{
    Refusal, content_hash,
    past::{ImportDryRun, ImportSample, ImportSpec},
};
use vigie_model::{Actor, IncomingMessage, SourceKind};
use vigie_store::{Brand, Counts, Source};

use super::{
    ImportObserver, ItemOutcome, OpenImport, brand, code, customer_base, item::ImportItem, open,
    reader::ImportReader,
};
use crate::{Instance, add_source, ingest};

/// Number of items shown in a preview.
const SAMPLE: usize = 5;
/// Number of refusals shown in a preview.
const REFUSALS: usize = 50;

/// Previews the import of these files; nothing is stored.
pub async fn dry_run(
    instance: &Instance,
    spec: &ImportSpec,
    observer: &mut ImportObserver<'_>,
) -> anyhow::Result<ImportDryRun> {
    let reading = open(spec, instance).await?;
    let brand = brand(instance, reading.brand()).await?;
    let there = instance
        .store
        .read()
        .await?
        .sources()
        .by_code(&code(spec, &brand))
        .await;
    let there = match there {
        Ok(source) => Some(source),
        Err(vigie_store::Error::Missing(_)) => None,
        Err(error) => return Err(error.into()),
    };
    match reading {
        OpenImport::Messages(reading) => of_messages(instance, reading, there, observer).await,
        OpenImport::CustomerBase(reading) => {
            of_base(instance, reading, &brand, spec, there, observer).await
        }
    }
}

/// Stores customers and orders batch by batch in a transaction that is never committed.
async fn of_base(
    instance: &Instance,
    mut reading: ImportReader<customer_base::BaseRow>,
    brand: &Brand,
    spec: &ImportSpec,
    there: Option<Source>,
    observer: &mut ImportObserver<'_>,
) -> anyhow::Result<ImportDryRun> {
    let (columns, mapping) = (reading.columns.clone(), reading.mapping.clone());
    let mut preview = ImportDryRun {
        columns,
        mapping,
        ..ImportDryRun::default()
    };
    while let Some(rows) = reading.next_batch().await? {
        let room = SAMPLE - preview.sample.len();
        preview.sample.extend(
            rows.iter()
                .filter_map(customer_base::BaseRow::sample)
                .take(room),
        );
        let mut write = instance.store.write(Actor::System).await?;
        let source = match &there {
            Some(source) => source.clone(),
            None => {
                add_source(
                    &mut write,
                    brand,
                    SourceKind::IMPORT,
                    &spec.source,
                    &code(spec, brand),
                )
                .await?
            }
        };
        for (place, outcome) in customer_base::keep(&mut write, &source, brand, None, rows).await? {
            preview.read += 1;
            match outcome {
                ItemOutcome::Created => preview.created += 1,
                ItemOutcome::Updated => preview.updated += 1,
                ItemOutcome::Unchanged => preview.unchanged += 1,
                ItemOutcome::Refused(error) => refuse(&mut preview, observer, place, error),
            }
        }
        drop(write);
        (observer.progress)(counts(&preview));
    }
    Ok(preview)
}

fn refuse(
    preview: &mut ImportDryRun,
    observer: &mut ImportObserver<'_>,
    place: String,
    error: Refusal,
) {
    (observer.refused)(&place, &error.detail);
    preview.refused += 1;
    preview
        .refusals
        .extend((preview.refusals.len() < REFUSALS).then_some((place, error)));
}

fn counts(preview: &ImportDryRun) -> Counts {
    Counts {
        read: preview.read,
        created: preview.created,
        refused: preview.refused,
        ..Counts::default()
    }
}

async fn of_messages(
    instance: &Instance,
    mut reading: ImportReader,
    there: Option<Source>,
    observer: &mut ImportObserver<'_>,
) -> anyhow::Result<ImportDryRun> {
    let mut session = instance.store.read().await?;
    let sources = match &there {
        Some(source) => ingest::related_sources(&mut session, source).await?,
        None => Vec::new(),
    };
    let (columns, mapping) = (reading.columns.clone(), reading.mapping.clone());
    let missing_parents = reading.missing_parents;
    let mut preview = ImportDryRun {
        columns,
        mapping,
        missing_parents,
        ..ImportDryRun::default()
    };
    let mut seen: HashMap<String, Vec<u8>> = HashMap::new();
    while let Some(found) = reading.next_batch().await? {
        let names: Vec<String> = found
            .iter()
            .filter_map(|it| it.item.external_id.clone())
            .collect();
        let known = if sources.is_empty() {
            HashMap::new()
        } else {
            session.messages().known(&sources, &names).await?
        };
        for ImportItem { place, item, .. } in found {
            preview.read += 1;
            let message = match item.parsed {
                Ok(message) => message,
                Err(error) => {
                    refuse(&mut preview, observer, place, error);
                    continue;
                }
            };
            let (hash, name) = (content_hash(&message), message.external_id.clone());
            let before = seen.insert(name.clone(), hash.clone());
            match before
                .as_ref()
                .or_else(|| known.get(&name).map(|it| &it.content_hash))
            {
                None => preview.created += 1,
                Some(before) if *before == hash => preview.unchanged += 1,
                Some(_) => preview.updated += 1,
            }
            preview
                .sample
                .extend((preview.sample.len() < SAMPLE).then(|| sample(&message)));
        }
        (observer.progress)(counts(&preview));
    }
    Ok(preview)
}

fn sample(message: &IncomingMessage) -> ImportSample {
    let author = &message.author;
    let names = [
        &author.name,
        &author.handle,
        &author.email,
        &author.customer_id,
    ];
    let words = if message.text.trim().is_empty() {
        message.title.as_deref().unwrap_or_default()
    } else {
        &message.text
    };
    ImportSample {
        author: names
            .into_iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default(),
        at: message.at,
        emitter: message.emitter,
        excerpt: ingest::first_words(words, 200),
        status: None,
    }
}
