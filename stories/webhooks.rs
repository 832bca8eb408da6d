//! Programs are told the history: what they asked for, in order, signed, at least once; and again
//! when they ask.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

/// A program that answers with the status it is told to, and remembers what it took.
#[derive(Clone, Default)]
struct Receiver {
    answers: Arc<AtomicU16>,
    heard: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    async fn open() -> (String, Self) {
        let receiver = Self::default();
        receiver.answers.store(204, Ordering::Relaxed);
        let take = |State(it): State<Self>, headers: HeaderMap, body: Bytes| async move {
            it.heard
                .lock()
                .unwrap()
                .push((headers, String::from_utf8(body.to_vec()).unwrap()));
            StatusCode::from_u16(it.answers.load(Ordering::Relaxed)).unwrap()
        };
        let routes = Router::new()
            .route("/hook", post(take))
            .with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (address, receiver)
    }

    fn answer(&self, status: u16) {
        self.answers.store(status, Ordering::Relaxed);
    }

    /// What it was told since the last time: ids and acts.
    fn told(&self) -> Vec<(String, String)> {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        let told = heard.into_iter().map(|(headers, body)| {
            let body: Value = serde_json::from_str(&body).unwrap();
            (
                headers["webhook-id"].to_str().unwrap().to_owned(),
                body["type"].as_str().unwrap().to_owned(),
            )
        });
        told.collect()
    }
}

/// A webhook: its id and its secret.
async fn webhook(administrator: &Caller, url: &str, acts: Value) -> (String, String) {
    let made = administrator
        .act(
            "POST",
            "/api/v1/webhooks",
            json!({"name": "till", "url": url, "acts": acts}),
        )
        .await;
    (
        made["id"].as_str().unwrap().to_owned(),
        made["secret"].as_str().unwrap().to_owned(),
    )
}

/// Waits until the program has heard this many times.
async fn hears(receiver: &Receiver, many: usize) {
    for _ in 0..400 {
        if receiver.heard.lock().unwrap().len() >= many {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!(
        "told {} times, not {many}",
        receiver.heard.lock().unwrap().len()
    );
}

/// Time enough for several turns of its tasks.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(600)).await;
}

story!(
    a_program_is_told_what_it_asked_for_in_order_and_signed,
    |server: TestServer| async move {
        let (address, receiver) = Receiver::open().await;
        let administrator = server.caller(Role::Administrator).await;
        let (id, secret) =
            webhook(&administrator, &address, json!(["case.", "note.written"])).await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "PLANTED-WORDS where is my parcel?").await;
        agent
            .act(
                "POST",
                &format!("/api/v1/cases/{case}/notes"),
                json!({"text": "PLANTED-NOTE"}),
            )
            .await;
        hears(&receiver, 2).await;
        let heard = receiver.heard.lock().unwrap().clone();
        let webhook = standardwebhooks::Webhook::new(&secret).unwrap();
        let mut last = 0;
        for (headers, body) in &heard {
            let at: i64 = headers["webhook-timestamp"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            let signed = webhook
                .sign(headers["webhook-id"].to_str().unwrap(), at, body.as_bytes())
                .unwrap();
            assert_eq!(headers["webhook-signature"], signed);
            assert!(!body.contains("PLANTED"), "facts carry no words");
            let body: Value = serde_json::from_str(body).unwrap();
            let number = body["data"]["number"].as_i64().unwrap();
            assert_eq!(headers["webhook-id"], format!("{id}.{number}"));
            assert!(number > last, "in order");
            last = number;
        }
        let acts: Vec<String> = receiver.told().into_iter().map(|it| it.1).collect();
        assert!(
            acts.iter()
                .all(|it| it.starts_with("case.") || it == "note.written"),
            "{acts:?}"
        );
        assert!(
            acts.contains(&"case.opened".into()) && acts.contains(&"note.written".into()),
            "{acts:?}"
        );
    }
);

story!(
    a_program_that_fails_is_told_later_and_nothing_is_passed_over,
    |server: TestServer| async move {
        let (address, receiver) = Receiver::open().await;
        let administrator = server.caller(Role::Administrator).await;
        let (id, _) = webhook(&administrator, &address, json!(["case.opened"])).await;
        receiver.answer(500);
        server.hears("1", "Where is my parcel?").await;
        server.hears("2", "My lamp is broken").await;
        hears(&receiver, 1).await;
        let first = receiver.told().remove(0);
        a_while().await;
        assert!(
            receiver.told().is_empty(),
            "it is not tried again at once, and the second waits behind the first"
        );
        let shown = administrator.get("/api/v1/webhooks").await;
        assert_eq!(
            (
                shown[0]["attempts"].as_i64(),
                shown[0]["log"][0]["status"].as_i64()
            ),
            (Some(1), Some(500))
        );
        receiver.answer(204);
        server.pass(6);
        hears(&receiver, 2).await;
        let told = receiver.told();
        assert_eq!(told[0], first, "the same id at every attempt");
        assert_ne!(told[1].0, first.0);
        // Told again, under the same ids.
        let path = format!("/api/v1/webhooks/{id}/replay");
        administrator.act("POST", &path, json!({"after": 0})).await;
        hears(&receiver, 2).await;
        assert_eq!(receiver.told(), told);
        assert_eq!(
            administrator
                .refused("POST", &path, json!({"after": 999_999}))
                .await,
            "fact_unknown"
        );
    }
);

story!(
    a_program_gone_for_good_is_paused_and_resumed_by_a_person,
    |server: TestServer| async move {
        let (address, receiver) = Receiver::open().await;
        let administrator = server.caller(Role::Administrator).await;
        let (id, _) = webhook(&administrator, &address, json!(["case.opened"])).await;
        receiver.answer(410);
        server.hears("1", "Where is my parcel?").await;
        hears(&receiver, 1).await;
        for _ in 0..100 {
            if !administrator.get("/api/v1/webhooks").await[0]["paused_at"].is_null() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        receiver.told();
        receiver.answer(204);
        server.pass(86_400);
        a_while().await;
        assert!(receiver.told().is_empty(), "paused");
        let path = format!("/api/v1/webhooks/{id}");
        administrator
            .act("PATCH", &path, json!({"paused": false}))
            .await;
        hears(&receiver, 1).await;
        administrator.act("DELETE", &path, json!({})).await;
        assert_eq!(administrator.get("/api/v1/webhooks").await, json!([]));
        for (asked, problem) in [
            (json!({"name": "", "url": address}), "name_missing"),
            (json!({"name": "x", "url": "ftp://nowhere"}), "url_wrong"),
            (json!({"name": "x", "url": ""}), "webhook_url_missing"),
            (
                json!({"name": "x", "url": address, "acts": ["case.exploded"]}),
                "act_unknown",
            ),
        ] {
            assert_eq!(
                administrator
                    .refused("POST", "/api/v1/webhooks", asked)
                    .await,
                problem
            );
        }
    }
);
