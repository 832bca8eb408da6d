//! What was said can be found again, within a second of being said, by words, phrases and fields.

use std::time::Duration;

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

/// The titles found, once the index has seen everything.
async fn found(caller: &Caller, query: &str) -> Vec<String> {
    let page = page(
        caller,
        &format!("q={}", query.replace(' ', "%20").replace('"', "%22")),
    )
    .await;
    page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(words)
        .collect()
}

fn words(result: &Value) -> String {
    result["pieces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["text"].as_str().unwrap())
        .collect()
}

/// A page, once the index has seen everything.
pub async fn page(caller: &Caller, asked: &str) -> Value {
    for _ in 0..100 {
        let page = caller.get(&format!("/api/v1/search?{asked}")).await;
        if page["behind"] == 0 {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the index never caught up");
}

story!(
    words_are_found_whatever_their_accents_and_endings,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let lamp = server
            .hears("1", "Ma lampe est cassée, j'attends le remboursement.")
            .await;
        server
            .hears(
                "2",
                "Le colis n'est jamais arrivé, deux remboursements manquent.",
            )
            .await;
        server
            .hears("3", "The lamps I ordered are wonderful.")
            .await;
        assert_eq!(found(&agent, "cassee").await.len(), 1, "without its accent");
        assert_eq!(
            found(&agent, "remboursement").await.len(),
            2,
            "singular and plural"
        );
        assert!(
            found(&agent, "remboursement").await[0].starts_with("Ma lampe"),
            "the exact form first"
        );
        assert_eq!(found(&agent, "\"jamais arrive\"").await.len(), 1);
        assert_eq!(found(&agent, "\"arrive jamais\"").await.len(), 0);
        assert_eq!(found(&agent, "lamp* -wonderful").await.len(), 1);
        assert_eq!(found(&agent, "lampe OR lamps").await.len(), 2);
        assert_eq!(found(&agent, "jeanne").await.len(), 3, "by who spoke");
        assert_eq!(found(&agent, "author:roudaut colis").await.len(), 1);
        let page = page(&agent, "q=remboursement&counts=true").await;
        assert_eq!(
            (&page["total"], &page["understood"]),
            (&json!(2), &json!("remboursement"))
        );
        let marked: Vec<_> = page["results"][1]["pieces"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["marked"] == true)
            .collect();
        assert_eq!(marked[0]["text"], "remboursements");

        // What changes in a case is found by its new state.
        assert_eq!(found(&agent, "state:open owner:none").await.len(), 3);
        let path = format!("/api/v1/cases/{lamp}/assignment");
        agent.act("PUT", &path, json!({"person": agent.id})).await;
        assert_eq!(found(&agent, "owner:claire").await.len(), 1);
        // A volunteer finds their own cases only.
        let volunteer = server.caller(Role::Volunteer).await;
        assert!(found(&volunteer, "remboursement").await.is_empty());
    }
);

story!(
    customers_are_found_by_all_they_are_called,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        server.hears("1", "Ma lampe est cassée.").await;
        let by_handle = json!({"external_id": "2", "text": "Where is my \
            parcel?", "author": {"handle": "jeanne_r"}});
        server.post_messages(&by_handle).await;
        let customers =
            async |q: &str| page(&agent, &format!("noun=customer&counts=true&q={q}")).await;
        let found = customers("jeanne").await;
        assert_eq!(
            found["customers"].as_array().unwrap().len(),
            1,
            "who is recognised: {found}"
        );
        assert_eq!(
            (&found["nouns"]["customer"], &found["nouns"]["message"]),
            (&json!(1), &json!(2))
        );
        let jeanne = found["customers"][0].clone();
        assert_eq!(
            (&jeanne["name"], &jeanne["open_cases"]),
            (&json!("Jeanne Roudaut"), &json!(1))
        );
        for q in [
            "jeanne%40mail.example",
            "roud*",
            "author:roudaut",
            "%22jeanne%20roudaut%22",
        ] {
            assert_eq!(
                customers(q).await["customers"][0]["customer"],
                jeanne["customer"],
                "{q}"
            );
        }
        assert_eq!(
            customers("lampe").await["customers"],
            json!([]),
            "what they say is not who they are"
        );

        // An account somebody places with her is hers, and no more once it is separated.
        let id = jeanne["customer"].as_str().unwrap();
        let mut session = server.instance.store.read().await.unwrap();
        let handle = session
            .one("SELECT id FROM author WHERE handle = 'jeanne_r'", vec![])
            .await
            .unwrap()
            .id("id")
            .unwrap();
        drop(session);
        agent
            .act(
                "PUT",
                &format!("/api/v1/authors/{handle}/customer"),
                json!({"customer": id}),
            )
            .await;
        assert_eq!(
            customers("jeanne_r").await["customers"][0]["customer"],
            json!(id)
        );
        agent
            .act(
                "PUT",
                &format!("/api/v1/authors/{handle}/customer"),
                json!({"customer": null}),
            )
            .await;
        let apart = customers("jeanne_r").await;
        assert_eq!(apart["customers"].as_array().unwrap().len(), 1);
        assert_ne!(apart["customers"][0]["customer"], json!(id), "{apart}");
        // Two who are joined are one; whoever is separated is found again.
        let other = apart["customers"][0]["customer"]
            .as_str()
            .unwrap()
            .to_owned();
        let join = agent
            .act(
                "POST",
                &format!("/api/v1/customers/{id}/joins"),
                json!({"other": other}),
            )
            .await;
        let joined = customers("jeanne_r").await;
        assert_eq!(
            (
                joined["customers"].as_array().unwrap().len(),
                &joined["customers"][0]["customer"]
            ),
            (1, &json!(id))
        );
        let undone = format!("/api/v1/joins/{}", join["id"].as_str().unwrap());
        agent.act("DELETE", &undone, json!({})).await;
        assert_eq!(
            customers("jeanne_r").await["customers"][0]["customer"],
            json!(other)
        );
        let volunteer = server.caller(Role::Volunteer).await;
        assert_eq!(
            page(&volunteer, "noun=customer&q=jeanne").await["customers"],
            json!([]),
            "not for volunteers"
        );
        assert_eq!(
            agent
                .refused("GET", "/api/v1/search?noun=colleague&q=x", json!({}))
                .await,
            "noun_unknown"
        );
    }
);

story!(
    cases_are_found_by_their_number_and_by_what_we_wrote_among_ourselves,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let lamp = server.hears("1", "Ma lampe est cassée.").await;
        server.hears("2", "Le colis n'est jamais arrivé.").await;
        let cases = async |q: &str| {
            page(&agent, &format!("noun=case&counts=true&q={q}")).await["cases"].clone()
        };
        assert_eq!(
            cases("lampe").await[0]["case"],
            json!(lamp),
            "by its subject"
        );
        let number = agent.get(&format!("/api/v1/cases/{lamp}")).await["number"].clone();
        assert_eq!(cases(&number.to_string()).await[0]["case"], json!(lamp));
        assert_eq!(cases("transporteur").await, json!([]));
        let note = json!({"text": "Le transporteur a reconnu le choc."});
        agent
            .act("POST", &format!("/api/v1/cases/{lamp}/notes"), note)
            .await;
        let found = cases("transporteurs").await;
        assert_eq!(
            (found.as_array().unwrap().len(), &found[0]["case"]),
            (1, &json!(lamp))
        );
        assert!(words(&found[0]).contains("reconnu le choc"), "{found}");
        assert_eq!(
            found[0]["pieces"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["marked"] == true)
                .count(),
            1
        );
        assert_eq!(
            page(&agent, "q=transporteur").await["results"],
            json!([]),
            "no customer said it"
        );
        assert_eq!(
            cases("state:open%20owner:none")
                .await
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let volunteer = server.caller(Role::Volunteer).await;
        assert_eq!(
            page(&volunteer, "noun=case&q=transporteur").await["cases"],
            json!([])
        );
        // Built anew, it holds the same.
        server
            .instance
            .search
            .rebuild(&server.instance.store)
            .await
            .unwrap();
        assert_eq!(cases("transporteur").await[0]["case"], json!(lamp));
        assert_eq!(
            page(&agent, "noun=customer&q=roudaut").await["customers"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
);

story!(
    messages_that_move_between_cases_are_found_once,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let volunteer = server.caller(Role::Volunteer).await;
        let case = server.hears("1", "Ma lampe est cassée.").await;
        let more = json!({"external_id": "2", "text": "Et ma lampe de chevet \
            aussi.", "in_reply_to": "1",
        "author": {"name": "Jeanne Roudaut", "email": "jeanne@mail.example"}});
        server.post_messages(&more).await;
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        let message = full["messages"][1]["id"].clone();
        let parts = json!({"messages": [message]});
        let found = async |q: &str, caller: &Caller| {
            page(caller, q).await["results"].as_array().unwrap().len()
        };
        let split = agent
            .act("POST", &format!("/api/v1/cases/{case}/split"), parts)
            .await;
        assert_eq!(found("q=lampe", &agent).await, 2);
        // The new case becomes a volunteer's, who finds it; once it is undone they find nothing.
        let own = page(&agent, "q=chevet").await["results"][0]["case"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_ne!(own, case);
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{own}/assignment"),
                json!({"person": volunteer.id}),
            )
            .await;
        assert_eq!(found("q=chevet", &volunteer).await, 1);
        agent
            .act(
                "DELETE",
                &format!("/api/v1/moves/{}", split["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        assert_eq!(
            (
                found("q=lampe", &agent).await,
                found("q=chevet", &volunteer).await
            ),
            (2, 0)
        );
        // Two cases joined are found in the one, and apart again.
        let other = server
            .hears("3", "Une autre lampe est arrivée en retard.")
            .await;
        let join = agent
            .act(
                "POST",
                &format!("/api/v1/cases/{other}/join"),
                json!({"into": case}),
            )
            .await;
        let all = page(&agent, "q=lampe").await;
        assert!(
            all["results"]
                .as_array()
                .unwrap()
                .iter()
                .all(|it| it["case"] == json!(case)),
            "{all}"
        );
        assert_eq!(all["results"].as_array().unwrap().len(), 3);
        agent
            .act(
                "DELETE",
                &format!("/api/v1/moves/{}", join["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        assert_eq!(found("q=lampe", &agent).await, 3);
        assert_eq!(
            page(&agent, "q=retard").await["results"][0]["case"],
            json!(other)
        );
    }
);

story!(
    pages_follow_one_another_and_miss_nothing,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let messages: Vec<_> = (0..57)
            .map(|n| json!({"external_id": format!("m{n}"), "text": format!("parcel number {n}")}))
            .collect();
        server.post_messages(&json!(messages)).await;
        for order in ["rank", "date"] {
            let (mut seen, mut after) = (std::collections::BTreeSet::new(), String::new());
            loop {
                let page = page(&agent, &format!("q=parcel&limit=10&order={order}{after}")).await;
                for result in page["results"].as_array().unwrap() {
                    assert!(
                        seen.insert(result["message"].as_str().unwrap().to_owned()),
                        "{result} came twice"
                    );
                }
                let Some(next) = page["next"].as_str() else {
                    break;
                };
                after = format!("&after={next}");
            }
            assert_eq!(seen.len(), 57, "{order}");
        }
    }
);

story!(
    a_wrong_query_names_the_place,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let (status, wrong) = agent
            .call("GET", "/api/v1/search?q=lost%20(parcel", None)
            .await;
        assert_eq!(
            (status, &wrong["start"], &wrong["end"]),
            (422, &json!(5), &json!(6)),
            "{wrong}"
        );
        for query in [
            "colour:red",
            "since:yesterday",
            "source:nowhere",
            "%22open",
            "a%20AND",
        ] {
            let (status, wrong) = agent
                .call("GET", &format!("/api/v1/search?q={query}"), None)
                .await;
            assert_eq!(
                (status, &wrong["type"]),
                (422, &json!("urn:vigie:problem:query_wrong")),
                "{query}"
            );
        }
        for query in [
            "%F0%9F%98%80",
            "*",
            "()",
            "%5C%5C%5C",
            "%00",
            "a%20NEAR%20b",
        ] {
            let (status, _) = agent
                .call("GET", &format!("/api/v1/search?q={query}"), None)
                .await;
            assert!(status == 200 || status == 422, "{query}: {status}");
        }
    }
);

story!(
    the_index_can_be_built_anew_while_it_answers,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        server.hears("1", "The blue lamp broke.").await;
        assert_eq!(found(&agent, "lamp").await.len(), 1);
        server.instance.search.request_rebuild().unwrap();
        for n in 0..20 {
            assert_eq!(
                found(&agent, "blue lamp").await.len(),
                1,
                "it answers all the time"
            );
            server.hears(&format!("more {n}"), "A green chair.").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(found(&agent, "green").await.len(), 20);
        assert!(!server.instance.search.take_rebuild_request());
    }
);
