//! Who comes and agreed to be remembered is seen on their timeline; and who stops coming.

use serde_json::{Value, json};
use vigie_journey::erasure;
use vigie_model::{Actor, Role};

use crate::test_server::{TestServer, story};

fn visit(id: &str, at: &str, email: &str) -> Value {
    json!({
        "id": id,
        "at": at,
        "place": "shop.example",
        "consent": true,
        "visitor": {"email": email},
    })
}

fn statuses(answer: &Value) -> Vec<&str> {
    answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect()
}

story!(
    visits_are_kept_once_and_follow_who_came,
    |server: TestServer| async move {
        let mut unasked = visit("4", "2026-03-02T09:00:00Z", "jeanne@mail.example");
        unasked["consent"] = json!(false);
        let batch = json!([
            visit("1", "2026-03-02T09:00:00Z", "Jeanne@Mail.example"),
            visit("2", "2026-03-02T18:00:00Z", "jeanne@mail.example"),
            visit("3", "2026-08-01T10:00:00Z", "jeanne@mail.example"),
            unasked,
        ]);
        let (status, answer) = server.post("/api/v1/visits", &batch).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(
            statuses(&answer),
            ["created", "created", "created", "refused"]
        );
        assert_eq!(
            answer["results"][3]["problem"]["type"],
            "urn:vigie:problem:consent_missing"
        );
        assert_eq!(
            statuses(&server.post("/api/v1/visits", &batch).await.1)[..2],
            ["unchanged", "unchanged"]
        );
        assert_eq!(server.history().await.matches("visits.received").count(), 1);

        // Who came is known when they write; the quarters between are told as silences.
        server
            .post_messages(&json!({
                "external_id": "1",
                "text": "Where is my parcel?",
                "author": server.customer("Jeanne", "jeanne@mail.example"),
            }))
            .await;
        let lead = server.caller(Role::Lead).await;
        let found = lead.get("/api/v1/customers?search=jeanne").await;
        let id = found["customers"][0]["id"].as_str().unwrap();
        let shown = lead.get(&format!("/api/v1/customers/{id}")).await;
        let told: Vec<(&str, &Value)> = shown["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                (
                    entry["what"].as_str().unwrap(),
                    entry.get("count").unwrap_or(&Value::Null),
                )
            })
            .collect();
        let (one, two) = (json!(1), json!(2));
        let nothing = &Value::Null;
        assert_eq!(
            told,
            [
                ("words", nothing),
                ("silence", nothing),
                ("visits", &one),
                ("silence", nothing),
                ("visits", &two)
            ],
            "{shown}"
        );

        // Erased, nothing of them is left.
        let known = erasure::traces_of(&server.instance, "jeanne@mail.example")
            .await
            .unwrap();
        erasure::erase(&server.instance, Actor::System, &known)
            .await
            .unwrap();
        let mut session = server.instance.store.read().await.unwrap();
        let left = session
            .one("SELECT COUNT(*) AS n FROM visit", vec![])
            .await
            .unwrap()
            .int("n")
            .unwrap();
        assert_eq!(left, 0);
    }
);
