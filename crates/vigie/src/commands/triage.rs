//! `vigie triage`: weighs messages.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};
use vigie_triage::TriageInput;

use super::lines::filter;
use crate::cli::Completion;

/// Options of `vigie triage`.
#[derive(Args)]
pub struct Triage {
    /// Stops at the first invalid line.
    #[arg(long)]
    strict: bool,
    /// Files of JSON Lines; standard input when none is given.
    files: Vec<PathBuf>,
}

impl Triage {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Completion> {
        filter(&self.files, self.strict, weigh)
    }
}

fn weigh(object: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let id = object.get("id").cloned().unwrap_or(Value::Null);
    let input: TriageInput =
        serde_json::from_value(Value::Object(object)).map_err(|err| err.to_string())?;
    let weighed = serde_json::to_value(input.weigh()).map_err(|err| err.to_string())?;
    let mut answer = Map::from_iter([("id".to_owned(), id)]);
    if let Value::Object(fields) = weighed {
        answer.extend(fields);
    }
    Ok(answer)
}
