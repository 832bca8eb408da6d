//! `vigie mail parse`: parses raw mails, one JSON object each.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use vigie_listen::mail::parse;

use super::say;
use crate::cli::Ended;

/// Options of `vigie mail`.
#[derive(Args)]
pub struct Mail {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Shows what is visible, quoted, signed and attached; whether it is automatic or a bounce.
    Parse {
        /// Stops at the first file that cannot be opened.
        #[arg(long)]
        strict: bool,
        /// Raw mails, one per file; standard input when none is given.
        files: Vec<PathBuf>,
    },
}

impl Mail {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Ended> {
        let What::Parse { strict, files } = self.what;
        if files.is_empty() {
            let mut raw = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut raw)?;
            say(&serde_json::to_string(&parse(&raw))?)?;
            return Ok(Ended::Well);
        }
        let mut ended = Ended::Well;
        for file in files {
            match std::fs::read(&file) {
                Ok(raw) => say(&serde_json::to_string(&parse(&raw))?)?,
                Err(why) => {
                    eprintln!("{}: {why}", file.display());
                    ended = Ended::SomeRefused;
                    if strict {
                        break;
                    }
                }
            }
        }
        Ok(ended)
    }
}
