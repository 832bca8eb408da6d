//! Exports of other helpdesks, of our own making and with expected messages: each is told apart by
//! what is in it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use serde_json::{Value, json};
use vigie_listen::{
    api,
    past::{
        JsonLines,
        helpdesk::{People, TicketEntry, read, unwrapped},
    },
};
use vigie_model::At;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/helpdesk")
}

/// The things of a file: lines, or one value.
fn things(name: &str) -> Vec<Value> {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    let whole: Result<Value, _> = serde_json::from_slice(&bytes);
    match whole {
        Ok(value) => unwrapped(value),
        Err(_) => JsonLines::new(&bytes[..])
            .flat_map(|it| unwrapped(it.unwrap().value.unwrap()))
            .collect(),
    }
}

/// What a message says, as the expected ones say it.
fn told(message: &Value) -> Value {
    let now = At::from_millis(1_900_000_000_000);
    let read = api::read(message, now, |_| None).item.parsed.unwrap();
    let words: Vec<&str> = read.text.split_whitespace().collect();
    let bare = |id: &str| id.split_once(':').unwrap().1.to_owned();
    json!({
        "external_id": bare(&read.external_id),
        "thread": bare(message["conversation"].as_str().unwrap()),
        "author": {
            "name": read.author.name,
            "email": read.author.email,
            "phone": read.author.phone,
        },
        "emitter": read.emitter,
        "visibility": read.visibility,
        "at": read.at.unwrap(),
        "text": words.join(" ").chars().take(20).collect::<String>(),
        "title": read.title,
    })
}

fn expected(message: &Value) -> Value {
    let at: At = message["at"].as_str().unwrap().parse().unwrap();
    json!({
        "external_id": message["external_id"],
        "thread": message["thread"],
        "author": message["author"],
        "emitter": message["emitter"],
        "visibility": message["visibility"],
        "at": at,
        "text": message["text30"].as_str().unwrap().chars().take(20).collect::<String>(),
        "title": message["title"],
    })
}

/// The people exported beside a file.
fn people_of(file: &str) -> People {
    let beside = match file {
        "freshdesk.json" => Some("freshdesk_users.json"),
        _ if file.starts_with("zendesk") => Some("zendesk_users.jsonl"),
        _ => None,
    };
    let mut people = People::default();
    for person in beside.into_iter().flat_map(things) {
        assert!(people.learn(&person), "{person}");
    }
    people
}

fn by_id(mut all: Vec<Value>) -> Vec<Value> {
    all.sort_by_key(|it| it["external_id"].as_str().unwrap().to_owned());
    all
}

#[test]
fn every_export_is_told_apart_and_read() {
    let all: Value =
        serde_json::from_slice(&std::fs::read(folder().join("expected.json")).unwrap()).unwrap();
    for (file, wanted) in all
        .as_object()
        .unwrap()
        .iter()
        .filter(|it| it.1.get("messages").is_some())
    {
        let (mut said, mut notes, mut refused) = (Vec::new(), Vec::new(), 0);
        let mut people = people_of(file);
        for thing in things(file) {
            // A page of an API may bring its people along.
            if people.learn(&thing) {
                continue;
            }
            match read(&thing, &people) {
                Err(_) => refused += 1,
                Ok(entries) => {
                    for entry in entries {
                        match entry {
                            TicketEntry::Message(message) => said.push(told(&message)),
                            TicketEntry::Skipped(why, words) if why.problem == "note_internal" => {
                                notes.push(words)
                            }
                            TicketEntry::Skipped(why, _) => {
                                assert_eq!(why.problem, "attachment_elsewhere")
                            }
                        }
                    }
                }
            }
        }
        let messages = wanted["messages"].as_array().unwrap();
        let (internal, public): (Vec<&Value>, Vec<&Value>) =
            messages.iter().partition(|it| it["is_note"] == true);
        assert_eq!(
            by_id(said),
            by_id(public.into_iter().map(expected).collect()),
            "{file}"
        );
        assert_eq!(notes.len(), internal.len(), "{file}: notes");
        assert_eq!(
            refused,
            wanted["refused"].as_array().unwrap().len(),
            "{file}: refused"
        );
    }
}

#[test]
fn what_is_no_ticket_is_refused_by_name() {
    let people = People::default();
    for (ticket, problem) in [
        (json!({"hello": 1}), "ticket_unknown"),
        (json!(["x"]), "ticket_unknown"),
        (json!(7), "ticket_unknown"),
        (json!({"requester_id": 1, "id": "x"}), "ticket_wrong"),
        (
            json!({"requester_id": 1, "id": 2, "description": "x", "created_at": "yesterday"}),
            "ticket_wrong",
        ),
        (json!({"payload": 3, "meta": {}}), "ticket_wrong"),
        (
            json!({"_embedded": {"threads": 3}, "id": 1}),
            "ticket_wrong",
        ),
        (json!({"helpdesk_ticket": null}), "ticket_wrong"),
    ] {
        assert_eq!(
            read(&ticket, &people).unwrap_err().problem,
            problem,
            "{ticket}"
        );
    }
}
