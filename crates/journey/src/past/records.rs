//! Tables and JSON Lines of messages. When messages name the one they answer, the file is read
//! twice: an answer may come before what it answers, and both belong to one thread.

use std::{
    collections::HashMap,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use base64::Engine as _;
use serde_json::Value;
use vigie_listen::{
    IncomingItem, Refusal, api,
    past::{BoundMapping, JsonLines, MESSAGES, Mapping, Table, ThreadIndex},
};
use vigie_model::At;

use super::item::{ImportItem, head};

/// Files of messages, opened.
pub struct OpenRecords {
    pub items: Box<dyn Iterator<Item = anyhow::Result<ImportItem>> + Send>,
    /// The columns of a table.
    pub columns: Vec<String>,
    /// The column mapping, as completed.
    pub mapping: Vec<String>,
    /// The brand that the mapping names.
    pub brand: Option<String>,
    /// Messages that others reply to and that are not in the files.
    pub missing_parents: i64,
}

/// A record as JSON in the shape of the API, or why it cannot be read, with its text; and its
/// line.
pub struct MessageRecord {
    /// From 1.
    pub line: u64,
    /// Its value, or why it cannot be read, with its text.
    pub parsed: Result<Value, (Refusal, String)>,
}

/// A stream of records; an error means that the disk failed, and ends it.
pub type Records = Box<dyn Iterator<Item = anyhow::Result<MessageRecord>> + Send>;

/// Opens files of messages. The error names the file, or what is wrong with the mapping.
pub fn open(paths: &[PathBuf], rules: &[String], now: At) -> anyhow::Result<OpenRecords> {
    anyhow::ensure!(!paths.is_empty(), "name the files to take in");
    let mapping = Mapping::parse(&MESSAGES, rules).map_err(anyhow::Error::msg)?;
    let mut threads = ThreadIndex::default();
    let (mut columns, mut written, mut inputs) = (Vec::new(), mapping.written(), Vec::new());
    for path in paths {
        let (records, table) = records(path, &mapping)?;
        if let Some(table) = table {
            (columns, written) = (table.columns, table.mapping);
        }
        for record in records {
            if let Ok(value) = record?.parsed {
                let text = |name: &str| value.get(name).and_then(Value::as_str);
                if let (Some(id), None) = (text("external_id"), text("conversation")) {
                    threads.add(id, text("in_reply_to"));
                }
            }
        }
        inputs.push((path.display().to_string(), self::records(path, &mapping)?.0));
    }
    let missing_parents = threads.missing() as i64;
    let mut named = ThreadNamer {
        threads,
        names: HashMap::new(),
    };
    let all = inputs
        .into_iter()
        .flat_map(|(path_name, records)| records.map(move |record| (path_name.clone(), record)));
    let items = all.map(move |(path_name, record)| {
        let MessageRecord { line, parsed: read } = record?;
        let place = format!("{path_name}:{line}");
        Ok(match read {
            Ok(mut value) => {
                named.name(&mut value);
                let decode =
                    |text: &str| base64::engine::general_purpose::STANDARD.decode(text).ok();
                let mut posted = api::read(&value, now, decode);
                if let Ok(message) = &mut posted.item.parsed {
                    message.past = true;
                }
                ImportItem::new(place, posted.item, posted.files)
            }
            Err((refusal, raw)) => ImportItem::new(
                place,
                IncomingItem {
                    external_id: None,
                    raw,
                    parsed: Err(refusal),
                },
                Vec::new(),
            ),
        })
    });
    Ok(OpenRecords {
        items: Box::new(items),
        columns,
        mapping: written,
        brand: mapping.brand,
        missing_parents,
    })
}

/// Threads, each by the first of its messages in the file.
struct ThreadNamer {
    threads: ThreadIndex,
    names: HashMap<u32, String>,
}

impl ThreadNamer {
    fn name(&mut self, value: &mut Value) {
        let Some(object) = value.as_object_mut() else {
            return;
        };
        if object.contains_key("conversation") {
            return;
        }
        let Some(id) = object.get("external_id").and_then(Value::as_str) else {
            return;
        };
        let Some(thread) = self.threads.of(id) else {
            return;
        };
        let name = self
            .names
            .entry(thread)
            .or_insert_with(|| id.to_owned())
            .clone();
        object.insert("conversation".into(), Value::String(name));
    }
}

/// The header of a table, with its mapping.
pub struct Columns {
    pub columns: Vec<String>,
    /// Which says what.
    pub mapping: Vec<String>,
}

/// The records of a file; for a table also its columns, and the mapping completed from them.
/// The error names the file.
pub fn records(path: &Path, mapping: &Mapping) -> anyhow::Result<(Records, Option<Columns>)> {
    let head = head(path)?;
    let path_name = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {path_name}"))?;
    let file = BufReader::with_capacity(1 << 20, file);
    let first = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&head)
        .trim_ascii_start()
        .first();
    if first == Some(&b'{') {
        let lines = JsonLines::new(file).map(|line| {
            Ok(line.map(|it| MessageRecord {
                line: it.line,
                parsed: it.value,
            })?)
        });
        return Ok((Box::new(lines), None));
    }
    let table = Table::open(file, &head).map_err(|err| anyhow::anyhow!("{path_name}: {err}"))?;
    let mapping = mapping.clone().completed(&table.header);
    let bound = mapping
        .bind(&table.header)
        .map_err(|err| anyhow::anyhow!("{path_name}: {err}"))?;
    let columns = Columns {
        columns: table.header.clone(),
        mapping: mapping.written(),
    };
    Ok((
        Box::new(table.map(move |record| Ok(row(&bound, record)))),
        Some(columns),
    ))
}

fn row(bound: &BoundMapping, record: vigie_listen::past::TableRecord) -> MessageRecord {
    let read = record.cells.and_then(|cells| {
        let borrowed: Vec<&str> = cells.iter().map(String::as_str).collect();
        bound
            .object(&borrowed)
            .map_err(|err| (Refusal::new("cell_wrong", err), cells.join(",")))
    });
    MessageRecord {
        line: record.line,
        parsed: read,
    }
}
