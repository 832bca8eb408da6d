//! `vigie analyse`: analyses messages.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};
use vigie_analyse::{AnalysisInput, read};

use super::lines::filter;
use crate::cli::Completion;

/// Options of `vigie analyse`.
#[derive(Args)]
pub struct Analyse {
    /// Adds the phrases behind each label, with their weights in log-odds.
    #[arg(long)]
    why: bool,
    /// Stops at the first invalid line.
    #[arg(long)]
    strict: bool,
    /// Files of JSON Lines; standard input when none is given.
    files: Vec<PathBuf>,
}

impl Analyse {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Completion> {
        filter(&self.files, self.strict, |object| analyse(object, self.why))
    }
}

fn analyse(mut object: Map<String, Value>, error: bool) -> Result<Map<String, Value>, String> {
    let text = object
        .get("text")
        .and_then(Value::as_str)
        .ok_or("text is missing or no text")?
        .to_owned();
    let lang = object
        .get("lang")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let public = object.get("visibility").and_then(Value::as_str) == Some("public");
    let mut analysis = read(AnalysisInput {
        text: &text,
        title: None,
        lang: lang.as_deref(),
        public,
    });
    if !error {
        analysis.why.clear();
    }
    let Ok(Value::Object(fields)) = serde_json::to_value(&analysis) else {
        return Err("it cannot be written".into());
    };
    object.extend(fields);
    Ok(object)
}
