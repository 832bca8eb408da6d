//! `api`: programs post messages as JSON. Each item is read separately: a bad one is refused,
//! the others are processed.

use std::collections::BTreeMap;

use serde_json::Value;
use vigie_model::{At, Channel, Emitter, IncomingAuthor, IncomingMessage, Visibility};

use crate::{IncomingItem, Refusal, Upload, fields::JsonFields, signed_token};

/// The longest text accepted, in characters.
pub const LONGEST_TEXT: usize = 100_000;
const LONGEST_ID: usize = 512;
const LONGEST_SHORT: usize = 2_000;

/// An item and its files, not stored yet.
#[derive(Debug, Clone)]
pub struct PostedMessage {
    pub item: IncomingItem,
    /// Its files, in the order of the message's attachments.
    pub files: Vec<crate::StoredFile>,
}

/// Reads one item. `now` is the latest time at which it can have been written.
pub fn read(value: &Value, now: At, decode: impl Fn(&str) -> Option<Vec<u8>>) -> PostedMessage {
    let external_id = value
        .get("external_id")
        .and_then(Value::as_str)
        .map(|it| it.chars().take(LONGEST_ID).collect());
    match message(value, now, decode) {
        Ok((message, files)) => {
            let external_id = Some(message.external_id.clone());
            PostedMessage {
                item: IncomingItem {
                    external_id,
                    raw: value.to_string(),
                    parsed: Ok(message),
                },
                files,
            }
        }
        Err(refusal) => PostedMessage {
            item: IncomingItem {
                external_id,
                raw: value.to_string(),
                parsed: Err(refusal),
            },
            files: vec![],
        },
    }
}

impl PostedMessage {
    /// Lets the shop's signed token tell who the author is, when the item carries one: what the
    /// item says besides of who they are is left out. An item whose token is not good is refused.
    #[must_use]
    pub fn vouched(mut self, value: &Value, secret: &str, now: At) -> Self {
        let Some(token) = value.pointer("/author/token").filter(|it| !it.is_null()) else {
            return self;
        };
        let token = token.as_str().unwrap_or_default(); // default: no text is no token
        self.item.parsed = self.item.parsed.and_then(|mut message| {
            let signed = signed_token::read(token, secret, now)?;
            message.author = IncomingAuthor {
                name: signed.name.or(message.author.name),
                handle: message.author.handle,
                followers: message.author.followers,
                ..signed
            };
            Ok(message)
        });
        self
    }
}

type Decoded = (IncomingMessage, Vec<crate::StoredFile>);

fn message(
    value: &Value,
    now: At,
    decode: impl Fn(&str) -> Option<Vec<u8>>,
) -> Result<Decoded, Refusal> {
    let Value::Object(fields) = value else {
        return Err(Refusal::new(
            "item_not_an_object",
            "each item must be a JSON object",
        ));
    };
    let fields = JsonFields { fields, place: "" };
    let external_id = fields
        .text("external_id", LONGEST_ID)?
        .filter(|it| !it.trim().is_empty());
    let external_id = external_id
        .ok_or_else(|| Refusal::new("external_id_missing", "external_id is missing or empty"))?;
    let html = fields.text("html", LONGEST_TEXT * 4)?;
    let text = fields.text("text", LONGEST_TEXT)?.unwrap_or_default();
    let files = attachments(&fields, decode)?;
    if text.trim().is_empty() && html.is_none() && files.is_empty() {
        return Err(Refusal::new(
            "text_missing",
            "text is missing or empty, and there is neither html nor attachment",
        ));
    }
    let (at, at_offset) = fields
        .past("at", now)?
        .map_or((None, 0), |(at, offset)| (Some(at), offset));
    let mut message = IncomingMessage::new(external_id, text);
    message.html = html;
    message.title = fields.text("title", LONGEST_SHORT)?;
    message.url = fields
        .text("url", LONGEST_SHORT)?
        .filter(|it| it.starts_with("https://") || it.starts_with("http://"));
    message.at = at;
    message.at_offset = at_offset;
    message.author = fields.author("author")?;
    message.in_reply_to = fields.text("in_reply_to", LONGEST_ID)?;
    message.conversation = fields.text("conversation", LONGEST_ID)?;
    message.visibility = fields.code("visibility")?.unwrap_or(Visibility::Private);
    message.emitter = fields.code("emitter")?.unwrap_or(Emitter::Customer);
    message.channel = fields.code::<Channel>("channel")?;
    message.rating = fields.number("rating")?;
    message.counts = counts(&fields)?;
    message.counts_version = fields.text("counts_version", 100)?;
    message.order = fields.text("order", 100)?;
    message.attachments = files.iter().map(|kept| kept.file.clone()).collect();
    Ok((message, files))
}

