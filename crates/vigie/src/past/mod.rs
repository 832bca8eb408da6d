//! A house's past, taken in from files: what is read goes through the one door like everything else, marked as past,
//! so that it is there to be read and not to be done. The same file again changes nothing; an import is undone whole.

pub mod desk;
mod reading;
mod records;
mod tickets;
mod undoing;

use std::{collections::HashMap, path::PathBuf, time::Instant};

use vigie_listen::{
    Batch, Door as _, DoorError, Extras, Heard, Item, content_hash,
    past::{PastAsked, PastPreview, PastSample},
};
use vigie_model::{Act, Actor, ImportState, Incoming, PastKind, SourceKind};
use vigie_store::{Brand, Counts, FactDraft, Import, Source};

use crate::{House, hear, house::add_source};
use reading::{Found, Reading};

pub use undoing::{begin_to_undo, undo};

/// What became of a file, and where it was refused.
pub struct Told<'a> {
    /// Called with what became of the items so far.
    pub progress: &'a mut (dyn FnMut(Counts) + Send),
    /// Called with the place and the reason of each refusal.
    pub refused: &'a mut (dyn FnMut(&str, &str) + Send),
}

/// Takes files in. What was taken in before a failure stays, and is undone with the rest.
///
/// # Errors
/// When the files cannot be read at all, or the house fails.
pub async fn import(house: &House, actor: Actor, asked: &PastAsked, told: &mut Told<'_>) -> anyhow::Result<Import> {
    begin(house, actor, asked).await?.finish(house, told).await
}

/// An import that began.
pub struct Begun {
    actor: Actor,
    reading: Reading,
    source: Source,
    /// What is noted of it.
    pub import: Import,
}

/// Opens the files and notes that an import begins. A wrong mapping leaves no trace.
///
/// # Errors
/// When the files cannot be read at all, or the house fails.
pub async fn begin(house: &House, actor: Actor, asked: &PastAsked) -> anyhow::Result<Begun> {
    let reading = open(asked, house).await?;
    let brand = brand(house, reading.brand.as_deref()).await?;
    let source = source(house, &brand, asked).await?;
    let mut write = house.store.write(actor).await?;
    let name = if asked.name.is_empty() { file_names(&asked.files) } else { asked.name.clone() };
    let import = write.insert_import(source.key, asked.kind.code(), &name, &reading.mapping).await?;
    write.fact(FactDraft::new(Act::ImportBegun).on("import", import.id.0));
    write.commit().await?;
    Ok(Begun { actor, reading, source, import })
}

impl Begun {
    /// Goes on to the end.
    ///
    /// # Errors
    /// When a file, the disk or the house fails; the import then says why.
    pub async fn finish(mut self, house: &House, told: &mut Told<'_>) -> anyhow::Result<Import> {
        let outcome = take_in(house, &self.source, &mut self.reading, &mut self.import, told).await;
        let mut import = self.import;
        import.state = if outcome.is_ok() { ImportState::Done } else { ImportState::Stopped };
        import.problem = outcome.as_ref().err().map(|why| format!("{why:#}"));
        let mut write = house.store.write(self.actor).await?;
        import.ended_at = Some(write.at());
        write.save_import(&import).await?;
        write.fact(FactDraft::new(Act::ImportEnded).on("import", import.id.0).number("created", import.counts.created));
        write.commit().await?;
        outcome.map(|()| import)
    }
}

/// Reading a table for its threads takes a while: it happens where it keeps nobody waiting.
async fn open(asked: &PastAsked, house: &House) -> anyhow::Result<Reading> {
    let (asked, now) = (asked.clone(), house.store.now());
    tokio::task::spawn_blocking(move || Reading::open(&asked, now)).await?
}

async fn take_in(
    house: &House,
    source: &Source,
    reading: &mut Reading,
    import: &mut Import,
    told: &mut Told<'_>,
) -> anyhow::Result<()> {
    let mut saved = Instant::now();
    while let Some(found) = reading.next(house.store.files()).await? {
        let places: Vec<String> = found.iter().map(|it| it.place.clone()).collect();
        let items: Vec<Item> = found.into_iter().map(|it| it.item).collect();
        let extras = Extras { import: Some(import.id), ..Extras::default() };
        let heard = house.receive(Batch { source: source.id, items, cursor: None, extras }).await;
        let heard = heard.map_err(|why| match why {
            DoorError::Behind(why) => anyhow::anyhow!(why.to_string()),
            other => anyhow::anyhow!(other.to_string()),
        })?;
        for (place, heard) in places.iter().zip(&heard) {
            count(&mut import.counts, heard);
            if let Heard::Refused(why) = heard {
                (told.refused)(place, &why.detail);
            }
        }
        (told.progress)(import.counts);
        // Whoever looks sees it move; a write of its own for each batch would cost more than it says.
        if saved.elapsed().as_secs() >= 1 {
            saved = Instant::now();
            let mut write = house.store.write(Actor::House).await?;
            write.save_import(import).await?;
            write.commit().await?;
        }
    }
    Ok(())
}

const fn count(counts: &mut Counts, heard: &Heard) {
    counts.read += 1;
    match heard {
        Heard::Created { .. } => counts.created += 1,
        Heard::Revised { .. } => counts.updated += 1,
        Heard::Unchanged { .. } => counts.unchanged += 1,
        Heard::Refused(_) => counts.refused += 1,
    }
}

