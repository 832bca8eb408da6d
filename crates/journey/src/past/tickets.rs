//! Exports of other helpdesks, read twice: first for the people they name, then for their tickets.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use base64::Engine as _;
use serde_json::Value;
use vigie_listen::{
    IncomingItem, Refusal, api,
    past::{
        JsonLines,
        helpdesk::{People, TicketEntry, read, unwrapped},
    },
};
use vigie_model::At;

use super::item::{ImportItem, Items};

/// The largest file read as one value, in bytes: it is held in memory entirely. JSON Lines
/// files have no such limit.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// A value of a file with its place; or why there is none.
type ExportValue = (String, Result<Value, (Refusal, String)>);
type ExportValues = Box<dyn Iterator<Item = anyhow::Result<ExportValue>> + Send>;

/// Opens exports. The error names the file.
pub fn open(paths: &[PathBuf], now: At) -> anyhow::Result<Items> {
    anyhow::ensure!(!paths.is_empty(), "name the files to take in");
    let mut people = People::default();
    for path in paths {
        for thing in values(path)? {
            if let (_, Ok(value)) = thing? {
                people.learn(&value);
            }
        }
    }
    let all: Vec<ExportValues> = paths
        .iter()
        .map(|it| values(it))
        .collect::<anyhow::Result<_>>()?;
    Ok(Box::new(all.into_iter().flatten().flat_map(move |thing| {
        match thing {
            Err(error) => vec![Err(error)],
            Ok((place, Err((refusal, raw)))) => vec![Ok(refused(place, refusal, raw))],
            Ok((_, Ok(value))) if people.learn(&value) => Vec::new(),
            Ok((place, Ok(ticket))) => entries(&place, &ticket, &people, now)
                .into_iter()
                .map(Ok)
                .collect(),
        }
    })))
}

fn entries(place: &str, ticket: &Value, people: &People, now: At) -> Vec<ImportItem> {
    let entries = match read(ticket, people) {
        Ok(entries) => entries,
        Err(error) => return vec![refused(place.to_owned(), error, ticket.to_string())],
    };
    let decode = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).ok();
    let found = entries.into_iter().map(|entry| match entry {
        TicketEntry::Skipped(refusal, raw) => refused(place.to_owned(), refusal, raw),
        TicketEntry::Message(value) => {
            let mut posted = api::read(&value, now, decode);
            if let Ok(message) = &mut posted.item.parsed {
                message.past = true;
            }
            ImportItem::new(place.to_owned(), posted.item, posted.files)
        }
    });
    found.collect()
}

fn refused(place: String, error: Refusal, raw: String) -> ImportItem {
    ImportItem::new(
        place,
        IncomingItem {
            external_id: None,
            raw,
            parsed: Err(error),
        },
        Vec::new(),
    )
}

/// The values of a file: a single one, or one per line. The format is detected from the
/// content, never from the name: some helpdesks name JSON Lines files `.json`.
fn values(path: &Path) -> anyhow::Result<ExportValues> {
    let path_name = path.display().to_string();
    let file = || File::open(path).with_context(|| format!("cannot read {path_name}"));
    let is_lines = serde_json::from_slice::<Value>(&first_line(file()?)?).is_ok();
    if !is_lines && file()?.metadata()?.len() <= LARGEST {
        let whole: Result<Value, _> =
            serde_json::from_reader(BufReader::with_capacity(1 << 20, file()?));
        if let Ok(value) = whole {
            let numbered = unwrapped(value).into_iter().enumerate();
            return Ok(Box::new(numbered.map(move |(number, value)| {
                Ok((format!("{path_name}:{}", number + 1), Ok(value)))
            })));
        }
    }
    let lines = JsonLines::new(BufReader::with_capacity(1 << 20, file()?));
    Ok(Box::new(lines.flat_map(move |line| match line {
        Err(error) => vec![Err(error.into())],
        Ok(line) => {
            let place = format!("{path_name}:{}", line.line);
            match line.value {
                Err(error) => vec![Ok((place, Err(error)))],
                Ok(value) => unwrapped(value)
                    .into_iter()
                    .map(|it| Ok((place.clone(), Ok(it))))
                    .collect(),
            }
        }
    })))
}

/// The longest first line read, in bytes.
const FIRST: u64 = 64 * 1024 * 1024;

/// The first line that is not empty, without a byte order mark.
fn first_line(file: File) -> std::io::Result<Vec<u8>> {
    let (mut input, mut line) = (BufReader::new(file).take(FIRST), Vec::new());
    while input.read_until(b'\n', &mut line)? > 0 && line.trim_ascii().is_empty() {
        line.clear();
    }
    Ok(line
        .strip_prefix(b"\xef\xbb\xbf")
        .map_or_else(|| line.clone(), <[u8]>::to_vec))
}
