//! `vigie measure`: computes statistics with their intervals.

use clap::{Args, Subcommand};

use crate::cli::Completion;

/// Options of `vigie measure`.
#[derive(Args)]
pub struct Measure {
    #[command(subcommand)]
    what: MeasureCommand,
}

#[derive(Subcommand)]
enum MeasureCommand {
    /// Computes an interval.
    Interval {
        #[command(subcommand)]
        kind: IntervalKind,
    },
}

#[derive(Subcommand)]
enum IntervalKind {
    /// The interval of a proportion: K of N, Wilson's score interval at 95 %.
    Wilson {
        /// Number of successes.
        k: u64,
        /// Number of trials.
        n: u64,
    },
}

impl Measure {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Completion> {
        let MeasureCommand::Interval {
            kind: IntervalKind::Wilson { k, n },
        } = self.what;
        let found = vigie_measure::wilson(k, n)
            .ok_or_else(|| anyhow::anyhow!("K must be at most N, and N above 0"))?;
        let json = serde_json::json!({
            "estimate": found.estimate,
            "low": found.low,
            "high": found.high,
            "n": n,
            "method": "wilson",
        });
        super::say(&json.to_string())?;
        Ok(Completion::Success)
    }
}
