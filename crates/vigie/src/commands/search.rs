//! `vigie search`: finds messages, in a served house too.

use clap::Args;
use vigie_store::search::{Asked, By, ResultRow, snippet};

use super::say;
use crate::{
    House,
    cli::{Ended, Open},
    settings::Settings,
};

/// Options.
#[derive(Args)]
pub struct Search {
    #[command(flatten)]
    open: Open,
    /// Words, "phrases", AND OR NOT, parentheses, field:value (source, channel, kind, feeling, state, owner, author, by,
    /// has, since, until, lang).
    #[arg(required_unless_present = "rebuild")]
    query: Option<String>,
    /// The newest first.
    #[arg(long)]
    newest: bool,
    /// At most this many.
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// One object a line.
    #[arg(long)]
    json: bool,
    /// Builds the index anew; a served house goes on answering meanwhile.
    #[arg(long)]
    rebuild: bool,
}

impl Search {
    /// Runs it: 1 when nothing was found.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.given())?;
        if self.rebuild {
            return rebuild(&settings).await;
        }
        let house = House::look(&settings.data, settings.database.as_deref()).await?;
        let text = self.query.unwrap_or_default();
        let query = vigie_watch::parse(&text)
            .map_err(|why| anyhow::anyhow!("{text}\n{}^ {}", " ".repeat(letters(&text, why.start)), why.detail))?;
        let by = if self.newest { By::Date } else { By::Rank };
        let mut session = house.store.read().await?;
        let names = session.search_names().await?;
        let limit = self.limit.clamp(1, 1_000);
        let asked = Asked { query: query.clone(), by, after: None, limit, owner: None, counts: false };
        let found = house.search.ask(&asked, &names)?;
        let rows = session.result_rows(&found.hits.iter().map(|it| it.message).collect::<Vec<_>>()).await?;
        for hit in &found.hits {
            if let Some(row) = rows.iter().find(|it| it.key == hit.message) {
                show(row, &snippet(&query, &row.text).text, self.json)?;
            }
        }
        let behind = session.last_fact().await? - house.search.seen()?;
        if behind > 0 {
            eprintln!("{behind} facts are not in the index yet: serve the house, or vigie search --rebuild");
        }
        Ok(if found.hits.is_empty() { Ended::SomeRefused } else { Ended::Well })
    }
}

fn letters(text: &str, bytes: usize) -> usize {
    text.get(..bytes).map_or(0, |it| it.chars().count())
}

fn show(row: &ResultRow, piece: &str, json: bool) -> std::io::Result<()> {
    let piece = piece.split_whitespace().collect::<Vec<_>>().join(" ");
    if json {
        let said = serde_json::json!({"message": row.message.to_string(), "case": row.case.to_string(), "number": row.number,
            "at": row.at.to_string(), "who": row.who, "title": row.title, "kind": row.kind.code(),
            "state": row.state.code(), "channel": row.channel.code(), "words": piece});
        return say(&said.to_string());
    }
    say(&format!("#{} {} {} · {} · {}\n    {piece}", row.number, row.at, row.who, row.kind.code(), row.state.code()))
}

async fn rebuild(settings: &Settings) -> anyhow::Result<Ended> {
    match House::open(&settings.data, settings.database.as_deref()).await {
        Ok(house) => {
            house.search.rebuild(&house.store).await?;
            let megabytes = house.search.size() as f64 / 1e6;
            say(&format!("the index holds {} messages in {megabytes:.1} MB", house.search.messages()))?;
        }
        Err(_) => {
            // Somebody serves it: they build it, and answer from the old one meanwhile.
            let house = House::look(&settings.data, settings.database.as_deref()).await?;
            house.search.ask_to_rebuild()?;
            say("whoever serves this house builds the index anew now, and answers meanwhile")?;
        }
    }
    Ok(Ended::Well)
}
