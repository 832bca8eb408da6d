//! `vigie search`: searches messages, cases or customers, even while the folder is served.

use clap::Args;
use vigie_model::Key;
use vigie_search::{EntityKind, Hit, QueryNames, SearchParams, SortOrder, snippet};
use vigie_store::{CaseHitRow, CustomerHitRow, MessageHitRow, Session};
use vigie_watch::Query;

use super::say;
use crate::{
    Instance,
    cli::{Completion, Open},
    settings::Settings,
};

/// Options of `vigie search`.
#[derive(Args)]
pub struct SearchArgs {
    #[command(flatten)]
    open: Open,
    /// Words, "phrases", AND OR NOT, parentheses, field:value (source, channel, kind, feeling,
    /// state, tag, owner, author, by, has, since, until, lang).
    #[arg(required_unless_present = "rebuild")]
    query: Option<String>,
    /// What to search for.
    #[arg(long, default_value = "message", value_parser = ["message", "case", "customer"])]
    noun: String,
    /// Sorts by date, newest first.
    #[arg(long)]
    newest: bool,
    /// Largest number of results.
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Prints one JSON object per line.
    #[arg(long)]
    json: bool,
    /// Rebuilds the index; a serving instance keeps answering meanwhile.
    #[arg(long)]
    rebuild: bool,
}

impl SearchArgs {
    /// Runs the command; exits with 1 when nothing was found.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        if self.rebuild {
            return rebuild(&settings).await;
        }
        let instance =
            Instance::open_read_only(&settings.data, settings.database.as_deref()).await?;
        let text = self.query.unwrap_or_default();
        let query = vigie_watch::parse(&text).map_err(|err| {
            anyhow::anyhow!(
                "{text}\n{}^ {}",
                " ".repeat(char_column(&text, err.start)),
                err.detail
            )
        })?;
        let by = if self.newest {
            SortOrder::Date
        } else {
            SortOrder::Rank
        };
        let mut session = instance.store.read().await?;
        let names = QueryNames::read(&mut session).await?;
        let limit = self.limit.clamp(1, 1_000);
        let noun = EntityKind::from_code(&self.noun).unwrap_or_default();
        let params = SearchParams {
            query: query.clone(),
            noun,
            sort: by,
            after: None,
            limit,
            owner: None,
            counts: false,
        };
        let found = instance.search.ask(&params, &names)?;
        show(&mut session, noun, &query, &found.hits, self.json).await?;
        let behind = session.facts().last().await? - instance.search.seen()?;
        if behind > 0 {
            eprintln!(
                "{behind} facts are not in the index yet: serve the instance, or vigie search \
                    --rebuild"
            );
        }
        Ok(if found.hits.is_empty() {
            Completion::PartialFailure
        } else {
            Completion::Success
        })
    }
}

fn char_column(text: &str, bytes: usize) -> usize {
    text.get(..bytes).map_or(0, |it| it.chars().count())
}

async fn show(
    session: &mut Session,
    noun: EntityKind,
    query: &Query,
    hits: &[Hit],
    json: bool,
) -> anyhow::Result<()> {
    let lines: Vec<(i64, String)> = match noun {
        EntityKind::Message => session
            .hits()
            .messages(&keys_of(hits))
            .await?
            .iter()
            .map(|hit| {
                (
                    hit.key.number(),
                    message(hit, &snippet_text(query, &hit.text), json),
                )
            })
            .collect(),
        EntityKind::Case => session
            .hits()
            .cases(&keys_of(hits))
            .await?
            .iter()
            .map(|hit| {
                (
                    hit.key.number(),
                    case(hit, &snippet_text(query, &hit.text), json),
                )
            })
            .collect(),
        EntityKind::Customer => {
            let rows = session.hits().customers(&keys_of(hits)).await?;
            rows.iter()
                .map(|hit| {
                    (
                        hit.key.number(),
                        customer(hit, &snippet_text(query, &hit.text), json),
                    )
                })
                .collect()
        }
    };
    for hit in hits {
        for (_, line) in lines.iter().filter(|it| it.0 == hit.key) {
            say(line)?;
        }
    }
    Ok(())
}

fn keys_of<K: Key>(hits: &[Hit]) -> Vec<K> {
    hits.iter().map(|hit| K::from_number(hit.key)).collect()
}

fn snippet_text(query: &Query, text: &str) -> String {
    snippet(query, text)
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn message(row: &MessageHitRow, piece: &str, json: bool) -> String {
    if json {
        let said = serde_json::json!({
            "message": row.message.to_string(),
            "case": row.case.to_string(),
            "number": row.number,
            "at": row.at.to_string(),
            "who": row.who,
            "title": row.title,
            "kind": row.kind.code(),
            "state": row.state.code(),
            "channel": row.channel.code(),
            "words": piece,
        });
        return said.to_string();
    }
    let (kind, state) = (row.kind.code(), row.state.code());
    format!(
        "#{} {} {} · {kind} · {state}\n    {piece}",
        row.number, row.at, row.who
    )
}

fn case(row: &CaseHitRow, piece: &str, json: bool) -> String {
    if json {
        let said = serde_json::json!({
            "case": row.case.to_string(),
            "number": row.number,
            "at": row.at.to_string(),
            "who": row.who,
            "title": row.title,
            "kind": row.kind.code(),
            "state": row.state.code(),
            "channel": row.channel.code(),
            "words": piece,
        });
        return said.to_string();
    }
    let (kind, state) = (row.kind.code(), row.state.code());
    format!(
        "#{} {} {} · {kind} · {state} · {}\n    {piece}",
        row.number, row.at, row.who, row.title
    )
}

fn customer(row: &CustomerHitRow, piece: &str, json: bool) -> String {
    let heard = row.heard_at.map(|it| it.to_string());
    if json {
        let said = serde_json::json!({
            "customer": row.customer.to_string(),
            "name": row.name,
            "open_cases": row.open_cases,
            "cases": row.cases,
            "heard_at": heard,
            "words": piece,
        });
        return said.to_string();
    }
    let heard = heard.unwrap_or_else(|| "never heard".into());
    format!(
        "{} · {} cases, {} open · {heard}\n    {piece}",
        row.name, row.cases, row.open_cases
    )
}

async fn rebuild(settings: &Settings) -> anyhow::Result<Completion> {
    match Instance::open(&settings.data, settings.database.as_deref()).await {
        Ok(instance) => {
            instance.search.rebuild(&instance.store).await?;
            let megabytes = instance.search.size() as f64 / 1e6;
            say(&format!(
                "the index holds {} messages in {megabytes:.1} MB",
                instance.search.messages()
            ))?;
        }
        Err(_) => {
            // The serving process rebuilds it, and answers from the old one meanwhile.
            let instance =
                Instance::open_read_only(&settings.data, settings.database.as_deref()).await?;
            instance.search.request_rebuild()?;
            say(
                "the process that serves this instance builds the index again now, and answers meanwhile",
            )?;
        }
    }
    Ok(Completion::Success)
}
