//! `vigie mail parse`: parses raw mails, one JSON object each.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use vigie_listen::mail::parse;

use super::say;
use crate::cli::Completion;

/// Options of `vigie mail`.
#[derive(Args)]
pub struct MailArgs {
    #[command(subcommand)]
    what: MailCommand,
}

#[derive(Subcommand)]
enum MailCommand {
    /// Shows what is visible, quoted, signed and attached; whether it is automatic or a bounce.
    Parse {
        /// Stops at the first file that cannot be opened.
        #[arg(long)]
        strict: bool,
        /// Raw mails, one per file; standard input when none is given.
        files: Vec<PathBuf>,
    },
}

impl MailArgs {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Completion> {
        let MailCommand::Parse { strict, files } = self.what;
        if files.is_empty() {
            let mut raw = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut raw)?;
            say(&serde_json::to_string(&parse(&raw))?)?;
            return Ok(Completion::Success);
        }
        let mut ended = Completion::Success;
        for file in files {
            match std::fs::read(&file) {
                Ok(raw) => say(&serde_json::to_string(&parse(&raw))?)?,
                Err(error) => {
                    eprintln!("{}: {error}", file.display());
                    ended = Completion::PartialFailure;
                    if strict {
                        break;
                    }
                }
            }
        }
        Ok(ended)
    }
}
