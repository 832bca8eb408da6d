//! Exports everything Vigie stores, one sheet per noun, in readable form: public ids for keys,
//! RFC 3339 for instants. Secrets, password hashes and data that only serves performance are
//! not exported: see `LEFT`.

mod person;
mod sheets_actions;
mod sheets_messages;
mod sheets_people;
mod sheets_settings;

use serde_json::{Map, Value as Json};
use vigie_model::At;

pub use person::{PersonSheet, files_of};

use crate::{Error, Exports, Result, Row, args};

/// Tables that are not exported, each with its reason.
pub const LEFT: &[(&str, &str)] = &[
    ("schema_version", "the shape of the database"),
    ("counter", "the next numbers"),
    ("tally", "counts, kept for speed"),
    ("setting", "secrets of the instance"),
    ("session", "who is signed in"),
    ("ticket", "links that work once"),
    ("private_link", "hashes of customers' links"),
    (
        "address_check",
        "hashes of the links that ask whose an address is",
    ),
    ("identifier", "exact forms of what accounts hold"),
    (
        "shared_identifier",
        "addresses several persons use: see links",
    ),
    ("mention", "notes hold the names"),
    ("delivery", "attempts, remembered for a while"),
    ("webhook_delivery", "attempts, remembered for a while"),
    ("letter", "wiped once they left"),
    ("report", "messages hold who reported"),
    ("seen", "who read what: of use to nobody else"),
    ("bulk", "acts on many cases, to undo them: facts hold each"),
    ("imported", "which import made which message"),
    (
        "imported_thing",
        "which import made or changed which customer and order",
    ),
];

/// Every sheet.
pub fn sheets() -> impl Iterator<Item = &'static ExportSheet> {
    sheets_people::SHEETS
        .iter()
        .chain(sheets_messages::SHEETS)
        .chain(sheets_actions::SHEETS)
        .chain(sheets_settings::SHEETS)
}

/// How a column is written in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    Id,
    /// A text or a code.
    Text,
    /// An instant, RFC 3339 in UTC.
    Instant,
    Number,
    Flag,
    /// A JSON value with its own structure.
    Object,
}

/// One noun: a file of JSON Lines.
#[derive(Debug)]
pub struct ExportSheet {
    /// The name of the sheet and of its file.
    pub name: &'static str,
    /// The table it exports.
    pub table: &'static str,
    pub about: &'static str,
    /// The SQL expression that numbers its rows.
    key: &'static str,
    /// The SQL `FROM` clause.
    from: &'static str,
    /// Name, shape and SQL expression of each field; `author.email` is nested in `author`.
    pub fields: &'static [(&'static str, ColumnType, &'static str)],
}

impl ExportSheet {
    fn sql(&self, of: &str) -> String {
        let columns: Vec<String> = self
            .fields
            .iter()
            .enumerate()
            .map(|(place, (_, _, sql))| format!("{sql} AS c{place}"))
            .collect();
        let (key, from) = (self.key, self.from);
        format!(
            "SELECT {key} AS row_key, {} \
                FROM {from} \
                WHERE {of} AND {key} > $1 \
                ORDER BY {key} \
                LIMIT $2",
            columns.join(", ")
        )
    }

    fn read(&self, row: &Row) -> Result<(i64, Json)> {
        let mut object = Map::new();
        for (place, (name, shape, _)) in self.fields.iter().enumerate() {
            let value = value(row, &format!("c{place}"), *shape)?;
            if value.is_null() {
                continue;
            }
            match name.split_once('.') {
                None => drop(object.insert((*name).to_owned(), value)),
                Some((outer, inner)) => {
                    let within = object
                        .entry(outer)
                        .or_insert_with(|| Json::Object(Map::new()));
                    if let Json::Object(within) = within {
                        within.insert(inner.to_owned(), value);
                    }
                }
            }
        }
        Ok((row.int("row_key")?, Json::Object(object)))
    }
}

fn value(row: &Row, column: &str, shape: ColumnType) -> Result<Json> {
    Ok(match shape {
        ColumnType::Id => row.opt_id(column)?.map(|it| it.to_string()).into(),
        ColumnType::Text => row.opt_text(column)?.into(),
        ColumnType::Instant => row
            .opt_int(column)?
            .map(|it| At::from_millis(it).to_string())
            .into(),
        ColumnType::Number => row.opt_int(column)?.into(),
        ColumnType::Flag => row.opt_int(column)?.map(|it| it != 0).into(),
        ColumnType::Object => {
            let wrong = |err: serde_json::Error| Error::Stored {
                column: column.into(),
                detail: err.to_string(),
            };
            row.opt_text(column)?
                .map(|it| serde_json::from_str(&it).map_err(wrong))
                .transpose()?
                .unwrap_or_default()
        }
    })
}

impl Exports {
    /// Up to `limit` rows of a sheet after a row, each with its number.
    pub async fn sheet(
        &mut self,
        sheet: &ExportSheet,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Json)>> {
        self.sheet_where(sheet, "1 = 1", after, limit).await
    }

    /// The same, restricted to rows for which the SQL condition `of` holds.
    async fn sheet_where(
        &mut self,
        sheet: &ExportSheet,
        of: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Json)>> {
        self.0
            .all(sheet.sql(of), args![after, limit])
            .await?
            .iter()
            .map(|row| sheet.read(row))
            .collect()
    }

    /// The tables of the database.
    pub async fn tables(&mut self) -> Result<Vec<String>> {
        let sql = if self.0.is_postgres() {
            "SELECT CAST(tablename AS TEXT) AS name \
                FROM pg_tables \
                WHERE schemaname = 'public' \
                ORDER BY 1"
        } else {
            "SELECT name \
                FROM sqlite_master \
                WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                ORDER BY 1"
        };
        let rows = self.0.all(sql, vec![]).await?;
        rows.iter().map(|row| row.text("name")).collect()
    }

    /// The hashes of the files that attachments and mails name, without duplicates.
    pub async fn attachment_hashes(&mut self) -> Result<Vec<String>> {
        let rows = self
            .0
            .all(
                "SELECT DISTINCT sha256 FROM attachment ORDER BY sha256",
                vec![],
            )
            .await?;
        rows.iter().map(|row| row.text("sha256")).collect()
    }
}
