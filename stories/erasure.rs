//! Erasing one person: nothing of them is left in any file, row or index, and nobody else loses a
//! word.

use std::path::Path;

use serde_json::json;
use vigie_journey::erasure;
use vigie_model::{Actor, Role};

use crate::test_server::{TestServer, pixel, story};

/// Forty strings only Odile would leave.
fn odile() -> Vec<String> {
    (0..40)
        .map(|n| format!("odilequerrec{n}x{}", n * 7919))
        .collect()
}

/// Every row of every table that holds one of these, on PostgreSQL.
async fn rows_with(server: &TestServer, traces: &[String]) -> Vec<String> {
    let mut session = server.instance.store.read().await.unwrap();
    if !session.is_postgres() {
        return Vec::new();
    }
    let sql = "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'public'";
    let tables: Vec<String> = session
        .all(sql, vec![])
        .await
        .unwrap()
        .iter()
        .map(|it| it.text("t").unwrap())
        .collect();
    let mut found = Vec::new();
    for table in tables {
        for trace in traces {
            let sql = format!(
                "SELECT COUNT(*) AS n FROM {table} x WHERE lower(x::text) LIKE '%{trace}%'"
            );
            if session.one(sql, vec![]).await.unwrap().int("n").unwrap() > 0 {
                found.push(format!("{table}: {trace}"));
            }
        }
    }
    found
}

fn files_with(folder: &Path, traces: &[String]) -> Vec<String> {
    erasure::files_still_holding(folder, traces).unwrap()
}

story!(
    nobody_is_erased_for_another,
    |server: TestServer| async move {
        let messages = json!([
            {"external_id": "1", "text": "My lamp broke.", "author": {"handle": "jo_1"}},
            {"external_id": "2", "text": "Mine too.", "author": {"handle": "joe1"}},
        ]);
        server.post_messages(&messages).await;
        for pattern in ["%", "_", "jo%", "%/%", "nobody@mail.example"] {
            assert!(
                erasure::traces_of(&server.instance, pattern).await.is_err(),
                "{pattern}"
            );
        }
        let known = erasure::traces_of(&server.instance, "@jo_1").await.unwrap();
        assert_eq!(known.authors.len(), 1, "an underscore is no pattern");
    }
);

