//! `vigie import`: imports historical data from files.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};
use vigie_journey::past::{self, ImportObserver};
use vigie_listen::past::ImportSpec;
use vigie_model::{Actor, ImportId, PastKind};
use vigie_store::Counts;

use super::{
    Output,
    dispatch::{Writes, dispatch},
};
use crate::{
    Instance,
    cli::{Completion, Open},
    settings::Settings,
};

/// Options of `vigie import`.
#[derive(Args)]
pub struct ImportArgs {
    #[command(flatten)]
    open: Open,
    #[command(flatten)]
    command: ImportCommand,
}

/// The import to perform.
#[derive(Args, Debug, Serialize, Deserialize)]
pub struct ImportCommand {
    /// What to read the files as: messages (CSV, JSON Lines), mail (mbox, Maildir, raw mails),
    /// tickets (exports of Zendesk, Freshdesk, Help Scout, FreeScout, Chatwoot; give their files
    /// of people with them), customers or orders (CSV, JSON Lines).
    #[arg(required_unless_present_any = ["list", "undo"])]
    kind: Option<PastKind>,
    /// The files; for mails also Maildir folders.
    #[arg(required_unless_present_any = ["list", "undo"])]
    files: Vec<PathBuf>,
    /// Column mapping: field=COLUMN, emitter='brand', at=COLUMN:%d/%m/%Y,
    /// emitter=COLUMN?customer:brand.
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The name of the source; importing again under the same name finds what was imported
    /// before.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// An address the brand writes from, for mails; can be given several times.
    #[arg(long, value_name = "ADDRESS")]
    own: Vec<String>,
    /// Shows what would happen and changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Ends with one line of JSON.
    #[arg(long)]
    json: bool,
    /// Lists the imports, newest first.
    #[arg(long)]
    list: bool,
    /// Undoes an import completely.
    #[arg(long, value_name = "ID")]
    undo: Option<String>,
}

impl ImportArgs {
    /// Runs the command; exits with 1 when some items were refused.
    pub async fn run(mut self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        // The serving process has another working directory.
        for file in &mut self.command.files {
            *file = file
                .canonicalize()
                .with_context(|| format!("cannot read {}", file.display()))?;
        }
        dispatch(self.command, &settings).await
    }
}

impl Writes for ImportCommand {
    const NAME: &'static str = "Import";

    async fn run(self, instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion> {
        if let Some(id) = &self.undo {
            return undo(instance, id, output).await;
        }
        if self.list {
            return list(instance, output).await;
        }
        let kind = self
            .kind
            .context("say what the files are: messages, mail, tickets, customers or orders")?;
        let source = self
            .source
            .clone()
            .unwrap_or_else(|| kind.code().to_owned());
        let sources = instance.store.read().await?.sources().list().await?;
        let own = if self.own.is_empty() {
            vigie_respond::mail::own_addresses(&sources).map_err(anyhow::Error::msg)?
        } else {
            self.own
        };
        let spec = ImportSpec {
            kind,
            files: self.files,
            name: String::new(),
            mapping: self.map,
            source,
            own,
        };
        take(instance, &spec, self.dry_run, self.json, output).await
    }
}

async fn take(
    instance: &Instance,
    spec: &ImportSpec,
    dry_run: bool,
    json: bool,
    output: &mut dyn Output,
) -> anyhow::Result<Completion> {
    let begun = std::time::Instant::now();
    let output = parking_lot::Mutex::new(output);
    let speak = || output.lock();
    let mut progress = |counts: Counts| {
        speak().progress(&format!(
            "{} read, {} new, {} refused",
            counts.read, counts.created, counts.refused
        ));
    };
    let mut refused = |place: &str, detail: &str| speak().error(&format!("{place}: {detail}"));
    let mut observer = ImportObserver {
        progress: &mut progress,
        refused: &mut refused,
    };
    let (counts, id) = if dry_run {
        let it = past::dry_run(instance, spec, &mut observer).await?;
        let (read, created, updated, unchanged) = (it.read, it.created, it.updated, it.unchanged);
        let missing_parents = it.missing_parents;
        (
            Counts {
                read,
                created,
                updated,
                unchanged,
                refused: it.refused,
                missing_parents,
            },
            None,
        )
    } else {
        let import = past::import(instance, Actor::System, spec, &mut observer).await?;
        (import.counts, Some(import.id))
    };
    let seconds = begun.elapsed().as_secs_f64();
    let mut output = speak();
    let Counts {
        read,
        created,
        updated,
        unchanged,
        refused,
        missing_parents,
    } = counts;
    if json {
        let mut said = serde_json::json!({
            "read": read,
            "created": created,
            "updated": updated,
            "unchanged": unchanged,
            "refused": refused,
            "missing_parents": missing_parents,
            "seconds": (seconds * 1e3).round() / 1e3,
        });
        if let (Some(id), Some(said)) = (id, said.as_object_mut()) {
            said.insert("import".into(), id.to_string().into());
        }
        output.say(&said.to_string());
    } else {
        let would = if dry_run { "would be " } else { "" };
        output.say(&format!(
            "{read} read in {seconds:.1} s: {would}{created} created, {updated} \
            updated, {unchanged} unchanged, {refused} refused"
        ));
        if missing_parents > 0 {
            output.say(&format!(
                "{missing_parents} messages that others answer are not in the \
                files: their threads begin with the answers"
            ));
        }
        if let Some(id) = id.filter(|_| created + updated > 0) {
            let rest = matches!(
                spec.kind,
                PastKind::Messages | PastKind::Mail | PastKind::Tickets
            );
            let rest = if rest {
                "They are history, closed. "
            } else {
                ""
            };
            output.say(&format!(
                "{rest}To take them out again: vigie import --undo {id}"
            ));
        }
    }
    Ok(if refused > 0 {
        Completion::PartialFailure
    } else {
        Completion::Success
    })
}

async fn undo(
    instance: &Instance,
    id: &str,
    output: &mut dyn Output,
) -> anyhow::Result<Completion> {
    let id: ImportId = id
        .parse()
        .ok()
        .with_context(|| format!("{id} is no import: see vigie import --list"))?;
    let mut gone = 0;
    let mut progress = |count: usize| {
        gone = count;
        output.progress(&format!("{count} taken out"));
    };
    past::undo(instance, Actor::System, id, &mut progress).await?;
    output.say(&format!(
        "{gone} taken out: everything is as it was before this import"
    ));
    Ok(Completion::Success)
}

async fn list(instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion> {
    for it in instance
        .store
        .read()
        .await?
        .imports()
        .list(None, 1_000)
        .await?
    {
        let counts = it.counts;
        output.say(&format!(
            "{}\t{}\t{}\t{}\t{} created, {} updated, {} refused\t{}",
            it.id,
            it.made_at,
            it.kind,
            it.state,
            counts.created,
            counts.updated,
            counts.refused,
            it.name
        ));
    }
    Ok(Completion::Success)
}