/// Messages shown before a file is taken in.
const SAMPLE: usize = 5;
/// Refusals shown before a file is taken in.
const REFUSALS: usize = 50;

/// Says what would become of the files; nothing is kept.
///
/// # Errors
/// When the files cannot be read at all, or the house fails.
pub async fn rehearse(house: &House, asked: &PastAsked, told: &mut Told<'_>) -> anyhow::Result<PastPreview> {
    let mut reading = open(asked, house).await?;
    let brand = brand(house, reading.brand.as_deref()).await?;
    let mut session = house.store.read().await?;
    let there = session.source_by_code(&code(asked, &brand)).await.ok();
    let sources = match &there {
        Some(source) => hear::siblings(&mut session, source).await?,
        None => Vec::new(),
    };
    let (columns, mapping) = (reading.columns.clone(), reading.mapping.clone());
    let mut preview = PastPreview { columns, mapping, ..PastPreview::default() };
    let mut seen: HashMap<String, Vec<u8>> = HashMap::new();
    while let Some(found) = reading.look().await? {
        let names: Vec<String> = found.iter().filter_map(|it| it.item.external_id.clone()).collect();
        let known = if sources.is_empty() { HashMap::new() } else { session.known_messages(&sources, &names).await? };
        for Found { place, item, .. } in found {
            preview.read += 1;
            let message = match item.read {
                Ok(message) => message,
                Err(why) => {
                    (told.refused)(&place, &why.detail);
                    preview.refused += 1;
                    preview.refusals.extend((preview.refusals.len() < REFUSALS).then_some((place, why.detail)));
                    continue;
                }
            };
            let (hash, name) = (content_hash(&message), message.external_id.clone());
            let before = seen.insert(name.clone(), hash.clone());
            match before.as_ref().or_else(|| known.get(&name).map(|it| &it.content_hash)) {
                None => preview.created += 1,
                Some(before) if *before == hash => preview.unchanged += 1,
                Some(_) => preview.updated += 1,
            }
            preview.sample.extend((preview.sample.len() < SAMPLE).then(|| sample(&message)));
        }
        let (read, created) = (preview.read, preview.created);
        (told.progress)(Counts { read, created, refused: preview.refused, ..Counts::default() });
    }
    Ok(preview)
}

fn sample(message: &Incoming) -> PastSample {
    let author = &message.author;
    let names = [&author.name, &author.handle, &author.email, &author.customer_id];
    let words =
        if message.text.trim().is_empty() { message.title.as_deref().unwrap_or_default() } else { &message.text };
    PastSample {
        author: names.into_iter().flatten().next().cloned().unwrap_or_default(),
        at: message.at,
        emitter: message.emitter,
        words: hear::first_words(words, 200),
    }
}

fn file_names(files: &[PathBuf]) -> String {
    let name = |it: &PathBuf| it.file_name().map(|it| it.to_string_lossy().into_owned());
    let names: Vec<String> = files.iter().filter_map(name).take(3).collect();
    let more = if files.len() > 3 { "…" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// The short name of the source, made from the name people gave it.
fn code(asked: &PastAsked, brand: &Brand) -> String {
    let plain = asked.source.to_lowercase();
    let plain: String = plain.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect();
    format!("{}-past-{plain}", brand.code)
}

async fn brand(house: &House, named: Option<&str>) -> anyhow::Result<Brand> {
    let brands = house.store.read().await?.brands().await?;
    let is = |it: &&Brand| named.is_none_or(|named| it.code == named || it.name.eq_ignore_ascii_case(named));
    let names = || brands.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    let found = brands.iter().find(is).cloned();
    found.ok_or_else(|| anyhow::anyhow!("there is no brand {}; the brands are {}", named.unwrap_or_default(), names()))
}

/// The source of that name, made when it is not there.
async fn source(house: &House, brand: &Brand, asked: &PastAsked) -> anyhow::Result<Source> {
    let code = code(asked, brand);
    if let Ok(source) = house.store.read().await?.source_by_code(&code).await {
        return Ok(source);
    }
    let mut write = house.store.write(Actor::House).await?;
    let mut source = add_source(&mut write, brand, SourceKind::Import, &asked.source, &code).await?;
    if asked.kind == PastKind::Mail {
        source.settings = serde_json::json!({"mails": true, "channel": "mail"});
        write.save_source(&source).await?;
    }
    write.commit().await?;
    Ok(source)
}

/// Files sent and never taken in are kept a day.
const KEPT: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Imports a dead process left half-way are said to have stopped; files nobody took in are deleted.
///
/// # Errors
/// When the store or the disk fails.
pub async fn mend(house: &House) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(house.folder.join("uploads")).into_iter().flatten() {
        let entry = entry?;
        if entry.metadata()?.modified()?.elapsed().is_ok_and(|it| it > KEPT) {
            std::fs::remove_file(entry.path())?;
        }
    }
    let open = house.store.read().await?.imports(None, 100).await?;
    for mut import in open.into_iter().filter(|it| it.state == ImportState::Running) {
        let mut write = house.store.write(Actor::House).await?;
        (import.state, import.ended_at) = (ImportState::Stopped, Some(write.at()));
        import.problem = Some("the house was stopped before the end: take the file in again, or undo it".into());
        write.save_import(&import).await?;
        write.commit().await?;
    }
    Ok(())
}
