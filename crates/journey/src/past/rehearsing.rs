//! A preview: what importing files would do, reported before anything is stored.

use std::collections::HashMap;

use vigie_listen::{
    Refusal, content_hash,
    past::{PastAsked, PastPreview, PastSample},
};
use vigie_model::{Actor, Incoming, SourceKind};
use vigie_store::{Brand, Counts, Source};

use super::{
    Became, Opened, Told, base, brand, code, open,
    reading::{Found, Reading},
};
use crate::{Instance, add_source, hear};

/// Number of items shown in a preview.
const SAMPLE: usize = 5;
/// Number of refusals shown in a preview.
const REFUSALS: usize = 50;

/// Previews the import of these files; nothing is stored.
pub async fn rehearse(
    instance: &Instance,
    asked: &PastAsked,
    told: &mut Told<'_>,
) -> anyhow::Result<PastPreview> {
    let reading = open(asked, instance).await?;
    let brand = brand(instance, reading.brand()).await?;
    let there = instance
        .store
        .read()
        .await?
        .source_by_code(&code(asked, &brand))
        .await
        .ok();
    match reading {
        Opened::Said(reading) => of_messages(instance, reading, there, told).await,
        Opened::Base(reading) => of_base(instance, reading, &brand, asked, there, told).await,
    }
}

/// Stores customers and orders batch by batch in a transaction that is never committed.
async fn of_base(
    instance: &Instance,
    mut reading: Reading<base::Row>,
    brand: &Brand,
    asked: &PastAsked,
    there: Option<Source>,
    told: &mut Told<'_>,
) -> anyhow::Result<PastPreview> {
    let (columns, mapping) = (reading.columns.clone(), reading.mapping.clone());
    let mut preview = PastPreview {
        columns,
        mapping,
        ..PastPreview::default()
    };
    while let Some(rows) = reading.look().await? {
        let room = SAMPLE - preview.sample.len();
        preview
            .sample
            .extend(rows.iter().filter_map(base::Row::sample).take(room));
        let mut write = instance.store.write(Actor::House).await?;
        let source = match &there {
            Some(source) => source.clone(),
            None => {
                add_source(
                    &mut write,
                    brand,
                    SourceKind::Import,
                    &asked.source,
                    &code(asked, brand),
                )
                .await?
            }
        };
        for (place, became) in base::keep(&mut write, &source, brand, None, rows).await? {
            preview.read += 1;
            match became {
                Became::Created => preview.created += 1,
                Became::Updated => preview.updated += 1,
                Became::Unchanged => preview.unchanged += 1,
                Became::Refused(why) => refuse(&mut preview, told, place, why),
            }
        }
        drop(write);
        (told.progress)(so_far(&preview));
    }
    Ok(preview)
}

fn refuse(preview: &mut PastPreview, told: &mut Told<'_>, place: String, why: Refusal) {
    (told.refused)(&place, &why.detail);
    preview.refused += 1;
    preview
        .refusals
        .extend((preview.refusals.len() < REFUSALS).then_some((place, why)));
}

fn so_far(preview: &PastPreview) -> Counts {
    Counts {
        read: preview.read,
        created: preview.created,
        refused: preview.refused,
        ..Counts::default()
    }
}

async fn of_messages(
    instance: &Instance,
    mut reading: Reading,
    there: Option<Source>,
    told: &mut Told<'_>,
) -> anyhow::Result<PastPreview> {
    let mut session = instance.store.read().await?;
    let sources = match &there {
        Some(source) => hear::siblings(&mut session, source).await?,
        None => Vec::new(),
    };
    let (columns, mapping) = (reading.columns.clone(), reading.mapping.clone());
    let missing_parents = reading.missing_parents;
    let mut preview = PastPreview {
        columns,
        mapping,
        missing_parents,
        ..PastPreview::default()
    };
    let mut seen: HashMap<String, Vec<u8>> = HashMap::new();
    while let Some(found) = reading.look().await? {
        let names: Vec<String> = found
            .iter()
            .filter_map(|it| it.item.external_id.clone())
            .collect();
        let known = if sources.is_empty() {
            HashMap::new()
        } else {
            session.known_messages(&sources, &names).await?
        };
        for Found { place, item, .. } in found {
            preview.read += 1;
            let message = match item.read {
                Ok(message) => message,
                Err(why) => {
                    refuse(&mut preview, told, place, why);
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
        (told.progress)(so_far(&preview));
    }
    Ok(preview)
}

fn sample(message: &Incoming) -> PastSample {
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
    PastSample {
        author: names
            .into_iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default(),
        at: message.at,
        emitter: message.emitter,
        words: hear::first_words(words, 200),
        status: None,
    }
}
