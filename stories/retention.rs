//! People are kept as long as the company says, on a clock that only they wind; who is past it is
//! seen, then goes.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

const DAY: i64 = 86_400;

async fn says(server: &TestServer, id: &str, author: Value) {
    let (status, answer) = server
        .post_messages(&json!({"external_id": id, "text": "Where is my parcel?", "author": author}))
        .await;
    assert_eq!(
        (status, answer["results"][0]["status"].as_str()),
        (200, Some("created")),
        "{answer}"
    );
}

async fn buys(server: &TestServer, number: &str, email: &str) {
    let placed = server.instance.store.now();
    let order = json!({
        "number": number,
        "at": placed,
        "status": "paid",
        "total": "49.90",
        "currency": "EUR",
        "buyer": {"name": "Jo Buyer", "email": email},
    });
    let (status, answer) = server.post("/api/v1/orders", &order).await;
    assert_eq!(status, 200, "{answer}");
    assert_ne!(answer["results"][0]["status"], "refused", "{answer}");
}

async fn close_all(agent: &Caller) {
    let page = agent.get("/api/v1/cases?view=open").await;
    for row in page["cases"].as_array().unwrap() {
        let path = format!("/api/v1/cases/{}/closure", row["id"].as_str().unwrap());
        agent.form("PUT", &path, &[("how", "answered")], None).await;
    }
}

/// Much later, somebody signs in.
async fn days_pass(server: &TestServer, days: i64, who: &str) -> Caller {
    server.pass(days * DAY);
    server.named(Role::Administrator, who).await
}

fn names(page: &Value) -> Vec<(String, String)> {
    let text = |it: &Value, field: &str| it[field].as_str().unwrap().to_owned();
    let people = page["people"].as_array().unwrap().iter();
    people
        .map(|it| (text(it, "name"), text(it, "standing")))
        .collect()
}

story!(
    only_what_comes_from_people_winds_their_clock,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        buys(&server, "A1", "jo@mail.example").await;
        says(
            &server,
            "1",
            json!({"name": "Ana Writer", "email": "ana@mail.example"}),
        )
        .await;
        says(&server, "2", json!({"handle": "somebody-out-there"})).await;
        says(
            &server,
            "3",
            json!({"name": "Lea Waiting", "email": "lea@mail.example"}),
        )
        .await;
        assert_eq!(
            administrator.get("/api/v1/retention").await["total"],
            0,
            "kept forever until a term is set"
        );
        let brand = format!("/api/v1/brands/{}", server.brand.id);
        let wrong = json!({"retention": {"customers": 0}});
        assert_eq!(
            administrator.refused("PATCH", &brand, wrong).await,
            "term_wrong"
        );
        administrator
            .act(
                "PATCH",
                &brand,
                json!({"retention": {"customers": 36, "contacts": 24, "strangers": 12}}),
            )
            .await;
        close_all(&agent).await;
        let administrator = days_pass(&server, 400, "Ada 1").await;
        let page = administrator.get("/api/v1/retention").await;
        assert_eq!(
            names(&page),
            [("somebody-out-there".to_owned(), "stranger".to_owned())]
        );
        // Lea speaks again; Ana only receives something from us, which winds nothing.
        says(
            &server,
            "4",
            json!({"name": "Lea Waiting", "email": "lea@mail.example"}),
        )
        .await;
        let administrator = days_pass(&server, 400, "Ada 2").await;
        let page = administrator.get("/api/v1/retention").await;
        let all = names(&page);
        assert!(
            all.contains(&("Ana Writer".into(), "contact".into())) && all.len() == 2,
            "{all:?}"
        );
        let administrator = days_pass(&server, 400, "Ada 3").await;
        let all = names(&administrator.get("/api/v1/retention").await);
        assert!(
            all.contains(&("Jo Buyer".into(), "customer".into())),
            "{all:?}"
        );
        assert!(
            !all.iter().any(|it| it.0 == "Lea Waiting"),
            "her case is open: she waits for us"
        );
    }
);

story!(
    who_is_past_their_term_goes_when_a_person_says_so,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        buys(&server, "A1", "jo@mail.example").await;
        says(
            &server,
            "1",
            json!({"name": "Ana Writer", "email": "ana.writer@mail.example"}),
        )
        .await;
        close_all(&agent).await;
        let brand = format!("/api/v1/brands/{}", server.brand.id);
        administrator
            .act("PATCH", &brand, json!({"retention": {"contacts": 24}}))
            .await;
        let administrator = days_pass(&server, 800, "Ada 4").await;
        assert_eq!(
            administrator
                .refused("POST", "/api/v1/retention/erasure", json!({"total": 0}))
                .await,
            "more_past_term"
        );
        let proof = administrator
            .act("POST", "/api/v1/retention/erasure", json!({"total": 1}))
            .await;
        assert_eq!(
            (
                proof["people"].as_i64(),
                proof["messages"].as_i64(),
                proof["found_in"].as_array().unwrap().len()
            ),
            (Some(1), Some(1), 0),
            "{proof}"
        );
        assert!(
            !proof.to_string().contains("writer"),
            "the proof names nobody"
        );
        assert_eq!(administrator.get("/api/v1/retention").await["total"], 0);
        let left = administrator.get("/api/v1/customers").await;
        assert_eq!(
            left["customers"].as_array().unwrap().len(),
            1,
            "customers were kept forever"
        );
        // One person at once, from their page.
        let jo = left["customers"][0]["id"].as_str().unwrap().to_owned();
        let proof = administrator
            .act("DELETE", &format!("/api/v1/customers/{jo}"), json!({}))
            .await;
        assert_eq!(
            (proof["orders"].as_i64(), proof["people"].as_i64()),
            (Some(1), Some(1))
        );
        assert_eq!(
            administrator
                .call("GET", &format!("/api/v1/customers/{jo}"), None)
                .await
                .0,
            404
        );
    }
);
