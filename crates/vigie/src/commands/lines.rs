//! JSON Lines in, JSON Lines out: invalid lines are reported and skipped, unknown fields
//! passed through, a byte order mark skipped.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::PathBuf,
};

use anyhow::Context as _;
use serde_json::{Map, Value};

use crate::cli::Completion;

/// Passes each object of the files (standard input when none is given) to `each` and writes
/// the result. With `strict`, fails at the first invalid line.
pub fn filter(
    files: &[PathBuf],
    strict: bool,
    mut each: impl FnMut(Map<String, Value>) -> Result<Map<String, Value>, String>,
) -> anyhow::Result<Completion> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut refused = false;
    let mut inputs: Vec<(String, Box<dyn BufRead>)> = Vec::new();
    for path in files {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        inputs.push((path.display().to_string(), Box::new(BufReader::new(file))));
    }
    if inputs.is_empty() {
        inputs.push(("-".into(), Box::new(BufReader::new(std::io::stdin()))));
    }
    for (name, mut input) in inputs {
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            if input.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            match one(&bytes, &mut each) {
                Ok(None) => {}
                Ok(Some(object)) => {
                    serde_json::to_writer(&mut out, &object)?;
                    out.write_all(b"\n")?;
                }
                Err(error) => {
                    eprintln!("{name}:{number}: {error}");
                    refused = true;
                    if strict {
                        out.flush()?;
                        return Ok(Completion::PartialFailure);
                    }
                }
            }
        }
    }
    out.flush()?;
    Ok(if refused {
        Completion::PartialFailure
    } else {
        Completion::Success
    })
}

fn one(
    bytes: &[u8],
    each: &mut impl FnMut(Map<String, Value>) -> Result<Map<String, Value>, String>,
) -> Result<Option<Map<String, Value>>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|err| format!("not UTF-8 at byte {}", err.valid_up_to()))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value: Value =
        serde_json::from_str(text).map_err(|err| format!("not JSON: column {}", err.column()))?;
    let Value::Object(object) = value else {
        return Err("not a JSON object".into());
    };
    each(object).map(Some)
}
