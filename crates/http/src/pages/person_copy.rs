//! The copy given to a person who asks what is stored about them: everything, as JSON for
//! programs; and a page to read, with what is meaningful to a person. The page is
//! self-contained, since it is read away from the server.

use serde_json::{Map, Value, json};
use vigie_model::{Lang, Money};
use vigie_store::export::{ColumnType, PersonSheet};

use super::{
    copy_texts::{heading, label, meaning},
    document,
};
use crate::html::escape;

/// For programs: one array per noun, with the names of `vigie export`.
pub fn as_json(copied: &[PersonSheet]) -> Value {
    let sheets: Map<String, Value> = copied
        .iter()
        .map(|(sheet, rows)| (sheet.name.into(), json!(rows)))
        .collect();
    Value::Object(sheets)
}

/// For people, in a language.
pub fn as_page(copied: &[PersonSheet], lang: Lang) -> String {
    let title = match lang {
        Lang::Fr => "Ce qui est gardé à votre sujet",
        Lang::En => "What is kept about you",
    };
    let mut body = format!("<h1>{title}</h1>");
    for (sheet, rows) in copied {
        let Some(heading) = heading(sheet.name, lang) else {
            continue;
        };
        body.push_str(&format!("<h2>{heading}</h2>"));
        for row in rows {
            let told: String = sheet
                .fields
                .iter()
                .map(|it| field(row, it.0, it.1, lang))
                .collect();
            body.push_str(&format!("<dl>{told}</dl>"));
        }
    }
    let style = format!("<style>{}</style>", include_str!("pages.css"));
    document(lang, title, &style, &body)
}

/// A field of a row; a nested field, such as `author.email`, is shown on its own.
fn field(row: &Value, name: &str, shape: ColumnType, lang: Lang) -> String {
    let (outer, inner) = name.split_once('.').unwrap_or((name, ""));
    let value = row.get(outer).and_then(|it| {
        if inner.is_empty() {
            Some(it)
        } else {
            it.get(inner)
        }
    });
    match (value, shape) {
        (Some(Value::Object(parts)), _) => parts
            .iter()
            .filter_map(|(part, it)| {
                definition_item(part, &format!("{name}.{part}"), it.as_str()?, lang)
            })
            .collect(),
        (Some(Value::String(at)), ColumnType::Instant) => {
            let at = at.get(..16).unwrap_or(at).replace('T', " ") + " UTC";
            definition_item(name, name, &at, lang).unwrap_or_default()
        }
        (Some(Value::String(words)), _) => definition_item(
            if inner.is_empty() { name } else { inner },
            name,
            words,
            lang,
        )
        .unwrap_or_default(),
        (Some(Value::Number(number)), _) => {
            let said = total(row, name).unwrap_or_else(|| number.to_string());
            definition_item(name, name, &said, lang).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Money is stored in minor units, and shown in major ones.
fn total(row: &Value, name: &str) -> Option<String> {
    let minor = row.get("total").filter(|_| name == "total")?.as_i64()?;
    Some(
        Money {
            minor,
            currency: row.get("currency")?.as_str()?.to_owned(),
        }
        .to_string(),
    )
}

/// A label and its value; `path` is the full name, for labels that differ there.
fn definition_item(name: &str, path: &str, said: &str, lang: Lang) -> Option<String> {
    let label = label(path, lang).or_else(|| label(name, lang))?;
    let words = meaning(path, said, lang)
        .or_else(|| meaning(name, said, lang))
        .unwrap_or(said);
    // Line breaks are part of the text.
    Some(format!(
        "<dt>{label}</dt><dd>{}</dd>",
        escape(words).replace('\n', "<br>")
    ))
}
