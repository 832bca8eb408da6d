//! The copy given to a person who asks what is stored about them: everything, as JSON for
//! programs; and a page to read, with what is meaningful to a person. The page is
//! self-contained, since it is read away from the server.

use askama::Template;
use serde_json::{Map, Value, json};
use vigie_model::{Lang, Money};
use vigie_respond::format_datetime_of_year;
use vigie_store::export::{ColumnType, PersonSheet};
use vigie_wording::{Catalogue, catalogue};

use super::Page;

/// For programs: one array per noun, with the names of `vigie export`.
pub fn as_json(copied: &[PersonSheet]) -> Value {
    let sheets: Map<String, Value> = copied
        .iter()
        .map(|(sheet, rows)| (sheet.name.into(), json!(rows)))
        .collect();
    Value::Object(sheets)
}

/// For people, in a language; times are those of a zone, an IANA name.
///
/// # Errors
/// When the template fails.
pub fn as_page(copied: &[PersonSheet], lang: Lang, zone: &str) -> Result<String, askama::Error> {
    let reader = Reader {
        words: catalogue(lang),
        lang,
        zone,
    };
    let words = reader.words;
    let page = PersonCopyPage {
        page: Page {
            lang,
            title: words.copy.title,
        },
        style: include_str!("pages.css"),
        sections: copied
            .iter()
            .filter_map(|sheet| section(sheet, &reader))
            .collect(),
    };
    page.render()
}

#[derive(Template)]
#[template(path = "person_copy.html")]
struct PersonCopyPage<'a> {
    page: Page<'a>,
    style: &'a str,
    sections: Vec<Section>,
}

/// Who the page is for.
struct Reader<'a> {
    words: &'static Catalogue,
    lang: Lang,
    /// An IANA name.
    zone: &'a str,
}

/// A sheet that means something to a person.
struct Section {
    heading: &'static str,
    rows: Vec<Vec<Item>>,
}

/// A field and its value.
struct Item {
    label: &'static str,
    words: String,
}

fn section((sheet, rows): &PersonSheet, reader: &Reader<'_>) -> Option<Section> {
    let heading = reader.words.copy.headings.get(sheet.name)?;
    let items = |row: &Value| {
        let fields = sheet.fields.iter();
        let items = fields.flat_map(|field| items(row, field.0, field.1, reader));
        items.collect()
    };
    Some(Section {
        heading,
        rows: rows.iter().map(items).collect(),
    })
}

/// A field of a row; a nested field, such as `author.email`, is shown on its own.
fn items(row: &Value, name: &str, shape: ColumnType, reader: &Reader<'_>) -> Vec<Item> {
    let words = reader.words;
    let (outer, inner) = name.split_once('.').unwrap_or((name, "")); // default: it is not nested
    let value = row.get(outer).and_then(|value| match inner {
        "" => Some(value),
        inner => value.get(inner),
    });
    let last = if inner.is_empty() { name } else { inner };

    match (value, shape) {
        (Some(Value::Object(parts)), _) => parts
            .iter()
            .filter_map(|(part, value)| {
                item(part, &format!("{name}.{part}"), value.as_str()?, words)
            })
            .collect(),
        (Some(Value::String(at)), ColumnType::Instant) => {
            let read = at
                .parse()
                .map(|at| format_datetime_of_year(at, reader.zone, reader.lang));
            // default: what is no instant is shown as it is
            let at = read.unwrap_or_else(|_| at.clone());
            item(name, name, &at, words).into_iter().collect()
        }
        (Some(Value::String(text)), _) => item(last, name, text, words).into_iter().collect(),
        (Some(Value::Number(number)), _) => {
            let number = total(row, name).unwrap_or_else(|| number.to_string());
            item(name, name, &number, words).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Money is stored in minor units, and shown in major ones.
fn total(row: &Value, name: &str) -> Option<String> {
    let minor = row.get("total").filter(|_| name == "total")?.as_i64()?;
    let currency = row.get("currency")?.as_str()?.to_owned();
    Some(Money { minor, currency }.to_string())
}

/// A label and its value; `path` is the full name, for labels that differ there.
fn item(name: &str, path: &str, value: &str, words: &Catalogue) -> Option<Item> {
    let copy = &words.copy;
    let label = copy.labels.get(path).or_else(|| copy.labels.get(name))?;
    let meaning = |field: &str| copy.codes.get(&format!("{field}.{value}"));
    let meaning = meaning(path).or_else(|| meaning(name));
    Some(Item {
        label,
        words: meaning.unwrap_or(value).to_owned(), // default: it is no code but a text
    })
}

#[cfg(test)]
mod tests {
    use vigie_model::{
        CaseState, Channel, Emitter, EvidenceKind, Harm, HowEnded, Kind, OrderStatus, Queue,
        Sentiment,
    };

    use super::*;

    #[test]
    fn every_code_a_person_may_read_has_its_words() {
        let missing = |field: &str, codes: Vec<&str>| -> Vec<String> {
            let lacks = |code: &&str| {
                catalogue(Lang::Fr)
                    .copy
                    .codes
                    .get(&format!("{field}.{code}"))
                    .is_none()
            };
            codes
                .into_iter()
                .filter(lacks)
                .map(|it| format!("{field}: {it}"))
                .collect()
        };
        let all = [
            missing("kind", Kind::ALL.iter().map(|it| it.code()).collect()),
            missing(
                "sentiment",
                Sentiment::ALL.iter().map(|it| it.code()).collect(),
            ),
            missing("harm", Harm::ALL.iter().map(|it| it.code()).collect()),
            missing("state", CaseState::ALL.iter().map(|it| it.code()).collect()),
            missing("how", HowEnded::ALL.iter().map(|it| it.code()).collect()),
            missing("queue", Queue::ALL.iter().map(|it| it.code()).collect()),
            missing(
                "status",
                OrderStatus::ALL.iter().map(|it| it.code()).collect(),
            ),
            missing("emitter", Emitter::ALL.iter().map(|it| it.code()).collect()),
            missing("channel", Channel::ALL.iter().map(|it| it.code()).collect()),
            missing(
                "evidence",
                EvidenceKind::ALL.iter().map(|it| it.code()).collect(),
            ),
        ];
        assert_eq!(all.concat(), Vec::<String>::new());
    }
}
