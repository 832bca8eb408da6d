//! A shop tells what was bought; the customer's page and the case that names an order show it.

use serde_json::json;
use vigie_model::Role;

use crate::test_server::{TestServer, story};

fn order(number: &str, status: &str, email: &str) -> serde_json::Value {
    json!({
        "number": number,
        "at": "2026-11-02T18:20:00+01:00",
        "status": status,
        "total": "129.90",
        "currency": "EUR",
        "shop": "Lyon",
        "buyer": {"name": "Jeanne Roudaut", "email": email},
    })
}

story!(
    orders_are_kept_once_and_follow_their_buyer,
    |server: TestServer| async move {
        let batch = json!([
            order("HV-1", "paid", "Jeanne@Mail.example"),
            order("HV-2", "paid", "other@mail.example"),
            {"number": "HV-3", "at": "2026-11-02T18:20:00+01:00", "status": "lost"},
        ]);
        let (status, answer) = server.post("/api/v1/orders", &batch).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(statuses(&answer), ["created", "created", "refused"]);
        assert_eq!(
            statuses(&server.post("/api/v1/orders", &batch).await.1),
            ["unchanged", "unchanged", "refused"]
        );
        let shipped = order("HV-1", "shipped", "jeanne@mail.example");
        assert_eq!(
            statuses(&server.post("/api/v1/orders", &shipped).await.1),
            ["updated"]
        );

        // Who bought is known when they write, by the same address; a number of somebody else's is
        // said to be so.
        server
            .post_messages(&json!([
                {
                    "external_id": "1",
                    "text": "Where is my parcel?",
                    "order": "HV-1",
                    "author": server.customer("Jeanne", "jeanne@mail.example"),
                    "conversation": "c",
                },
                {
                    "external_id": "2",
                    "text": "And that one?",
                    "order": "HV-2",
                    "author": server.customer("Jeanne", "jeanne@mail.example"),
                    "conversation": "c",
                },
            ]))
            .await;
        let agent = server.caller(Role::Agent).await;
        let page = agent.get("/api/v1/cases?view=open").await;
        let case = agent
            .get(&format!(
                "/api/v1/cases/{}",
                page["cases"][0]["id"].as_str().unwrap()
            ))
            .await;
        let named: Vec<_> = case["orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (&it["number"], &it["theirs"]))
            .collect();
        assert!(named.contains(&(&json!("HV-1"), &json!(true))), "{named:?}");
        assert!(
            named.contains(&(&json!("HV-2"), &json!(false))),
            "{named:?}"
        );

        let customer = agent
            .get(&format!(
                "/api/v1/customers/{}",
                case["customer"]["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(customer["orders_count"], 1);
        assert_eq!(customer["orders"][0]["status"], "shipped");
        assert_eq!(
            customer["orders"][0]["total"],
            json!({"minor": 12_990, "currency": "EUR"})
        );
        // One fact a batch that changed something: the first two calls made one, the change
        // another.
        assert_eq!(server.history().await.matches("orders.received").count(), 2);
    }
);

fn statuses(answer: &serde_json::Value) -> Vec<&str> {
    answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect()
}
