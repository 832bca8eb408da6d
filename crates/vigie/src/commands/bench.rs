//! `vigie bench`: benchmarks this machine with generated load, and prints JSON.

use std::{io::Write as _, path::PathBuf};

use clap::{Args, Subcommand};

use super::say;
use crate::cli::Completion;
use vigie_demo::bench;

/// Options of `vigie bench`.
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    what: BenchCommand,
    /// Working folder; a temporary one when absent.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// PostgreSQL instead of SQLite.
    #[arg(long, global = true)]
    database: Option<String>,
}

#[derive(Subcommand)]
enum BenchCommand {
    /// Benchmarks the whole journey, durably committed.
    Ingest {
        /// Number of messages.
        #[arg(long, default_value_t = 50_000)]
        messages: usize,
        /// Number of messages per batch.
        #[arg(long, default_value_t = 1_000)]
        batch: usize,
    },
    /// Benchmarks pages of the inbox, in every named view.
    Inbox {
        /// Number of cases.
        #[arg(long, default_value_t = 100_000)]
        cases: usize,
        /// Number of pages read in each view.
        #[arg(long, default_value_t = 400)]
        pages: usize,
    },
    /// Benchmarks ranked search, with every kind of query.
    Search {
        /// Number of messages.
        #[arg(long, default_value_t = 100_000)]
        messages: usize,
        /// Number of queries of each kind.
        #[arg(long, default_value_t = 200)]
        queries: usize,
    },
    /// Benchmarks how each cost grows with the number of messages.
    Growth {
        /// Numbers of messages at which to measure.
        #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000, 5_000_000])]
        sizes: Vec<usize>,
    },
}

impl Bench {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let vanishing = tempfile::tempdir()?;
        let folder = self.data.unwrap_or_else(|| vanishing.path().to_owned());
        let database = self.database.as_deref();
        let figures = match self.what {
            BenchCommand::Ingest { messages, batch } => {
                bench::ingest(&folder, database, messages, batch).await?
            }
            BenchCommand::Inbox { cases, pages } => {
                bench::inbox(&folder, database, cases, pages).await?
            }
            BenchCommand::Search { messages, queries } => {
                bench::search(&folder, database, messages, queries).await?
            }
            BenchCommand::Growth { sizes } => {
                bench::growth(&folder, database, &sizes, print_figures).await?
            }
        };
        say(&serde_json::to_string_pretty(&figures)?)?;
        Ok(Completion::Success)
    }
}

/// Prints the figures for one size as soon as they are known.
fn print_figures(figures: &serde_json::Value) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{figures}")?)
}
