//! Exports of other helpdesks: exports and saved API pages of Zendesk, Freshdesk, Help Scout,
//! FreeScout and Chatwoot, identified by their content, never by the file's name. Each ticket
//! becomes messages in the shape of the API, in one thread.
//!
//! Internal notes are recognised and not taken for answers. Attachments are only URLs in these
//! files: they are listed and never fetched. What was deleted there, or never sent, is left
//! out.

mod chatwoot;
mod freshdesk;
mod help_scout;
mod zendesk;

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use vigie_model::At;

use crate::Refusal;

/// One entry of a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum TicketEntry {
    /// A message in the shape of the API.
    Message(Value),
    /// What is not imported, with its reason and its own text.
    Skipped(Refusal, String),
}

/// The people named in tickets, by id, when the export lists them separately.
#[derive(Debug, Default)]
pub struct People(HashMap<String, Value>);

/// A person, as a ticket names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Contact {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

/// One message of a ticket.
#[derive(Debug, Clone, Default)]
struct TicketMessage {
    maker: &'static str,
    id: String,
    ticket: String,
    title: Option<String>,
    who: Contact,
    emitter: &'static str,
    public: bool,
    note: bool,
    at: String,
    text: Option<String>,
    html: Option<String>,
    attachments: Vec<Value>,
}

/// The items in one value of a file: a ticket, a page of tickets, people.
pub fn unwrapped(value: Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.into_iter().flat_map(unwrapped).collect(),
        Value::Object(mut object) => {
            let page = ["tickets", "results", "users", "conversations"]
                .into_iter()
                .find(|it| object.get(*it).is_some_and(is_page));
            if let Some(page) = page.filter(|_| object.get("id").is_none()) {
                let people = object
                    .remove("users")
                    .filter(|_| page != "users")
                    .map(unwrapped)
                    .unwrap_or_default();
                let things = object.remove(page).map(unwrapped).unwrap_or_default();
                return people.into_iter().chain(things).collect();
            }
            if let Some(Value::Object(mut inner)) = object.remove("_embedded") {
                if let Some(all) = inner.remove("conversations") {
                    return unwrapped(all);
                }
                object.insert("_embedded".into(), Value::Object(inner));
            }
            match object.remove("data") {
                Some(Value::Object(mut data)) if data.contains_key("payload") => {
                    data.remove("payload").map(unwrapped).unwrap_or_default()
                }
                Some(data) => {
                    object.insert("data".into(), data);
                    vec![Value::Object(object)]
                }
                None => vec![Value::Object(object)],
            }
        }
        other => vec![other],
    }
}

fn is_page(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|all| all.iter().all(Value::is_object))
}

impl People {
    /// Remembers a value if it is a person; returns false otherwise.
    pub fn learn(&mut self, value: &Value) -> bool {
        let person = match value.get("user") {
            Some(inner) if value.as_object().is_some_and(|it| it.len() == 1) => inner,
            _ => value,
        };
        let named = person.get("role").is_some() || person.get("helpdesk_agent").is_some();
        let is_person = named && person.get("subject").is_none() && person.get("name").is_some();
        if let Some(id) = id(person).filter(|_| is_person) {
            self.0.insert(id, person.clone());
        }
        is_person
    }

    fn of(&self, id: Option<&Value>) -> Option<&Value> {
        self.0.get(&text_of(id?)?)
    }
}

/// The content of a ticket, oldest first. When it fails, nothing of the ticket is imported.
pub fn read(ticket: &Value, people: &People) -> Result<Vec<TicketEntry>, Refusal> {
    let embedded = ticket
        .get("_embedded")
        .is_some_and(|it| it.get("threads").is_some());
    let has = |name: &str| ticket.get(name).is_some();
    let said = if has("helpdesk_ticket")
        || has("conversations")
        || (has("description_text") && ticket["status"].is_number())
    {
        freshdesk::read(ticket, people)?
    } else if embedded {
        help_scout::read(ticket)?
    } else if (has("payload") && has("meta")) || (has("messages") && has("inbox_id")) {
        chatwoot::read(ticket)?
    } else if has("requester_id") || has("comments") {
        zendesk::read(ticket, people)?
    } else {
        let detail = "this is no ticket of Zendesk, Freshdesk, Help Scout, FreeScout or Chatwoot, \
            as far as we know them";
        return Err(Refusal::new("ticket_unknown", detail));
    };
    let mut said = said;
    said.sort_by_key(|it| it.at.parse::<At>().map_or(0, At::millis));
    Ok(said.into_iter().flat_map(TicketMessage::entries).collect())
}