fn counts(fields: &JsonFields<'_>) -> Result<BTreeMap<String, i64>, Refusal> {
    let Some(counts) = fields.object("counts")? else {
        return Ok(BTreeMap::new());
    };
    if counts.len() > 50 {
        return Err(Refusal::new(
            "counts_too_many",
            "counts holds more than 50 names",
        ));
    }
    let counts = JsonFields {
        fields: counts,
        place: "counts",
    };
    counts
        .fields
        .keys()
        .map(|name| {
            Ok((
                name.chars().take(100).collect(),
                counts.whole(name)?.unwrap_or(0),
            ))
        })
        .collect()
}

fn attachments(
    fields: &JsonFields<'_>,
    decode: impl Fn(&str) -> Option<Vec<u8>>,
) -> Result<Vec<crate::StoredFile>, Refusal> {
    let Some(list) = fields.fields.get("attachments").filter(|it| !it.is_null()) else {
        return Ok(vec![]);
    };
    let Some(list) = list.as_array().filter(|list| list.len() <= 20) else {
        return Err(Refusal::new(
            "attachments_wrong",
            "attachments must be an array of at most 20 objects",
        ));
    };
    let mut kept = Vec::with_capacity(list.len());
    for (number, file) in list.iter().enumerate() {
        let text = |name| file.get(name).and_then(Value::as_str);
        let wrong = || {
            Refusal::new(
                "attachment_wrong",
                format!("attachments[{number}] needs name and content (base64)"),
            )
        };
        let (name, content) = text("name").zip(text("content")).ok_or_else(wrong)?;
        let bytes = decode(content).ok_or_else(wrong)?;
        kept.push(
            Upload {
                name: name.to_owned(),
                bytes,
            }
            .check()?,
        );
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> Refusal {
        let now = At::from_millis(1_800_000_000_000);
        read(&serde_json::from_str(json).unwrap(), now, |_| None)
            .item
            .parsed
            .unwrap_err()
    }

    #[test]
    fn a_refusal_names_the_place() {
        assert_eq!(refusal(r#"[]"#).problem, "item_not_an_object");
        assert_eq!(refusal(r#"{"text":"x"}"#).problem, "external_id_missing");
        assert_eq!(
            refusal(r#"{"external_id":"1","text":" "}"#).problem,
            "text_missing"
        );
        let wrong = refusal(r#"{"external_id":"1","text":"x","author":{"email":3}}"#);
        assert_eq!(wrong.detail, "author.email must be a text");
        let wrong = refusal(r#"{"external_id":"1","text":"x","emitter":"robot"}"#);
        assert!(
            wrong
                .detail
                .starts_with("emitter must be one of customer, brand")
        );
        assert_eq!(
            refusal(r#"{"external_id":"1","text":"x","at":"2090-01-01T00:00:00Z"}"#).problem,
            "at_in_the_future"
        );
        assert!(
            refusal(r#"{"external_id":"1","text":"a\u0000b"}"#)
                .detail
                .contains("NUL")
        );
    }
}
