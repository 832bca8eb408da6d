//! Zendesk: the account's JSON export, one ticket per line with its comments, and saved pages
//! of its API.

use serde_json::Value;

use super::{
    Contact, People, TicketMessage, flag, instant, list, needed_id, text_of, words, wrong,
};
use crate::Refusal;

pub(super) fn read(ticket: &Value, people: &People) -> Result<Vec<TicketMessage>, Refusal> {
    let id = needed_id(ticket, "id")?;
    if ticket.get("status").and_then(Value::as_str) == Some("deleted") {
        return Ok(Vec::new());
    }
    let comments = match ticket.get("comments") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(all)) => all.clone(),
        Some(_) => return Err(wrong("comments", "must be a list")),
    };
    let title = words(ticket, "subject");
    let mut said = Vec::new();
    for comment in &comments {
        said.push(utterance(
            ticket,
            comment,
            people,
            (needed_id(comment, "comments: id")?, &id, &title),
        )?);
    }
    if comments.is_empty() {
        // A page of the API: the description is the first and only comment.
        let mut first = ticket.clone();
        if let Some(first) = first.as_object_mut() {
            first.insert(
                "author_id".into(),
                ticket.get("requester_id").cloned().unwrap_or_default(),
            );
            first.insert(
                "plain_body".into(),
                ticket.get("description").cloned().unwrap_or_default(),
            );
            first.remove("public");
        }
        said.push(utterance(
            ticket,
            &first,
            people,
            (format!("ticket-{id}"), &id, &title),
        )?);
    }
    Ok(said)
}

fn utterance(
    ticket: &Value,
    comment: &Value,
    people: &People,
    (id, of, title): (String, &str, &Option<String>),
) -> Result<TicketMessage, Refusal> {
    let author = comment.get("author_id");
    let via = comment.get("via").unwrap_or(&Value::Null);
    let source = via.get("source").unwrap_or(&Value::Null);
    let inside = ["requester", "submitter", "assignee"]
        .into_iter()
        .filter_map(|it| ticket.get(it));
    let known = people.of(author).or_else(|| {
        let mut inside = inside.filter(|it| it.is_object());
        inside.find(|it| it.get("id").and_then(text_of) == author.and_then(text_of))
    });
    let from = source.get("from").unwrap_or(&Value::Null);
    let who = match known {
        Some(it) => Contact {
            name: words(it, "name"),
            email: words(it, "email"),
            phone: words(it, "phone"),
        },
        None => Contact {
            name: words(from, "name"),
            email: words(from, "address"),
            phone: words(from, "phone"),
        },
    };
    let asks = author.and_then(text_of) == ticket.get("requester_id").and_then(text_of);
    let customer =
        asks || known.is_none_or(|it| it.get("role").and_then(Value::as_str) == Some("end-user"));
    let (channel, rel) = (
        via.get("channel").and_then(Value::as_str),
        source.get("rel").and_then(Value::as_str),
    );
    let public = match channel {
        Some("twitter") => rel != Some("direct_message"),
        Some("facebook") => rel == Some("post"),
        _ => false,
    };
    let text = words(comment, "plain_body").or_else(|| words(comment, "body"));
    Ok(TicketMessage {
        maker: "zendesk",
        id,
        ticket: of.to_owned(),
        title: title.clone(),
        who,
        emitter: if customer { "customer" } else { "brand" },
        public,
        note: comment.get("public").and_then(Value::as_bool) == Some(false),
        at: instant(comment.get("created_at"), "created_at")?,
        html: words(comment, "html_body").filter(|_| text.is_none()),
        text,
        attachments: list(comment, "attachments")
            .into_iter()
            .filter(|it| !flag(it, "deleted"))
            .collect(),
    })
}
