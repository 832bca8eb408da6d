//! `vigie bench`: measures this machine, prints JSON, generates its own load.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::say;
use crate::{bench, cli::Ended};

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
}

impl Bench {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let vanishing = tempfile::tempdir()?;
        let folder = self.data.unwrap_or_else(|| vanishing.path().to_owned());
        let database = self.database.as_deref();
        let figures = match self.what {
            What::Ingest { messages, batch } => bench::ingest(&folder, database, messages, batch).await?,
            What::Inbox { cases, pages } => bench::inbox(&folder, database, cases, pages).await?,
        };
        say(&serde_json::to_string_pretty(&figures)?)?;
        Ok(Ended::Well)
    }
}
