//! Freshdesk: the account's export, `{"helpdesk_ticket": …}` with its notes, and tickets of
//! its API v2 with their conversations. In both, the first message is the ticket's own
//! description.

use serde_json::Value;

use super::{
    Contact, People, TicketMessage, addressed, flag, instant, list, needed_id, needed_list,
    text_of, words, wrong,
};
use crate::Refusal;

pub(super) fn read(value: &Value, people: &People) -> Result<Vec<TicketMessage>, Refusal> {
    let ticket = value.get("helpdesk_ticket").unwrap_or(value);
    if !ticket.is_object() {
        return Err(wrong("helpdesk_ticket", "must be an object"));
    }
    let export = ticket.get("display_id").is_some();
    let id = match ticket.get("display_id").and_then(text_of) {
        Some(id) => id,
        None => needed_id(ticket, "id")?,
    };
    let notes = needed_list(ticket, if export { "notes" } else { "conversations" })?;
    if flag(ticket, "deleted") || flag(ticket, "spam") {
        return Ok(Vec::new());
    }
    let asker = ticket
        .get("requester")
        .or_else(|| people.of(ticket.get("requester_id")))
        .map(who)
        .unwrap_or_default();
    let (plain, html) = if export {
        ("description", "description_html")
    } else {
        ("description_text", "description")
    };
    let text = words(ticket, plain);
    let mut said = vec![TicketMessage {
        maker: "freshdesk",
        id: format!("ticket-{id}"),
        ticket: id.clone(),
        title: words(ticket, "subject"),
        who: asker.clone(),
        emitter: "customer",
        at: instant(ticket.get("created_at"), "created_at")?,
        html: words(ticket, html).filter(|_| text.is_none()),
        text,
        attachments: list(ticket, "attachments"),
        ..TicketMessage::default()
    }];
    for note in notes
        .iter()
        .map(|it| it.get("note").unwrap_or(it))
        .filter(|it| !flag(it, "deleted"))
    {
        said.push(of_note(ticket, note, people, (&id, &asker, export))?);
    }
    Ok(said)
}

fn of_note(
    ticket: &Value,
    note: &Value,
    people: &People,
    (of, asker, export): (&str, &Contact, bool),
) -> Result<TicketMessage, Refusal> {
    let user = note.get("user_id");
    let is = |field: &str| {
        user.and_then(text_of)
            .is_some_and(|it| ticket.get(field).and_then(text_of) == Some(it))
    };
    let speaker = if is("requester_id") {
        asker.clone()
    } else if let Some(known) = people.of(user) {
        who(known)
    } else if let Some(name) = words(ticket, "responder_name").filter(|_| is("responder_id")) {
        Contact {
            name: Some(name),
            ..Contact::default()
        }
    } else {
        words(note, "from_email")
            .map(|it| addressed(&it))
            .unwrap_or_default()
    };
    let (plain, html) = if export {
        ("body", "body_html")
    } else {
        ("body_text", "body")
    };
    let text = words(note, plain);
    Ok(TicketMessage {
        maker: "freshdesk",
        id: needed_id(note, "notes: id")?,
        ticket: of.to_owned(),
        title: words(ticket, "subject"),
        who: speaker,
        emitter: if flag(note, "incoming") {
            "customer"
        } else {
            "brand"
        },
        public: false,
        note: flag(note, "private"),
        at: instant(note.get("created_at"), "notes: created_at")?,
        html: words(note, html).filter(|_| text.is_none()),
        text,
        attachments: list(note, "attachments"),
    })
}

fn who(it: &Value) -> Contact {
    Contact {
        name: words(it, "name"),
        email: words(it, "email"),
        phone: words(it, "mobile").or_else(|| words(it, "phone")),
    }
}
