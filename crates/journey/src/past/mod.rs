//! Imports of historical data: items go through the same intake as everything else, marked as
//! past, so that they are for reading and not for handling. Importing the same file again
//! changes nothing; an import is undone completely.

mod base;
pub mod desk;
mod reading;
mod records;
mod rehearsing;
mod tickets;
mod undoing;

use std::{path::PathBuf, time::Instant};

use vigie_listen::{
    Batch, Extras, Heard, Intake as _, IntakeError, Item, Refusal, past::PastAsked,
};
use vigie_model::{Act, Actor, ImportId, ImportState, PastKind, SourceKind};
use vigie_store::{Brand, Counts, FactDraft, Import, Kept, Source};

use crate::{Instance, add_source};
use reading::Reading;

pub use rehearsing::rehearse;
pub use undoing::{begin_to_undo, undo};

/// Callbacks that report the progress and the refusals of an import.
pub struct Told<'a> {
    /// Called with the outcomes so far.
    pub progress: &'a mut (dyn FnMut(Counts) + Send),
    /// Called with the place and the reason of each refusal.
    pub refused: &'a mut (dyn FnMut(&str, &str) + Send),
}

/// Imports files. What was imported before a failure stays, and is undone with the rest.
pub async fn import(
    instance: &Instance,
    actor: Actor,
    asked: &PastAsked,
    told: &mut Told<'_>,
) -> anyhow::Result<Import> {
    begin(instance, actor, asked)
        .await?
        .finish(instance, told)
        .await
}

/// Files being read, by what they contain.
enum Opened {
    /// Messages, for intake.
    Said(Reading),
    /// Customers or orders.
    Base(Reading<base::Row>),
}

impl Opened {
    fn mapping(&self) -> &[String] {
        match self {
            Self::Said(it) => &it.mapping,
            Self::Base(it) => &it.mapping,
        }
    }

    fn missing_parents(&self) -> i64 {
        match self {
            Self::Said(it) => it.missing_parents,
            Self::Base(_) => 0,
        }
    }

    fn brand(&self) -> Option<&str> {
        match self {
            Self::Said(it) => it.brand.as_deref(),
            Self::Base(it) => it.brand.as_deref(),
        }
    }
}

/// The outcome of one item.
pub(crate) enum Became {
    Created,
    Updated,
    Unchanged,
    /// With the reason.
    Refused(Refusal),
}

impl From<Kept> for Became {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Created => Self::Created,
            Kept::Updated => Self::Updated,
            Kept::Unchanged => Self::Unchanged,
        }
    }
}

impl From<Heard> for Became {
    fn from(heard: Heard) -> Self {
        match heard {
            Heard::Created { .. } => Self::Created,
            Heard::Revised { .. } => Self::Updated,
            Heard::Unchanged { .. } => Self::Unchanged,
            Heard::Refused(why) => Self::Refused(why),
        }
    }
}

/// An import that started.
pub struct Begun {
    actor: Actor,
    reading: Opened,
    source: Source,
    /// Its stored record.
    pub import: Import,
}

/// Opens the files and records that an import starts. A wrong mapping leaves no trace.
pub async fn begin(instance: &Instance, actor: Actor, asked: &PastAsked) -> anyhow::Result<Begun> {
    let reading = open(asked, instance).await?;
    let brand = brand(instance, reading.brand()).await?;
    let source = source(instance, &brand, asked).await?;
    let mut write = instance.store.write(actor).await?;
    let name = if asked.name.is_empty() {
        file_names(&asked.files)
    } else {
        asked.name.clone()
    };
    let mut import = write
        .insert_import(source.key, asked.kind.code(), &name, reading.mapping())
        .await?;
    import.counts.missing_parents = reading.missing_parents();
    write.fact(FactDraft::new(Act::ImportBegun).on("import", import.id.0));
    write.commit().await?;
    Ok(Begun {
        actor,
        reading,
        source,
        import,
    })
}

impl Begun {
    /// Runs the import to its end. On failure, the import records the reason.
    pub async fn finish(
        mut self,
        instance: &Instance,
        told: &mut Told<'_>,
    ) -> anyhow::Result<Import> {
        let outcome = take_in(
            instance,
            &self.source,
            &mut self.reading,
            &mut self.import,
            told,
        )
        .await;
        let mut import = self.import;
        import.state = if outcome.is_ok() {
            ImportState::Done
        } else {
            ImportState::Stopped
        };
        import.problem = outcome.as_ref().err().map(|why| format!("{why:#}"));
        let mut write = instance.store.write(self.actor).await?;
        import.ended_at = Some(write.at());
        write.save_import(&import).await?;
        write.fact(
            FactDraft::new(Act::ImportEnded)
                .on("import", import.id.0)
                .number("created", import.counts.created),
        );
        write.commit().await?;
        outcome.map(|()| import)
    }
}

/// Opens the files on a blocking thread, since reading a table for its threads takes a while.
async fn open(asked: &PastAsked, instance: &Instance) -> anyhow::Result<Opened> {
    let (asked, now) = (asked.clone(), instance.store.now());
    tokio::task::spawn_blocking(move || {
        Ok(match asked.kind {
            PastKind::Customers | PastKind::Orders => Opened::Base(base::open(&asked, now)?),
            PastKind::Messages => Opened::Said(Reading::of_messages(&asked, now)?),
            PastKind::Tickets => Opened::Said(Reading::of_tickets(&asked, now)?),
            PastKind::Mail => Opened::Said(Reading::of_mails(&asked, now)?),
        })
    })
    .await?
}

