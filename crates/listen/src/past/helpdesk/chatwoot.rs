//! Chatwoot: saved pages of a conversation's messages, or conversations with their messages.
//! It has no export of its own.

use serde_json::Value;

use super::{
    Contact, TicketMessage, flag, id, instant, list, needed_id, needed_list, text_of, words, wrong,
};
use crate::Refusal;

pub(super) fn read(value: &Value) -> Result<Vec<TicketMessage>, Refusal> {
    let page = value.get("payload").is_some();
    let messages = needed_list(value, if page { "payload" } else { "messages" })?;
    let own = if page {
        None
    } else {
        Some(needed_id(value, "id")?)
    };
    let meta = value.get("meta").unwrap_or(&Value::Null);
    let extra = |value: &Value, field: &str| {
        value
            .get("additional_attributes")
            .and_then(|it| words(it, field))
    };
    let tweet = meta.get("channel").and_then(Value::as_str) == Some("Channel::TwitterProfile")
        && extra(value, "type").as_deref() == Some("tweet");
    let title = extra(meta, "mail_subject").or_else(|| extra(value, "mail_subject"));
    let mut said = Vec::new();
    for message in &messages {
        let ours = match message.get("message_type") {
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(word)) if word == "incoming" => Some(0),
            Some(Value::String(word)) if word == "outgoing" => Some(1),
            Some(Value::String(_)) => Some(2),
            _ => return Err(wrong("message_type", "must be a number or a word")),
        };
        let attributes = message.get("content_attributes").unwrap_or(&Value::Null);
        // Skip the system's own messages about the conversation, and deleted ones.
        if !matches!(ours, Some(0 | 1)) || flag(attributes, "deleted") {
            continue;
        }
        let told = message.get("conversation_id").and_then(text_of);
        let ticket = own
            .clone()
            .or(told)
            .ok_or_else(|| wrong("conversation_id", "must be there"))?;
        let text = words(message, "content");
        let mail = attributes
            .get("email")
            .and_then(|it| it.get("html_content"))
            .and_then(|it| words(it, "full"));
        said.push(TicketMessage {
            maker: "chatwoot",
            id: needed_id(message, "messages: id")?,
            ticket,
            title: title.clone(),
            who: who(message.get("sender"), meta),
            emitter: if ours == Some(0) { "customer" } else { "brand" },
            public: tweet,
            note: flag(message, "private"),
            at: instant(message.get("created_at"), "created_at")?,
            html: mail.filter(|_| text.is_none()),
            text,
            attachments: list(message, "attachments"),
        });
    }
    Ok(said)
}

fn who(sender: Option<&Value>, meta: &Value) -> Contact {
    let Some(sender) = sender.filter(|it| it.is_object()) else {
        return Contact::default();
    };
    // An agent's address is given only for the assignee.
    let assignee = meta
        .get("assignee")
        .filter(|it| id(it).is_some() && id(it) == id(sender));
    let agent = sender.get("type").and_then(Value::as_str) == Some("user");
    let email = words(sender, "email").or_else(|| words(assignee.filter(|_| agent)?, "email"));
    Contact {
        name: words(sender, "name"),
        email,
        phone: words(sender, "phone_number"),
    }
}
