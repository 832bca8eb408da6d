//! Help Scout, and FreeScout, whose API mirrors it: conversations with their threads, newest
//! first. FreeScout stores the summary of a telephone call as a note by the agent: it still
//! counts as a contact from the customer.

use serde_json::Value;

use super::{Contact, TicketMessage, instant, list, needed_id, needed_list, text_of, words, wrong};
use crate::Refusal;

pub(super) fn read(conversation: &Value) -> Result<Vec<TicketMessage>, Refusal> {
    let of = needed_id(conversation, "id")?;
    let embedded = conversation
        .get("_embedded")
        .ok_or_else(|| wrong("_embedded", "holds the threads"))?;
    let mut threads = needed_list(embedded, "threads")?;
    if text(conversation, "state") == "deleted" || text(conversation, "status") == "spam" {
        return Ok(Vec::new());
    }
    let freescout = conversation.get("threadsCount").is_some();
    threads.sort_by_key(|it| (words(it, "createdAt"), it.get("id").and_then(text_of)));
    let customer = conversation
        .get("primaryCustomer")
        .or_else(|| conversation.get("customer"))
        .unwrap_or(&Value::Null);
    let telephone = phone(customer);
    let (mut said, mut first) = (Vec::new(), true);
    for thread in threads
        .iter()
        .filter(|it| text(it, "type") != "lineitem" && text(it, "state") == "published")
    {
        let kind = text(thread, "type");
        let called = text(conversation, "type") == "phone"
            && (kind == "phone" || (freescout && first && kind == "note"));
        first = false;
        let speaker = thread
            .get(if called { "customer" } else { "createdBy" })
            .unwrap_or(&Value::Null);
        let theirs = called || text(speaker, "type") == "customer";
        let body = words(thread, "body").unwrap_or_default();
        let is_html = body.contains('<');
        said.push(TicketMessage {
            maker: if freescout { "freescout" } else { "helpscout" },
            id: needed_id(thread, "threads: id")?,
            ticket: of.clone(),
            title: words(conversation, "subject"),
            who: Contact {
                name: name(speaker),
                email: words(speaker, "email"),
                phone: telephone.clone().filter(|_| theirs),
            },
            emitter: if theirs { "customer" } else { "brand" },
            public: false,
            note: kind == "note" && !called,
            at: instant(thread.get("createdAt"), "threads: createdAt")?,
            text: Some(body.clone()).filter(|_| !is_html),
            html: Some(body).filter(|_| is_html),
            attachments: thread
                .get("_embedded")
                .map(|it| list(it, "attachments"))
                .unwrap_or_default(),
        });
    }
    Ok(said)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn name(it: &Value) -> Option<String> {
    let parts = [["first", "firstName"], ["last", "lastName"]]
        .map(|names| names.iter().find_map(|field| words(it, field)));
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(name).filter(|it| !it.is_empty())
}

fn phone(customer: &Value) -> Option<String> {
    let listed = || {
        list(customer.get("_embedded")?, "phones")
            .iter()
            .find_map(|it| words(it, "value"))
    };
    words(customer, "phone").or_else(listed)
}
