//! Imports of historical data: items go through the same intake as everything else, marked as
//! past, so that they are for reading and not for handling. Importing the same file again
//! changes nothing; an import is undone completely.

mod customer_base;
pub mod import_desk;
mod item;
mod preview;
mod reader;
mod records;
mod tickets;
mod undo_import;

use std::{path::PathBuf, time::Instant};

use vigie_listen::{
    Batch, BatchContext, IncomingItem, Intake as _, IntakeError, IntakeOutcome, Refusal,
    past::ImportSpec,
};
use vigie_model::{Act, Actor, ImportId, ImportState, PastKind, SourceKind};
use vigie_store::{Brand, Counts, FactDraft, Import, Source, UpsertOutcome, paired};

use crate::{Instance, add_source};
use reader::ImportReader;

pub use preview::dry_run;
pub use undo_import::{start_undo, undo};

/// Callbacks that report the progress and the refusals of an import.
pub struct ImportObserver<'a> {
    /// Called with the outcomes so far.
    pub progress: &'a mut (dyn FnMut(Counts) + Send),
    /// Called with the place and the reason of each refusal.
    pub refused: &'a mut (dyn FnMut(&str, &str) + Send),
}

/// Imports files. What was imported before a failure stays, and is undone with the rest.
pub async fn import(
    instance: &Instance,
    actor: Actor,
    spec: &ImportSpec,
    observer: &mut ImportObserver<'_>,
) -> anyhow::Result<Import> {
    begin(instance, actor, spec)
        .await?
        .finish(instance, observer)
        .await
}

/// Files being read, by what they contain.
enum OpenImport {
    /// Messages, for intake.
    Messages(ImportReader),
    /// Customers or orders.
    CustomerBase(ImportReader<customer_base::BaseRow>),
}

impl OpenImport {
    fn mapping(&self) -> &[String] {
        match self {
            Self::Messages(it) => &it.mapping,
            Self::CustomerBase(it) => &it.mapping,
        }
    }

    fn missing_parents(&self) -> i64 {
        match self {
            Self::Messages(it) => it.missing_parents,
            Self::CustomerBase(_) => 0,
        }
    }

    fn brand(&self) -> Option<&str> {
        match self {
            Self::Messages(it) => it.brand.as_deref(),
            Self::CustomerBase(it) => it.brand.as_deref(),
        }
    }
}

/// The outcome of one item.
pub(crate) enum ItemOutcome {
    Created,
    Updated,
    Unchanged,
    /// With the reason.
    Refused(Refusal),
}

impl From<UpsertOutcome> for ItemOutcome {
    fn from(upserted: UpsertOutcome) -> Self {
        match upserted {
            UpsertOutcome::Created => Self::Created,
            UpsertOutcome::Updated => Self::Updated,
            UpsertOutcome::Unchanged => Self::Unchanged,
        }
    }
}

impl From<IntakeOutcome> for ItemOutcome {
    fn from(heard: IntakeOutcome) -> Self {
        match heard {
            IntakeOutcome::Created { .. } => Self::Created,
            IntakeOutcome::Revised { .. } => Self::Updated,
            IntakeOutcome::Unchanged { .. } => Self::Unchanged,
            IntakeOutcome::Refused(error) => Self::Refused(error),
        }
    }
}

/// An import that started.
pub struct RunningImport {
    actor: Actor,
    reading: OpenImport,
    source: Source,
    /// Its stored record.
    pub import: Import,
}

/// Opens the files and records that an import starts. A wrong mapping leaves no trace.
pub async fn begin(
    instance: &Instance,
    actor: Actor,
    spec: &ImportSpec,
) -> anyhow::Result<RunningImport> {
    let reading = open(spec, instance).await?;
    let brand = brand(instance, reading.brand()).await?;
    let source = source(instance, &brand, spec).await?;
    let mut write = instance.store.write(actor).await?;
    let name = if spec.name.is_empty() {
        file_names(&spec.files)
    } else {
        spec.name.clone()
    };
    let mut import = write
        .imports()
        .insert(source.key, spec.kind.code(), &name, reading.mapping())
        .await?;
    import.counts.missing_parents = reading.missing_parents();
    write.fact(FactDraft::new(Act::ImportBegun).on("import", import.id.0));
    write.commit().await?;
    Ok(RunningImport {
        actor,
        reading,
        source,
        import,
    })
}