story!(
    who_shares_a_name_with_the_erased_loses_nothing,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let said = |id: &str, handle: &str, email: &str| {
            json!({
                "external_id": id,
                "text": "My lamp broke.",
                "author": {"name": "Camille Mazurier", "handle": handle, "email": email},
            })
        };
        server
            .post_messages(&said("1", "camille1", "camille1@mail.example"))
            .await;
        server
            .post_messages(&said("2", "camille12", "other@mail.example"))
            .await;
        // Something of the other one was refused.
        let refused = json!({
            "external_id": "bad",
            "text": "x",
            "at": "2090-01-01T00:00:00Z",
            "author": {"name": "Camille Mazurier"},
        });
        server.post_messages(&refused).await;
        // An address that stands inside another's: what was refused to the other stays.
        server
            .post_messages(&said("3", "anna", "anna@mail.example"))
            .await;
        let inside = json!({
            "external_id": "bad2",
            "text": "x",
            "at": "2090-01-01T00:00:00Z",
            "author": {"email": "joanna@mail.example"},
        });
        server.post_messages(&inside).await;
        let anna = erasure::traces_of(&server.instance, "anna@mail.example")
            .await
            .unwrap();
        assert_eq!(
            erasure::erase(&server.instance, Actor::System, &anna)
                .await
                .unwrap()
                .refused,
            0
        );
        let known = erasure::traces_of(&server.instance, "camille1@mail.example")
            .await
            .unwrap();
        assert!(
            !known.traces.contains(&"Camille Mazurier".to_owned()),
            "the name is the other's too"
        );
        assert_eq!(
            known.looked_for,
            ["camille1@mail.example"],
            "the beginning of an account is not looked for"
        );
        let proof = erasure::erase(&server.instance, Actor::System, &known)
            .await
            .unwrap();
        assert_eq!(
            (proof.found_in.len(), proof.refused, proof.cases),
            (0, 0, 1),
            "{proof:?}"
        );
        assert_eq!(
            agent.get("/api/v1/cases?view=open").await["cases"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
);

story!(
    nothing_of_an_erased_person_is_left_anywhere,
    |server: TestServer| async move {
        let strings = odile();
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let author = json!({
            "email": format!("{}@mail.example", strings[0]),
            "name": strings[1],
            "phone": "+33612345678",
            "customer_id": strings[2],
            "handle": strings[3],
        });
        let file = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pixel());
        for (n, string) in strings.iter().enumerate().skip(4).take(30) {
            let message = json!({
                "external_id": format!("o{n}"),
                "text": format!("I am {string} and my lamp broke"),
                "author": author,
                "title": strings[34],
                "attachments": [{"name": format!("{}.png", strings[35]), "content": file}],
            });
            server.post_messages(&message).await;
        }
        // The same message changed: an older wording; and one the door refuses.
        server
            .post_messages(&json!({"external_id": "o4", "text": format!("Changed by \
            {}", strings[36]), "author": author}))
            .await;
        server
            .post_messages(&json!({
                "external_id": "bad",
                "text": strings[0],
                "at": "2090-01-01T00:00:00Z",
                "author": author,
            }))
            .await;
        // An order, and somebody else who speaks in a thread of hers.
        let order = json!([
            {
                "number": strings[37],
                "at": "2026-11-01T10:00:00Z",
                "status": "delivered",
                "total": "10.00",
                "currency": "EUR",
                "buyer": {"email": format!("{}@mail.example", strings[0])},
            },
        ]);
        let (status, said) = server.post("/api/v1/orders", &order).await;
        assert_eq!(status, 200, "{said}");
        let visit = json!({
            "id": format!("v{}", strings[37]),
            "at": "2026-11-01T09:00:00Z",
            "place": strings[38],
            "consent": true,
            "visitor": {"email": format!("{}@mail.example", strings[0])},
        });
        let (status, said) = server.post("/api/v1/visits", &visit).await;
        assert_eq!(status, 200, "{said}");
        let other = json!({"external_id": "other", "in_reply_to": "o5", "text": "Mine broke as \
            well, says Jeanne.",
        "author": {"email": "jeanne@mail.example"}});
        server.post_messages(&other).await;
        let page = agent.get("/api/v1/cases?view=open&limit=100").await;
        let case = page["cases"][0]["id"].as_str().unwrap().to_owned();
        agent
            .act(
                "POST",
                &format!("/api/v1/cases/{case}/notes"),
                json!({"text": format!("Called {}", strings[38])}),
            )
            .await;
        let stamp = agent.get(&format!("/api/v1/cases/{case}")).await["stamp"].clone();
        let text = format!(
            "Hello {},\nwe send a new one.\n\nClaire Morvan",
            strings[39]
        );
        agent
            .act(
                "POST",
                &format!("/api/v1/cases/{case}/answers"),
                json!({"text": text, "visibility": "private", "seen": stamp}),
            )
            .await;
        // What colleagues keep under her name: a mark, and a search.
        let tag = agent
            .act("POST", "/api/v1/tags", json!({"name": strings[1]}))
            .await;
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{case}/tags/{}", tag["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        let search =
            json!({"name": format!("About {}", strings[3]), "q": format!("author:{}", strings[0])});
        agent.act("POST", "/api/v1/saved-searches", search).await;
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let before = files_with(server.folder(), &strings);
        let in_rows = rows_with(&server, &strings).await;
        assert!(
            before.len() > 1 || in_rows.len() > 20,
            "they are there: {before:?} {in_rows:?}"
        );

        let known = erasure::traces_of(&server.instance, &format!("{}@mail.example", strings[0]))
            .await
            .unwrap();
        let proof = erasure::erase(&server.instance, Actor::System, &known)
            .await
            .unwrap();
        assert_eq!(proof.found_in, Vec::<String>::new(), "{proof:?}");
        assert!(
            proof.messages >= 31 && proof.cases >= 29 && proof.orders == 1 && proof.refused == 1,
            "{proof:?}"
        );
        assert_eq!(files_with(server.folder(), &strings), Vec::<String>::new());
        assert_eq!(rows_with(&server, &strings).await, Vec::<String>::new());
        // The proof is in the history, and tells nothing of whom; nobody else lost a word.
        let history = server.history().await;
        assert!(
            history.contains("person.erased")
                && strings.iter().all(|it| !history.contains(it.as_str()))
        );
        let page = agent.get("/api/v1/cases?view=open&limit=100").await;
        let left = page["cases"].as_array().unwrap();
        assert_eq!(
            (left.len(), &left[0]["title"]),
            (1, &json!("Mine broke as well, says Jeanne.")),
            "{page}"
        );
        assert!(
            erasure::traces_of(&server.instance, &format!("{}@mail.example", strings[0]))
                .await
                .is_err()
        );
        let page = agent.get("/api/v1/search?q=lamp").await;
        assert_eq!(page["results"], json!([]));
        let page = agent
            .get(&format!("/api/v1/search?noun=customer&q={}", strings[1]))
            .await;
        assert_eq!(
            (
                &page["customers"],
                agent.get("/api/v1/saved-searches").await
            ),
            (&json!([]), json!([]))
        );
    }
);
