//! A person answers, and the answer leaves: once to a person, at least once to a program, never in
//! rehearsal.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{TestServer, story};

type Received = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// A receiver that fails twice before it takes anything.
async fn receiver() -> (String, Received) {
    let received: Received = Arc::default();
    let take = |State(received): State<Received>, headers: HeaderMap, body: Bytes| async move {
        let mut received = received.lock().unwrap();
        received.push((headers, String::from_utf8(body.to_vec()).unwrap()));
        if received.len() <= 2 {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::NO_CONTENT
        }
    };
    let routes = Router::new()
        .route("/hook", post(take))
        .with_state(received.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address, received)
}

async fn stamp(agent: &crate::test_server::Caller, case: &str) -> Value {
    agent.get(&format!("/api/v1/cases/{case}")).await["stamp"].clone()
}

story!(
    a_webhook_that_fails_twice_is_tried_again_under_the_same_id,
    |server: TestServer| async move {
        let (address, received) = receiver().await;
        let administrator = server.caller(Role::Administrator).await;
        let path = format!("/api/v1/sources/{}", server.api.id);
        administrator
            .act("PATCH", &path, json!({"webhook_url": address}))
            .await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my parcel?").await;
        agent
            .act(
                "POST",
                &format!("/api/v1/cases/{case}/notes"),
                json!({"text": "INTERNAL-WORDS @Inès"}),
            )
            .await;
        let seen = stamp(&agent, &case).await;
        let body =
            json!({"text": "It leaves tomorrow. Inès", "visibility": "private", "seen": seen});
        let out = agent
            .act("POST", &format!("/api/v1/cases/{case}/answers"), body)
            .await;
        server.turn_outbox().await;
        assert!(
            received.lock().unwrap().is_empty(),
            "it can still be called back"
        );
        for seconds in [11, 6, 31] {
            server.pass(seconds);
            server.turn_outbox().await;
        }
        let received = received.lock().unwrap().clone();
        assert_eq!(received.len(), 3, "two failures, one success");
        let webhook = standardwebhooks::Webhook::new(&server.api.secret).unwrap();
        for (headers, body) in &received {
            assert_eq!(
                headers["webhook-id"],
                out["id"].as_str().unwrap(),
                "the same id at every attempt"
            );
            // The library checks the age of the timestamp against the machine's clock; ours is
            // moved by hand.
            let at: i64 = headers["webhook-timestamp"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            let expected = webhook
                .sign(headers["webhook-id"].to_str().unwrap(), at, body.as_bytes())
                .unwrap();
            assert_eq!(headers["webhook-signature"], expected);
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["data"]["text"], "It leaves tomorrow. Inès");
            assert_eq!(
                (
                    body["data"]["in_reply_to"].as_str(),
                    body["data"]["author"]["name"].as_str()
                ),
                (Some("1"), Some("Inès Carlier"))
            );
            assert!(
                !body.to_string().contains("INTERNAL-WORDS"),
                "nothing internal ever leaves"
            );
        }
        let log = server.caller(Role::Lead).await.get("/api/v1/outbox").await;
        let log: Vec<_> = log[0]["log"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["status"].as_i64())
            .collect();
        assert_eq!(log, [Some(500), Some(500), Some(204)]);
    }
);

