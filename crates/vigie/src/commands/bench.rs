//! `vigie bench`: measures this machine, prints JSON, generates its own load.

use std::{io::Write as _, path::PathBuf};

use clap::{Args, Subcommand};

use super::say;
use crate::cli::Ended;
use vigie_demo::bench;

/// Options.
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
    /// Where to work; a folder that vanishes when absent.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// PostgreSQL instead of SQLite.
    #[arg(long, global = true)]
    database: Option<String>,
}

#[derive(Subcommand)]
enum What {
    /// The whole journey, durably committed.
    Ingest {
        /// Messages.
        #[arg(long, default_value_t = 50_000)]
        messages: usize,
        /// Messages a batch.
        #[arg(long, default_value_t = 1_000)]
        batch: usize,
    },
    /// A page of the inbox, every named view.
    Inbox {
        /// Cases.
        #[arg(long, default_value_t = 100_000)]
        cases: usize,
        /// Pages read in each view.
        #[arg(long, default_value_t = 400)]
        pages: usize,
    },
    /// Ranked search, every kind of query.
    Search {
        /// Messages.
        #[arg(long, default_value_t = 100_000)]
        messages: usize,
        /// Queries of each kind.
        #[arg(long, default_value_t = 200)]
        queries: usize,
    },
    /// How each cost grows with the size of the past.
    Growth {
        /// Messages at which to measure.
        #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000, 5_000_000])]
        sizes: Vec<usize>,
    },
}

impl Bench {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let vanishing = tempfile::tempdir()?;
        let folder = self.data.unwrap_or_else(|| vanishing.path().to_owned());
        let database = self.database.as_deref();
        let figures = match self.what {
            What::Ingest { messages, batch } => {
                bench::ingest(&folder, database, messages, batch).await?
            }
            What::Inbox { cases, pages } => bench::inbox(&folder, database, cases, pages).await?,
            What::Search { messages, queries } => {
                bench::search(&folder, database, messages, queries).await?
            }
            What::Growth { sizes } => bench::growth(&folder, database, &sizes, shown).await?,
        };
        say(&serde_json::to_string_pretty(&figures)?)?;
        Ok(Ended::Well)
    }
}

/// One size's figures, as soon as they are known.
fn shown(figures: &serde_json::Value) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{figures}")?)
}
