//! `vigie import`: the past, from files.

use std::{io::IsTerminal as _, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use indicatif::ProgressBar;
use vigie_listen::past::PastAsked;
use vigie_model::{Actor, ImportId, PastKind};
use vigie_store::Counts;

use super::say;
use crate::{
    House,
    cli::{Ended, Open},
    past::{self, Told},
    settings::Settings,
};

/// Options.
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    open: Open,
    /// What the files are read as.
    #[arg(required_unless_present_any = ["list", "undo"])]
    kind: Option<PastKind>,
    /// The files; for mails also Maildir folders.
    #[arg(required_unless_present_any = ["list", "undo"])]
    files: Vec<PathBuf>,
    /// Which column says what: field=COLUMN, emitter='brand', at=COLUMN:%d/%m/%Y, emitter=COLUMN?customer:brand.
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The name of the source; the same name again finds what it took in before.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// An address the brand writes from, for mails; may be given several times.
    #[arg(long, value_name = "ADDRESS")]
    own: Vec<String>,
    /// Says what would happen and changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Ends with one line of JSON.
    #[arg(long)]
    json: bool,
    /// What was taken in so far, the newest first.
    #[arg(long)]
    list: bool,
    /// Takes an import out again, whole.
    #[arg(long, value_name = "ID")]
    undo: Option<String>,
}

impl Import {
    /// Runs it: 1 when some items were refused.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.given())?;
        let house = House::open(&settings.data, settings.database.as_deref()).await?;
        super::serve::prepare(&house).await?;
        past::mend(&house).await?;
        if let Some(id) = &self.undo {
            return undo(&house, id).await;
        }
        if self.list {
            return list(&house).await;
        }
        let kind = self.kind.context("say what the files are: messages or mail")?;
        let source = self.source.clone().unwrap_or_else(|| kind.code().to_owned());
        let own = if self.own.is_empty() { own_addresses(&house).await? } else { self.own.clone() };
        let asked = PastAsked { kind, files: self.files, name: String::new(), mapping: self.map, source, own };
        take(&house, &asked, self.dry_run, self.json).await
    }
}

async fn take(house: &House, asked: &PastAsked, dry_run: bool, json: bool) -> anyhow::Result<Ended> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let begun = std::time::Instant::now();
    let shown = bar.clone();
    let mut progress = move |it: Counts| {
        shown.set_message(format!("{} read, {} new, {} refused", it.read, it.created, it.refused));
        shown.tick();
    };
    let lines = bar.clone();
    let mut refused = move |place: &str, why: &str| lines.suspend(|| eprintln!("{place}: {why}"));
    let mut told = Told { progress: &mut progress, refused: &mut refused };
    let (counts, id) = if dry_run {
        let it = past::rehearse(house, asked, &mut told).await?;
        let (read, created, updated) = (it.read, it.created, it.updated);
        (Counts { read, created, updated, unchanged: it.unchanged, refused: it.refused }, None)
    } else {
        let import = past::import(house, Actor::House, asked, &mut told).await?;
        (import.counts, Some(import.id))
    };
    bar.finish_and_clear();
    let seconds = begun.elapsed().as_secs_f64();
    let Counts { read, created, updated, unchanged, refused } = counts;
    if json {
        let mut said = serde_json::json!({"read": read, "created": created, "updated": updated, "unchanged": unchanged,
            "refused": refused, "seconds": (seconds * 1e3).round() / 1e3});
        if let (Some(id), Some(said)) = (id, said.as_object_mut()) {
            said.insert("import".into(), id.to_string().into());
        }
        say(&said.to_string())?;
    } else {
        let would = if dry_run { "would be " } else { "" };
        say(&format!(
            "{read} read in {seconds:.1} s: {would}{created} created, {updated} updated, {unchanged} unchanged, {refused} refused"
        ))?;
        if let Some(id) = id.filter(|_| created + updated > 0) {
            say(&format!("They are history, closed. To take them out again: vigie import --undo {id}"))?;
        }
    }
    Ok(if refused > 0 { Ended::SomeRefused } else { Ended::Well })
}

/// The addresses of the brand's mailboxes.
async fn own_addresses(house: &House) -> anyhow::Result<Vec<String>> {
    let sources = house.store.read().await?.sources().await?;
    Ok(sources.iter().filter_map(|it| vigie_respond::mail::settings_of(it).ok()).flat_map(|it| it.own()).collect())
}

async fn undo(house: &House, id: &str) -> anyhow::Result<Ended> {
    let id: ImportId = id.parse().ok().with_context(|| format!("{id} is no import: see vigie import --list"))?;
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let shown = bar.clone();
    let mut gone = 0;
    let mut progress = |count: usize| {
        gone = count;
        shown.set_message(format!("{count} taken out"));
        shown.tick();
    };
    past::undo(house, Actor::House, id, &mut progress).await?;
    bar.finish_and_clear();
    say(&format!("{gone} messages taken out: the house is as it was before this import"))?;
    Ok(Ended::Well)
}

async fn list(house: &House) -> anyhow::Result<Ended> {
    for it in house.store.read().await?.imports(None, 1_000).await? {
        let counts = it.counts;
        say(&format!(
            "{}\t{}\t{}\t{}\t{} created, {} updated, {} refused\t{}",
            it.id, it.made_at, it.kind, it.state, counts.created, counts.updated, counts.refused, it.name
        ))?;
    }
    Ok(Ended::Well)
}