story!(
    an_answer_is_called_back_within_ten_seconds,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my parcel?").await;
        let body = json!({"text": "Tomorow. \
            Inès", "visibility": "private", "seen": stamp(&agent, &case).await});
        let path = format!("/api/v1/cases/{case}/answers");
        let out = agent.act("POST", &path, body.clone()).await;
        server.pass(5);
        let back = agent
            .act(
                "DELETE",
                &format!("/api/v1/answers/{}", out["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        assert_eq!(back["text"], "Tomorow. Inès");
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(
            (full["state"].as_str(), full["draft"]["text"].as_str()),
            (Some("open"), Some("Tomorow. Inès"))
        );
        let out = agent.act("POST", &path, body).await;
        server.pass(11);
        server.turn_outbox().await;
        let path = format!("/api/v1/answers/{}", out["id"].as_str().unwrap());
        assert_eq!(
            agent.refused("DELETE", &path, json!({})).await,
            "already_left"
        );
    }
);

story!(
    whoever_is_called_back_on_waits_as_before,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my parcel?").await;
        server.pass(3_600);
        server
            .post_messages(
                &json!({"external_id": "2", "in_reply_to": "1", "text": "Nobody there?"}),
            )
            .await;
        let place = format!("/api/v1/cases/{case}");
        let before = agent.get(&place).await;
        let body = json!({"text": "Tomorow. \
            Inès", "visibility": "private", "seen": stamp(&agent, &case).await});
        let out = agent.act("POST", &format!("{place}/answers"), body).await;
        agent
            .act(
                "DELETE",
                &format!("/api/v1/answers/{}", out["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        let after = agent.get(&place).await;
        assert!(
            before["due_at"].is_string() && after["due_at"] == before["due_at"],
            "{after}"
        );

        // Answered, one adds a word and takes it back: it is the customer's turn as before.
        let say = async |text: &str| {
            let body =
                json!({"text": text, "visibility": "private", "seen": stamp(&agent, &case).await});
            agent.act("POST", &format!("{place}/answers"), body).await
        };
        say("Tomorrow. Inès").await;
        server.pass(60);
        let second = say("Before noon. Inès").await;
        agent
            .act(
                "DELETE",
                &format!("/api/v1/answers/{}", second["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        assert_eq!(agent.get(&place).await["state"], "waiting_customer");
    }
);

story!(
    an_answer_that_did_not_arrive_brings_back_a_case_ended_with_it,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let source = format!("/api/v1/sources/{}", server.api.id);
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let ends = async |case: &str, text: &str| {
            let place = format!("/api/v1/cases/{case}");
            let body =
                json!({"text": text, "visibility": "private", "seen": stamp(&agent, case).await});
            administrator
                .act(
                    "PATCH",
                    &source,
                    json!({"webhook_url": "http://127.0.0.1:9/nobody"}),
                )
                .await;
            agent.act("POST", &format!("{place}/answers"), body).await;
            agent
                .form(
                    "PUT",
                    &format!("{place}/closure"),
                    &[("how", "answered")],
                    None,
                )
                .await;
            // The way back is gone when its turn comes: it is refused.
            administrator
                .act("PATCH", &source, json!({"webhook_url": ""}))
                .await;
        };
        let case = server
            .hears("1", "My lamp is broken, I want my money back.")
            .await;
        ends(&case, "We send another. Inès").await;
        server.pass(11);
        server.turn_outbox().await;
        let place = format!("/api/v1/cases/{case}");
        let back = agent.get(&place).await;
        assert_eq!(
            (back["state"].as_str(), &back["closure"], &back["ladder"]),
            (Some("open"), &json!(null), &json!([]))
        );
        assert!(
            back["due_at"].is_string() && back["owner"].is_null() && back["take_by"].is_string(),
            "{back}"
        );

        // Answered anew where the customer wrote, the older answer may come back: nobody waits.
        ends(&case, "It leaves today. Inès").await;
        server.pass(5);
        let there = [
            ("text", "It leaves today. Inès"),
            ("url", "https://forum.example/1"),
        ];
        agent
            .form("POST", &format!("{place}/answered-there"), &there, None)
            .await;
        server.pass(11);
        server.turn_outbox().await;
        assert_eq!(agent.get(&place).await["state"], "closed");
    }
);

story!(
    an_answer_whose_reply_was_lost_is_sent_again_and_leaves_once,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let other = server.named(Role::Agent, "Jonas Weil").await;
        let case = server.hears("1", "Where is my parcel?").await;
        let path = format!("/api/v1/cases/{case}/answers");
        let seen = stamp(&agent, &case).await;
        let body =
            json!({"text": "It leaves tomorrow. Inès", "visibility": "private", "seen": seen});
        let first = agent.act("POST", &path, body.clone()).await;
        server.pass(4);
        assert_eq!(
            agent.act("POST", &path, body.clone()).await,
            first,
            "the same answer, to be called back until the same time"
        );
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(full["messages"].as_array().unwrap().len(), 2);
        assert_eq!(server.history().await.matches("answer.queued").count(), 1);
        // Other words, another person, or a call back in between: another answer.
        let second = agent
            .act(
                "POST",
                &path,
                json!({"text": "It has left. Inès", "visibility": "private", "seen": seen}),
            )
            .await;
        assert_ne!(second["id"], first["id"]);
        assert_eq!(
            other.refused("POST", &path, body.clone()).await,
            "stale",
            "another person reads them first"
        );
        let fresh = |seen: Value| {
            json!({"text": "It leaves tomorrow. \
            Inès", "visibility": "private", "seen": seen})
        };
        let theirs = other
            .act("POST", &path, fresh(stamp(&other, &case).await))
            .await;
        assert_ne!(theirs["id"], first["id"]);
        let body = fresh(stamp(&agent, &case).await);
        agent
            .act(
                "DELETE",
                &format!("/api/v1/answers/{}", first["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        let again = agent.act("POST", &path, body.clone()).await;
        assert_ne!(
            again["id"], first["id"],
            "what was called back is sent anew"
        );
        // Much later the same words are meant once more.
        server.pass(3_600);
        assert_ne!(agent.act("POST", &path, body).await["id"], again["id"]);
    }
);

story!(
    a_stale_send_is_refused_and_the_newer_words_shown,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my parcel?").await;
        let seen = stamp(&agent, &case).await;
        server
            .post_messages(
                &json!({"external_id": "2", "in_reply_to": "1", "text": "Found it, never mind!"}),
            )
            .await;
        let path = format!("/api/v1/cases/{case}/answers");
        let body = json!({"text": "We are searching. Inès", "visibility": "private", "seen": seen});
        assert_eq!(agent.refused("POST", &path, body).await, "stale");
        let body = json!({"text": "Glad to hear it. \
            Inès", "visibility": "private", "seen": stamp(&agent, &case).await});
        agent.act("POST", &path, body).await;
    }
);

story!(
    personal_data_never_leaves_in_public_and_promises_are_kept_in_view,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my refund?").await;
        let seen = stamp(&agent, &case).await;
        let path = format!("/api/v1/cases/{case}/answers");
        let body =
            json!({"text": "Call 06 12 34 56 78. Inès", "visibility": "public", "seen": seen});
        assert_eq!(
            agent.refused("POST", &path, body).await,
            "personal_data_in_public"
        );
        let remarks = agent
            .act(
                "POST",
                "/api/v1/remarks",
                json!({"text": "We will refund you within 48 hours.", "visibility": "private"}),
            )
            .await;
        let rules: Vec<_> = remarks
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["rule"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(rules, ["unsigned", "promise"]);
        let promise = json!({"text": "We will refund you within 48 \
            hours.", "due_at": "2026-11-19T18:00:00+01:00"});
        let body = json!({"text": "We will refund you within 48 hours. \
            Inès", "visibility": "private", "seen": seen, "promise": promise});
        agent.act("POST", &path, body).await;
        let today = agent.get("/api/v1/today").await;
        let made = today["promises"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["case"] == case.as_str());
        assert!(made.is_none(), "due in more than two days");
        server.pass(86_400);
        let today = agent.get("/api/v1/today").await;
        let promise = today["promises"][0]["id"].as_str().unwrap().to_owned();
        agent
            .act(
                "PUT",
                &format!("/api/v1/promises/{promise}/outcome"),
                json!({"kept": true}),
            )
            .await;
        assert!(
            agent.get("/api/v1/today").await["promises"]
                .as_array()
                .unwrap()
                .is_empty()
        );
        agent
            .act(
                "DELETE",
                &format!("/api/v1/promises/{promise}/outcome"),
                json!({}),
            )
            .await;
        assert_eq!(
            agent.get("/api/v1/today").await["promises"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
);

story!(
    in_rehearsal_nothing_leaves_and_all_is_shown,
    |server: TestServer| async move {
        let (address, received) = receiver().await;
        let administrator = server.caller(Role::Administrator).await;
        administrator
            .act(
                "PATCH",
                &format!("/api/v1/sources/{}", server.api.id),
                json!({"webhook_url": address}),
            )
            .await;
        administrator
            .act(
                "PATCH",
                &format!("/api/v1/brands/{}", server.brand.id),
                json!({"rehearsal": true}),
            )
            .await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my parcel?").await;
        let body = json!({"text": "Tomorrow. \
            Inès", "visibility": "private", "seen": stamp(&agent, &case).await});
        agent
            .act("POST", &format!("/api/v1/cases/{case}/answers"), body)
            .await;
        server.pass(11);
        server.turn_outbox().await;
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(full["messages"][1]["out"]["state"], "rehearsed");
        assert!(received.lock().unwrap().is_empty());
        assert_eq!(agent.get("/api/v1/me").await["rehearsal"], true);
    }
);

story!(colleagues_see_each_other, |server: TestServer| async move {
    let (one, two) = (
        server.named(Role::Agent, "Inès Carlier").await,
        server.named(Role::Agent, "Thomas Vasseur").await,
    );
    let case = server.hears("1", "Where is my parcel?").await;
    let path = format!("/api/v1/cases/{case}/presence");
    assert!(
        one.act("PUT", &path, json!({"writing": true}))
            .await
            .as_array()
            .unwrap()
            .is_empty()
    );
    let others = two.act("PUT", &path, json!({"writing": false})).await;
    assert_eq!(
        (others[0]["name"].as_str(), others[0]["writing"].as_bool()),
        (Some("Inès Carlier"), Some(true))
    );
    server.pass(60);
    assert!(
        two.act("PUT", &path, json!({"writing": false}))
            .await
            .as_array()
            .unwrap()
            .is_empty()
    );
    one.act(
        "POST",
        &format!("/api/v1/cases/{case}/notes"),
        json!({"text": "@Thomas can you look?"}),
    )
    .await;
    assert_eq!(
        two.get("/api/v1/today").await["mentions"][0]["by"],
        "Inès Carlier"
    );
    two.act("PUT", &path, json!({"writing": false})).await;
    assert!(
        two.get("/api/v1/today").await["mentions"]
            .as_array()
            .unwrap()
            .is_empty()
    );
});

story!(
    the_first_human_words_stop_the_clock_and_a_receipt_does_not,
    |server: TestServer| async move {
        let (agent, lead) = (
            server.named(Role::Agent, "Claire Morvan").await,
            server.caller(Role::Lead).await,
        );
        let answered = server
            .hears("a", "My lamp is broken, I want my money back.")
            .await;
        server
            .hears("b", "My parcel never came and nobody answers me.")
            .await;
        assert_eq!(lead.get("/api/v1/first-contact").await["late"], json!([]));
        server.pass(45 * 60);
        let path = format!("/api/v1/cases/{answered}");
        let text = "Hello, here is your money.\n\nClaire Morvan";
        let body =
            json!({"text": text, "visibility": "private", "seen": stamp(&agent, &answered).await});
        agent.act("POST", &format!("{path}/answers"), body).await;
        let kinds = |found: &Value| found["kinds"][0].clone();
        let found = kinds(&lead.get("/api/v1/first-contact").await);
        assert_eq!(
            (&found["median"], &found["waiting"]),
            (&Value::Null, &json!(2)),
            "it has not left yet: {found}"
        );

        let by_phone = [
            ("text", "We spoke on the phone."),
            ("url", "https://example.org/call"),
        ];
        let (status, said) = agent
            .form("POST", &format!("{path}/answered-there"), &by_phone, None)
            .await;
        assert_eq!(status, 200, "{said}");
        let found = kinds(&lead.get("/api/v1/first-contact").await);
        assert_eq!(
            (
                &found["median"]["estimate"],
                &found["median"]["n"],
                &found["waiting"]
            ),
            (&json!(45.0), &json!(1), &json!(1))
        );

        server.pass(3 * 86_400);
        let late = lead.get("/api/v1/first-contact").await["late"].clone();
        assert_eq!(
            (&late[0]["kind"], &late[0]["cases"]),
            (&json!("complaint"), &json!(1)),
            "{late}"
        );
        let page = lead.get("/api/v1/cases?view=late").await;
        assert_eq!(
            page["cases"].as_array().unwrap().len(),
            1,
            "the list behind the number"
        );
    }
);

story!(
    a_colleague_s_answer_is_read_before_another_leaves,
    |server: TestServer| async move {
        let (one, two) = (
            server.named(Role::Agent, "Claire Morvan").await,
            server.named(Role::Agent, "Yann Ily").await,
        );
        let case = server.hears("1", "My lamp is broken").await;
        let seen = one.get(&format!("/api/v1/cases/{case}")).await["stamp"].clone();
        let words =
            |text: &str, seen: &Value| json!({"text": text, "visibility": "private", "seen": seen});
        let place = format!("/api/v1/cases/{case}/answers");
        two.act(
            "POST",
            &place,
            words("A new lamp leaves today. Yann", &seen),
        )
        .await;
        assert_eq!(
            one.refused("POST", &place, words("We are sorry. Claire", &seen))
                .await,
            "stale",
            "they did not see it"
        );
        // One's own words one has seen.
        two.act("POST", &place, words("It bears the number 7. Yann", &seen))
            .await;
        let now = one.get(&format!("/api/v1/cases/{case}")).await["stamp"].clone();
        one.act("POST", &place, words("We are sorry. Claire", &now))
            .await;
    }
);