impl TicketMessage {
    fn entries(self) -> Vec<TicketEntry> {
        let place = format!("{} {}, ticket {}", self.maker, self.id, self.ticket);
        let mut entries = Vec::new();
        for attachment in &self.attachments {
            let detail = format!(
                "{place}: the export holds the address of this attachment, not its bytes; it is \
                    not fetched"
            );
            entries.push(TicketEntry::Skipped(
                Refusal::new("attachment_elsewhere", detail),
                attachment.to_string(),
            ));
        }
        if self.note {
            let words = self.text.or(self.html).unwrap_or_default();
            let detail =
                format!("{place}: an internal note, kept here; it was never said to the customer");
            entries.push(TicketEntry::Skipped(
                Refusal::new("note_internal", detail),
                words,
            ));
            return entries;
        }
        let mut author = Map::new();
        for (field, value) in [
            ("name", self.who.name),
            ("email", self.who.email),
            ("phone", self.who.phone),
        ] {
            author.extend(value.map(|it| (field.to_owned(), Value::String(it))));
        }
        let mut message = json!({
            "external_id": format!("{}:{}", self.maker, self.id),
            "conversation": format!("{}:{}", self.maker, self.ticket),
            "emitter": self.emitter,
            "visibility": if self.public { "public" } else { "private" },
            "at": self.at,
            "author": author,
        });
        // Only HTML: its text is extracted, and the HTML is stored unchanged.
        let written = || {
            self.html
                .as_deref()
                .map(|it| crate::mail::split_html(it).visible)
        };
        let text = self.text.or_else(written);
        if let Some(object) = message.as_object_mut() {
            for (field, value) in [("title", self.title), ("text", text), ("html", self.html)] {
                object.extend(value.map(|it| (field.to_owned(), Value::String(it))));
            }
        }
        entries.insert(0, TicketEntry::Message(message));
        entries
    }
}

/// An id: an integer or digits.
fn id(value: &Value) -> Option<String> {
    let id = text_of(value.get("id")?)?;
    id.bytes()
        .all(|it| it.is_ascii_digit())
        .then_some(id)
        .filter(|it| !it.is_empty())
}

/// A number or a string, as a string.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A text field, if it is not empty.
fn words(value: &Value, field: &str) -> Option<String> {
    value
        .get(field)
        .and_then(Value::as_str)
        .filter(|it| !it.trim().is_empty())
        .map(str::to_owned)
}

fn flag(value: &Value, field: &str) -> bool {
    value.get(field).and_then(Value::as_bool) == Some(true)
}

fn list(value: &Value, field: &str) -> Vec<Value> {
    value
        .get(field)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn wrong(field: &str, what: &str) -> Refusal {
    Refusal::new("ticket_wrong", format!("{field}: {what}"))
}

fn needed_id(value: &Value, what: &str) -> Result<String, Refusal> {
    id(value).ok_or_else(|| wrong(what, "there must be an id, a whole number"))
}

/// A field that must be a list.
fn needed_list(value: &Value, field: &str) -> Result<Vec<Value>, Refusal> {
    value
        .get(field)
        .and_then(Value::as_array)
        .cloned()
        .ok_or_else(|| wrong(field, "must be a list"))
}

/// An instant: RFC 3339, or seconds since 1970.
fn instant(value: Option<&Value>, field: &str) -> Result<String, Refusal> {
    let read = match value {
        Some(Value::String(text)) => text.parse::<At>().ok().map(|_| text.clone()),
        Some(Value::Number(seconds)) => seconds
            .as_f64()
            .filter(|it| (0.0..1e11).contains(it))
            .map(|it| At::from_millis((it * 1_000.0) as i64).to_string()),
        _ => None,
    };
    read.ok_or_else(|| wrong(field, "is no time: RFC 3339 or seconds since 1970"))
}

/// `Name <address>`.
fn addressed(text: &str) -> Contact {
    match text.split_once('<') {
        Some((name, address)) => Contact {
            name: Some(name.trim().trim_matches('"').to_owned()).filter(|it| !it.is_empty()),
            email: Some(address.trim_end().trim_end_matches('>').to_owned()),
            phone: None,
        },
        None => Contact {
            email: Some(text.trim().to_owned()),
            ..Contact::default()
        },
    }
}
