//! A house's past, taken in from files: what is read goes through the one door like everything else, marked as past,
//! so that it is there to be read and not to be done. The same file again changes nothing; an import is undone whole.

mod reading;
mod records;
mod undoing;

use std::{collections::HashMap, path::PathBuf, time::Instant};

use vigie_listen::{Batch, Door as _, DoorError, Extras, Heard, Item, content_hash};
use vigie_model::{Act, Actor, ImportState, SourceId, SourceKind};
use vigie_store::{Brand, Counts, FactDraft, Import, Source};

use crate::{House, hear, house::add_source};
use reading::{Found, Reading};

pub use reading::PastKind;
pub use undoing::undo;

/// What to take in.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What the files are read as.
    pub kind: PastKind,
    /// The files; a folder is a Maildir.
    pub files: Vec<PathBuf>,
    /// The name shown; the first file's when empty.
    pub name: String,
    /// Which column says what.
    pub mapping: Vec<String>,
    /// The source its messages are of: the same name again finds them there.
    pub source: String,
    /// Addresses the brand writes from, for mails.
    pub own: Vec<String>,
}

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
pub async fn import(house: &House, actor: Actor, asked: &Asked, told: &mut Told<'_>) -> anyhow::Result<Import> {
    // The files are opened before anything is noted: a wrong mapping leaves no trace.
    let mut reading = Reading::open(asked, house.store.now())?;
    let brand = brand(house, reading.brand.as_deref()).await?;
    let source = source(house, &brand, asked).await?;
    let mut write = house.store.write(actor).await?;
    let name = if asked.name.is_empty() { asked.file_names() } else { asked.name.clone() };
    let mut import = write.insert_import(source.key, asked.kind.code(), &name, &reading.mapping).await?;
    write.fact(FactDraft::new(Act::ImportBegun).on("import", import.id.0));
    write.commit().await?;

    let outcome = take_in(house, &source, &mut reading, &mut import, told).await;
    import.state = if outcome.is_ok() { ImportState::Done } else { ImportState::Stopped };
    import.problem = outcome.as_ref().err().map(|why| format!("{why:#}"));
    let mut write = house.store.write(actor).await?;
    import.ended_at = Some(write.at());
    write.save_import(&import).await?;
    write.fact(FactDraft::new(Act::ImportEnded).on("import", import.id.0).number("created", import.counts.created));
    write.commit().await?;
    outcome.map(|()| import)
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

/// Says what would become of the files; nothing is kept.
///
/// # Errors
/// When the files cannot be read at all, or the house fails.
pub async fn rehearse(house: &House, asked: &Asked, told: &mut Told<'_>) -> anyhow::Result<Counts> {
    let mut reading = Reading::open(asked, house.store.now())?;
    let brand = brand(house, reading.brand.as_deref()).await?;
    let mut session = house.store.read().await?;
    let there = session.source_by_code(&asked.code(&brand)).await.ok();
    let sources = match &there {
        Some(source) => hear::siblings(&mut session, source).await?,
        None => Vec::new(),
    };
    let (mut counts, mut seen) = (Counts::default(), HashMap::new());
    while let Some(found) = reading.look().await? {
        let names: Vec<String> = found.iter().filter_map(|it| it.item.external_id.clone()).collect();
        let known = if sources.is_empty() { HashMap::new() } else { session.known_messages(&sources, &names).await? };
        for Found { place, item, .. } in &found {
            let heard = match &item.read {
                Err(why) => {
                    counts.refused += 1;
                    (told.refused)(place, &why.detail);
                    counts.read += 1;
                    continue;
                }
                Ok(message) => content_hash(message),
            };
            counts.read += 1;
            let name = item.external_id.clone().unwrap_or_default();
            let before = seen.insert(name.clone(), heard.clone());
            match before.as_ref().or_else(|| known.get(&name).map(|it| &it.content_hash)) {
                None => counts.created += 1,
                Some(hash) if *hash == heard => counts.unchanged += 1,
                Some(_) => counts.updated += 1,
            }
        }
        (told.progress)(counts);
    }
    Ok(counts)
}

impl Asked {
    fn file_names(&self) -> String {
        let name = |it: &PathBuf| it.file_name().map(|it| it.to_string_lossy().into_owned());
        let names: Vec<String> = self.files.iter().filter_map(name).take(3).collect();
        let more = if self.files.len() > 3 { "…" } else { "" };
        format!("{}{more}", names.join(", "))
    }

    /// The short name of the source, made from the name people gave it.
    fn code(&self, brand: &Brand) -> String {
        let plain: String =
            self.source.to_lowercase().chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect();
        format!("{}-past-{plain}", brand.code)
    }
}

async fn brand(house: &House, named: Option<&str>) -> anyhow::Result<Brand> {
    let brands = house.store.read().await?.brands().await?;
    let is = |it: &&Brand| named.is_none_or(|named| it.code == named || it.name.eq_ignore_ascii_case(named));
    let names = || brands.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    let found = brands.iter().find(is).cloned();
    found.ok_or_else(|| anyhow::anyhow!("there is no brand {}; the brands are {}", named.unwrap_or_default(), names()))
}

/// The source of that name, made when it is not there.
async fn source(house: &House, brand: &Brand, asked: &Asked) -> anyhow::Result<Source> {
    let code = asked.code(brand);
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

/// Imports a dead process left half-way are said to have stopped.
///
/// # Errors
/// When the store fails.
pub async fn mend(house: &House) -> anyhow::Result<()> {
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

/// Names the source of an import, for whoever shows it.
pub fn source_id(source: &Source) -> SourceId {
    source.id
}
