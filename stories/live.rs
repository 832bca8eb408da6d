//! The live stream resumes where a browser stopped, and tells one that slept too long to reload.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

/// What was told, but for the beats: each event's name and number.
fn told(text: &str) -> Vec<(String, String)> {
    let whole = text.rsplit_once("\n\n").map_or("", |it| it.0);
    let field = |event: &str, name: &str| {
        event
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let events = whole
        .split("\n\n")
        .map(|it| (field(it, "event:"), field(it, "id:")));
    events
        .filter(|it| !["", "beat"].contains(&it.0.as_str()))
        .collect()
}

async fn first_events(caller: &Caller, last: Option<&str>, wanted: usize) -> Vec<(String, String)> {
    let mut stream = caller.stream(last).await;
    let mut text = String::new();
    let read = async {
        while told(&text).len() < wanted {
            let Some(Ok(part)) = stream.next().await else {
                break;
            };
            text.push_str(&String::from_utf8_lossy(&part));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .expect("events come");
    told(&text)
}

story!(
    a_browser_resumes_where_it_stopped,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let before = server
            .instance
            .store
            .read()
            .await
            .unwrap()
            .facts()
            .last()
            .await
            .unwrap();
        server.hears("1", "Where is my parcel?").await;
        let events = first_events(&agent, Some(&before.to_string()), 2).await;
        assert_eq!(events[0], ("fact".to_owned(), (before + 1).to_string()));
        assert_eq!(events[1], ("fact".to_owned(), (before + 2).to_string()));
        let events = first_events(&agent, Some("999999"), 1).await;
        assert_eq!(events[0].0, "refresh", "a number of another server");
    }
);

story!(
    what_happens_reaches_a_browser_that_listens,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let listening = {
            let agent = agent.clone();
            tokio::spawn(async move { first_events(&agent, None, 1).await })
        };
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.hears("1", "Where is my parcel?").await;
        assert_eq!(listening.await.unwrap()[0].0, "fact");
    }
);

story!(
    a_line_beats_from_the_first_moment_and_ends_with_its_session,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let agent = server.caller(Role::Agent).await;
        let known = agent.get("/api/v1/me").await["fact"].as_i64().unwrap();
        server.hears("1", "Where is my parcel?").await;
        let events = first_events(&agent, Some(&known.to_string()), 2).await;
        assert_eq!(
            events[0].1,
            (known + 1).to_string(),
            "what happened between who I am and the first listening is told"
        );

        let mut stream = agent.stream(None).await;
        let first = stream.next().await.unwrap().unwrap();
        let newest = server
            .instance
            .store
            .read()
            .await
            .unwrap()
            .facts()
            .last()
            .await
            .unwrap();
        assert!(
            String::from_utf8_lossy(&first).contains("event: beat"),
            "{first:?}"
        );
        assert!(
            String::from_utf8_lossy(&first).contains(&format!("id: {newest}")),
            "{first:?}"
        );
        administrator
            .act(
                "PATCH",
                &format!("/api/v1/people/{}", agent.id),
                serde_json::json!({"disabled": true}),
            )
            .await;
        let rest = async { while let Some(Ok(_)) = stream.next().await {} };
        tokio::time::timeout(Duration::from_secs(40), rest)
            .await
            .expect("whoever is kept out hears nothing more");
    }
);

story!(
    a_volunteer_hears_of_the_cases_they_see_only,
    |server: TestServer| async move {
        let case = server.hears("1", "My lamp gave me an electric shock").await;
        let lead = server.caller(Role::Lead).await;
        let volunteer = server.named(Role::Volunteer, "Gwen Le Bris").await;
        let note = format!("/api/v1/cases/{case}/notes");
        let since = async || {
            let mut session = server.instance.store.read().await.unwrap();
            session.facts().last().await.unwrap().to_string()
        };
        let names = |events: Vec<(String, String)>| -> Vec<String> {
            events.into_iter().map(|(name, _)| name).collect()
        };

        let before = since().await;
        lead.act("POST", &note, json!({"text": "not for her"}))
            .await;
        let heard = first_events(&volunteer, Some(&before), 1).await;
        assert_eq!(names(heard), ["changed"], "that, and nothing of it");
        let heard = first_events(&lead, Some(&before), 1).await;
        assert_eq!(names(heard), ["fact"]);

        let path = format!("/api/v1/cases/{case}/assignment");
        let given = json!({"person": volunteer.id});
        lead.act("PUT", &path, given).await;
        let before = since().await;
        lead.act("POST", &note, json!({"text": "for her"})).await;
        let heard = first_events(&volunteer, Some(&before), 1).await;
        assert_eq!(names(heard), ["fact"], "it is hers now");
    }
);