async fn take_in(
    instance: &Instance,
    source: &Source,
    reading: &mut Opened,
    import: &mut Import,
    told: &mut Told<'_>,
) -> anyhow::Result<()> {
    let mut saved = Instant::now();
    while let Some(taken) = take(instance, source, reading, import.id).await? {
        for (place, became) in taken {
            count(&mut import.counts, &became);
            if let Became::Refused(why) = became {
                (told.refused)(&place, &why.detail);
            }
        }
        (told.progress)(import.counts);
        // Observers see the progress; a write for each batch would cost too much.
        if saved.elapsed().as_secs() >= 1 {
            saved = Instant::now();
            let mut write = instance.store.write(Actor::House).await?;
            write.save_import(import).await?;
            write.commit().await?;
        }
    }
    Ok(())
}

/// Imports the next batch; returns each item's outcome and place, or `None` at the end.
async fn take(
    instance: &Instance,
    source: &Source,
    reading: &mut Opened,
    import: ImportId,
) -> anyhow::Result<Option<Vec<(String, Became)>>> {
    match reading {
        Opened::Said(reading) => {
            let Some(found) = reading.next(instance.store.files()).await? else {
                return Ok(None);
            };
            let (places, items): (Vec<String>, Vec<Item>) =
                found.into_iter().map(|it| (it.place, it.item)).unzip();
            let extras = Extras {
                import: Some(import),
                ..Extras::default()
            };
            let heard = instance
                .receive(Batch {
                    source: source.id,
                    items,
                    cursor: None,
                    extras,
                })
                .await;
            let heard = heard.map_err(|why| match why {
                IntakeError::Internal(why) => anyhow::anyhow!(why.to_string()),
                other => anyhow::anyhow!(other.to_string()),
            })?;
            Ok(Some(
                places
                    .into_iter()
                    .zip(heard.into_iter().map(Became::from))
                    .collect(),
            ))
        }
        Opened::Base(reading) => {
            let Some(rows) = reading.look().await? else {
                return Ok(None);
            };
            let brand = instance.store.read().await?.brand(source.brand_key).await?;
            let mut write = instance.store.write(Actor::Source(source.id)).await?;
            let became = base::keep(&mut write, source, &brand, Some(import), rows).await?;
            write.commit().await?;
            Ok(Some(became))
        }
    }
}

const fn count(counts: &mut Counts, became: &Became) {
    counts.read += 1;
    match became {
        Became::Created => counts.created += 1,
        Became::Updated => counts.updated += 1,
        Became::Unchanged => counts.unchanged += 1,
        Became::Refused(_) => counts.refused += 1,
    }
}

fn file_names(files: &[PathBuf]) -> String {
    let name = |it: &PathBuf| it.file_name().map(|it| it.to_string_lossy().into_owned());
    let names: Vec<String> = files.iter().filter_map(name).take(3).collect();
    let more = if files.len() > 3 { "…" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// The short name of the source, derived from its full name.
fn code(asked: &PastAsked, brand: &Brand) -> String {
    let plain = asked.source.to_lowercase();
    let plain: String = plain
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '-' })
        .collect();
    format!("{}-past-{plain}", brand.code)
}

async fn brand(instance: &Instance, named: Option<&str>) -> anyhow::Result<Brand> {
    let brands = instance.store.read().await?.brands().await?;
    let is = |it: &&Brand| {
        named.is_none_or(|named| it.code == named || it.name.eq_ignore_ascii_case(named))
    };
    let names = || {
        brands
            .iter()
            .map(|it| it.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found = brands.iter().find(is).cloned();
    found.ok_or_else(|| {
        anyhow::anyhow!(
            "there is no brand {}; the brands are {}",
            named.unwrap_or_default(),
            names()
        )
    })
}

/// The source with this name, created if needed.
async fn source(instance: &Instance, brand: &Brand, asked: &PastAsked) -> anyhow::Result<Source> {
    let code = code(asked, brand);
    if let Ok(source) = instance.store.read().await?.source_by_code(&code).await {
        return Ok(source);
    }
    let mut write = instance.store.write(Actor::House).await?;
    let mut source =
        add_source(&mut write, brand, SourceKind::Import, &asked.source, &code).await?;
    if asked.kind == PastKind::Mail {
        source.settings = serde_json::json!({"mails": true, "channel": "mail"});
        write.save_source(&source).await?;
    }
    write.commit().await?;
    Ok(source)
}

/// Uploads never imported are kept for a day.
const KEPT: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Marks imports left unfinished by a crashed process as stopped, and deletes old uploads.
pub async fn mend(instance: &Instance) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(instance.folder.join("uploads"))
        .into_iter()
        .flatten()
    {
        let entry = entry?;
        if entry
            .metadata()?
            .modified()?
            .elapsed()
            .is_ok_and(|it| it > KEPT)
        {
            std::fs::remove_file(entry.path())?;
        }
    }
    let open = instance.store.read().await?.imports(None, 100).await?;
    for mut import in open
        .into_iter()
        .filter(|it| it.state == ImportState::Running)
    {
        let mut write = instance.store.write(Actor::House).await?;
        (import.state, import.ended_at) = (ImportState::Stopped, Some(write.at()));
        import.problem =
            Some("the house was stopped before the end: take the file in again, or undo it".into());
        write.save_import(&import).await?;
        // Followers of the history read again what it had imported.
        write.fact(
            FactDraft::new(Act::ImportEnded)
                .on("import", import.id.0)
                .number("created", import.counts.created),
        );
        write.commit().await?;
    }
    Ok(())
}