impl RunningImport {
    /// Runs the import to its end. On failure, the import records the reason.
    pub async fn finish(
        mut self,
        instance: &Instance,
        observer: &mut ImportObserver<'_>,
    ) -> anyhow::Result<Import> {
        let outcome = import_batches(
            instance,
            &self.source,
            &mut self.reading,
            &mut self.import,
            observer,
        )
        .await;
        let mut import = self.import;
        import.state = if outcome.is_ok() {
            ImportState::Done
        } else {
            ImportState::Stopped
        };
        import.problem = outcome.as_ref().err().map(|error| format!("{error:#}"));
        let mut write = instance.store.write(self.actor).await?;
        import.ended_at = Some(write.at());
        write.imports().save(&import).await?;
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
async fn open(spec: &ImportSpec, instance: &Instance) -> anyhow::Result<OpenImport> {
    let (spec, now) = (spec.clone(), instance.store.now());
    tokio::task::spawn_blocking(move || {
        Ok(match spec.kind {
            PastKind::Customers | PastKind::Orders => {
                OpenImport::CustomerBase(customer_base::open(&spec, now)?)
            }
            PastKind::Messages => OpenImport::Messages(ImportReader::of_messages(&spec, now)?),
            PastKind::Tickets => OpenImport::Messages(ImportReader::of_tickets(&spec, now)?),
            PastKind::Mail => OpenImport::Messages(ImportReader::of_mails(&spec, now)?),
        })
    })
    .await?
}

async fn import_batches(
    instance: &Instance,
    source: &Source,
    reading: &mut OpenImport,
    import: &mut Import,
    observer: &mut ImportObserver<'_>,
) -> anyhow::Result<()> {
    let mut saved = Instant::now();
    while let Some(taken) = take(instance, source, reading, import.id).await? {
        for (place, item_outcome) in taken {
            count(&mut import.counts, &item_outcome);
            if let ItemOutcome::Refused(error) = item_outcome {
                (observer.refused)(&place, &error.detail);
            }
        }
        (observer.progress)(import.counts);
        // Observers see the progress; a write for each batch would cost too much.
        if saved.elapsed().as_secs() >= 1 {
            saved = Instant::now();
            let mut write = instance.store.write(Actor::System).await?;
            write.imports().save(import).await?;
            write.commit().await?;
        }
    }
    Ok(())
}

/// Imports the next batch; returns each item's outcome and place, or `None` at the end.
async fn take(
    instance: &Instance,
    source: &Source,
    reading: &mut OpenImport,
    import: ImportId,
) -> anyhow::Result<Option<Vec<(String, ItemOutcome)>>> {
    match reading {
        OpenImport::Messages(reading) => {
            let Some(found) = reading.next(instance.store.files()).await? else {
                return Ok(None);
            };
            let (places, items): (Vec<String>, Vec<IncomingItem>) =
                found.into_iter().map(|it| (it.place, it.item)).unzip();
            let extras = BatchContext {
                import: Some(import),
                ..BatchContext::default()
            };
            let heard = instance
                .receive(Batch {
                    source: source.id,
                    items,
                    cursor: None,
                    extras,
                })
                .await;
            let heard = heard.map_err(|err| match err {
                IntakeError::Internal(error) => anyhow::anyhow!(error.to_string()),
                other => anyhow::anyhow!(other.to_string()),
            })?;
            let outcomes = heard.into_iter().map(ItemOutcome::from).collect();
            let pairs = paired("items of a file and their outcomes", places, outcomes)?;
            Ok(Some(pairs.collect()))
        }
        OpenImport::CustomerBase(reading) => {
            let Some(rows) = reading.next_batch().await? else {
                return Ok(None);
            };
            let brand = instance
                .store
                .read()
                .await?
                .brands()
                .by_key(source.brand_key)
                .await?;
            let mut write = instance.store.write(Actor::Source(source.id)).await?;
            let item_outcome =
                customer_base::keep(&mut write, source, &brand, Some(import), rows).await?;
            write.commit().await?;
            Ok(Some(item_outcome))
        }
    }
}

const fn count(counts: &mut Counts, item_outcome: &ItemOutcome) {
    counts.read += 1;
    match item_outcome {
        ItemOutcome::Created => counts.created += 1,
        ItemOutcome::Updated => counts.updated += 1,
        ItemOutcome::Unchanged => counts.unchanged += 1,
        ItemOutcome::Refused(_) => counts.refused += 1,
    }
}

fn file_names(files: &[PathBuf]) -> String {
    let name = |it: &PathBuf| it.file_name().map(|it| it.to_string_lossy().into_owned());
    let names: Vec<String> = files.iter().filter_map(name).take(3).collect();
    let more = if files.len() > 3 { "…" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// The short name of the source, derived from its full name.
fn code(spec: &ImportSpec, brand: &Brand) -> String {
    let plain = spec.source.to_lowercase();
    let plain: String = plain
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '-' })
        .collect();
    format!("{}-past-{plain}", brand.code)
}

async fn brand(instance: &Instance, named: Option<&str>) -> anyhow::Result<Brand> {
    let brands = instance.store.read().await?.brands().list().await?;
    let is = |brand: &&Brand| {
        named.is_none_or(|named| brand.code == named || brand.name.eq_ignore_ascii_case(named))
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
async fn source(instance: &Instance, brand: &Brand, spec: &ImportSpec) -> anyhow::Result<Source> {
    let code = code(spec, brand);
    if let Ok(source) = instance.store.read().await?.sources().by_code(&code).await {
        return Ok(source);
    }
    let mut write = instance.store.write(Actor::System).await?;
    let mut source = add_source(&mut write, brand, SourceKind::IMPORT, &spec.source, &code).await?;
    if spec.kind == PastKind::Mail {
        source.settings = serde_json::json!({"mails": true, "channel": "mail"});
        write.sources().save(&source).await?;
    }
    write.commit().await?;
    Ok(source)
}

/// Uploads never imported are kept for a day.
const KEPT: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Marks imports left unfinished by a crashed process as stopped, and deletes old uploads.
pub async fn recover_interrupted(instance: &Instance) -> anyhow::Result<()> {
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
    let open = instance
        .store
        .read()
        .await?
        .imports()
        .list(None, 100)
        .await?;
    for mut import in open
        .into_iter()
        .filter(|it| it.state == ImportState::Running)
    {
        let mut write = instance.store.write(Actor::System).await?;
        (import.state, import.ended_at) = (ImportState::Stopped, Some(write.at()));
        import.problem =
            Some("Vigie was stopped before the end: take the file in again, or undo it".into());
        write.imports().save(&import).await?;
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
