//! The company's own rules of triage: tried on the past, asked in their order, never against an
//! alert, undone like anything else.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

async fn read(caller: &Caller, case: &str) -> Value {
    caller.get(&format!("/api/v1/cases/{case}")).await
}

const STEPS: [&str; 4] = ["later", "plan", "quick", "now"];

fn up(queue: &Value) -> Value {
    let at = STEPS.iter().position(|it| queue == it).unwrap();
    json!(STEPS[(at + 1).min(3)])
}

async fn hears(server: &TestServer, id: &str, name: &str, text: &str) -> String {
    let author = server.customer(name, &format!("{}@mail.example", name.to_lowercase()));
    let (_, answer) = server
        .post_messages(&json!({"external_id": id, "text": text, "author": author}))
        .await;
    let id = answer["results"][0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let mut session = server.instance.store.read().await.unwrap();
    let key = session.messages().find(id).await.unwrap().case_key;
    session.cases().by_key(key).await.unwrap().id.to_string()
}

story!(
    a_rule_is_tried_then_kept_and_decides_for_what_comes,
    |server: TestServer| async move {
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let tag = lead
            .act("POST", "/api/v1/tags", json!({"name": "Rappel"}))
            .await["id"]
            .clone();
        let before = hears(
            &server,
            "1",
            "Ana",
            "Do you know of the product recall of the kettles?",
        )
        .await;
        hears(&server, "2", "Bea", "Do you sell chairs?").await;
        let waits = read(&agent, &before).await["queue"].clone();
        let waits = if waits.is_null() {
            read(&agent, &before).await["why"]["queue"].clone()
        } else {
            waits
        };
        let rule = json!({"query": "\"product recall\" OR \
            rappel*", "step": 1, "tag": tag, "owner": agent.id});

        let mut trial = rule.clone();
        trial["case"] = json!(before);
        let tried = agent.act("POST", "/api/v1/rule-trial", trial).await;
        assert_eq!(
            (&tried["looked_at"], &tried["messages"], &tried["moved"]),
            (&json!(2), &json!(1), &json!(1)),
            "{tried}"
        );
        assert_eq!(
            (&tried["this_case"], &tried["examples"][0]["from"]),
            (&json!(true), &waits)
        );
        assert_eq!(tried["examples"][0]["to"], up(&waits));
        assert_eq!(
            read(&agent, &before).await["why"]["rule"],
            json!(null),
            "nothing is changed by trying"
        );

        let made = lead.act("POST", "/api/v1/rules", rule.clone()).await;
        assert_eq!(made["changed"], json!(1), "the case it was tried on moves");
        let after = read(&agent, &before).await;
        assert_eq!(
            (&after["why"]["queue"], &after["why"]["rule"]["id"]),
            (&up(&waits), &made["id"])
        );
        assert_eq!(
            (&after["tags"][0]["name"], &after["owner"]["name"]),
            (&json!("Rappel"), &json!("Claire Morvan"))
        );
        assert_eq!(
            after["why"]["counterfactual"],
            json!({"without": "rule", "queue": waits})
        );
        let fresh = hears(
            &server,
            "3",
            "Carl",
            "Faut-il que je renvoie la bouilloire du RAPPEL ?",
        )
        .await;
        assert_eq!(
            read(&agent, &fresh).await["why"]["rule"]["id"],
            made["id"],
            "a new message is asked about as it comes"
        );
        assert_eq!(lead.get("/api/v1/rules").await[0]["cases"], json!(2));

        // Paused, it decides no more; the tag and the owner are people's to change.
        let place = format!("/api/v1/rules/{}", made["id"].as_str().unwrap());
        let mut paused = rule.clone();
        paused["paused"] = json!(true);
        assert_eq!(lead.act("PUT", &place, paused).await["changed"], json!(2));
        let back = read(&agent, &before).await;
        assert_eq!(
            (&back["why"]["queue"], &back["tags"][0]["name"]),
            (&waits, &json!("Rappel"))
        );
        lead.act("PUT", &place, rule).await;
        lead.act("DELETE", &place, json!({})).await;
        assert_eq!(read(&agent, &before).await["why"]["queue"], waits);
        assert_eq!(lead.get("/api/v1/rules").await, json!([]));
        lead.act("PUT", &format!("{place}/standing"), json!({}))
            .await;
        assert_eq!(
            read(&agent, &before).await["why"]["queue"],
            up(&waits),
            "taken back"
        );
        assert!(
            !server.history().await.contains("recall"),
            "facts hold no words"
        );
    }
);

story!(
    the_first_rule_decides_and_no_rule_puts_off_an_alert,
    |server: TestServer| async move {
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let danger = hears(
            &server,
            "1",
            "Ana",
            "The kettle gave me an electric shock, my hand is burnt",
        )
        .await;
        assert_eq!(read(&lead, &danger).await["why"]["queue"], json!("now"));
        lead.act(
            "POST",
            "/api/v1/rules",
            json!({"query": "kettle", "step": -1}),
        )
        .await;
        assert_eq!(
            read(&lead, &danger).await["why"]["queue"],
            json!("now"),
            "an alert is never put off by a rule"
        );

        let chairs = hears(&server, "2", "Bea", "Do you sell chairs for the kitchen?").await;
        let first = lead
            .act(
                "POST",
                "/api/v1/rules",
                json!({"query": "chairs", "step": 1}),
            )
            .await["id"]
            .clone();
        let second = lead
            .act(
                "POST",
                "/api/v1/rules",
                json!({"query": "kitchen", "step": -1}),
            )
            .await["id"]
            .clone();
        assert_eq!(read(&lead, &chairs).await["why"]["rule"]["id"], first);
        lead.act("PUT", "/api/v1/rules", json!({"rules": [second, first]}))
            .await;
        assert_eq!(
            read(&lead, &chairs).await["why"]["rule"]["id"],
            second,
            "the order decides"
        );
        let order: Vec<Value> = lead
            .get("/api/v1/rules")
            .await
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].clone())
            .collect();
        assert_eq!(order[..2], [second, first]);
    }
);

story!(
    what_a_rule_may_say_and_who_may_say_it,
    |server: TestServer| async move {
        let (lead, agent) = (
            server.caller(Role::Lead).await,
            server.caller(Role::Agent).await,
        );
        for (wrong, why) in [
            (json!({"query": "lamp (", "step": 1}), "query_wrong"),
            (json!({"query": "owner:claire", "step": 1}), "query_wrong"),
            (
                json!({"query": "followers:10000", "step": 1}),
                "query_wrong",
            ),
            (json!({"query": "lamp", "step": 0}), "rule_without_effect"),
            (json!({"query": "lamp", "step": 2}), "step_wrong"),
            (
                json!({"query": "lamp", "step": 1, "tag": "01939c2e-0000-7000-8000-000000000000"}),
                "not_found",
            ),
        ] {
            assert_eq!(
                lead.refused("POST", "/api/v1/rules", wrong.clone()).await,
                why,
                "{wrong}"
            );
        }
        let (_, problem) = lead
            .call(
                "POST",
                "/api/v1/rules",
                Some(json!({"query": "lamp state:open", "step": 1})),
            )
            .await;
        assert_eq!(
            (&problem["mistake"], &problem["start"]),
            (&json!("field_not_for_rules"), &json!(5)),
            "the place is named"
        );
        assert_eq!(
            agent
                .refused("POST", "/api/v1/rules", json!({"query": "lamp", "step": 1}))
                .await,
            "not_allowed"
        );
    }
);

story!(
    a_customer_s_place_is_settled_and_follows_them,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let case = hears(&server, "1", "Ana", "Do you sell chairs?").await;
        let other = hears(&server, "2", "Bea", "Do you sell chairs?").await;
        let it = read(&agent, &case).await;
        let (customer, waits) = (
            it["customer"]["id"].as_str().unwrap().to_owned(),
            it["why"]["queue"].clone(),
        );
        let place = format!("/api/v1/customers/{customer}/rule");
        agent
            .act("PUT", &place, json!({"step": 1, "case": case}))
            .await;
        assert_eq!(read(&agent, &case).await["why"]["queue"], up(&waits));
        assert_eq!(
            read(&agent, &case).await["why"]["rule"]["one_customer"],
            json!(true)
        );
        assert_eq!(
            read(&agent, &other).await["why"]["rule"],
            json!(null),
            "nobody else's"
        );
        let later = hears(&server, "3", "Ana", "Do you sell tables?").await;
        assert_eq!(
            read(&agent, &later).await["why"]["rule"]["step"],
            json!(1),
            "what comes next is asked about too"
        );
        let complaint = hears(&server, "4", "Ana", "My chair is broken, I want a refund").await;
        assert_eq!(
            read(&agent, &complaint).await["why"]["rule"],
            json!(null),
            "another kind is another matter"
        );
        agent
            .act("PUT", &place, json!({"step": 0, "case": case}))
            .await;
        assert_eq!(read(&agent, &case).await["why"]["queue"], waits);
    }
);

story!(
    how_a_customer_wants_to_be_written_to_is_seen_where_one_writes,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let case = server.hears("1", "My lamp is broken").await;
        let customer = read(&agent, &case).await["customer"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let place = format!("/api/v1/customers/{customer}/preference");
        agent
            .act(
                "PUT",
                &place,
                json!({"channel": "phone", "lang": "fr", "silent": true}),
            )
            .await;
        let noted = read(&agent, &case).await["preference"].clone();
        assert_eq!(
            (&noted["channel"], &noted["lang"], &noted["silent"]),
            (&json!("phone"), &json!("fr"), &json!(true))
        );
        assert_eq!(
            agent.get(&format!("/api/v1/customers/{customer}")).await["preference"],
            noted
        );
        agent.act("PUT", &place, json!({})).await;
        assert_eq!(read(&agent, &case).await["preference"], json!(null));
    }
);

story!(
    one_timeline_holds_words_orders_promises_and_ends,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let case = server.hears("1", "My lamp is broken").await;
        let order = json!({
            "number": "A-1",
            "at": "2026-11-01T10:00:00Z",
            "total": "20.00",
            "currency": "EUR",
            "status": "delivered",
            "buyer": {"email": "jeanne@mail.example", "name": "Jeanne Roudaut"},
        });
        let (status, answer) = server.post("/api/v1/orders", &json!([order])).await;
        assert_eq!(status, 200, "{answer}");
        server.pass(60);
        let due = server.now().plus_days(2).to_string();
        lead.act(
            "POST",
            &format!("/api/v1/cases/{case}/promises"),
            json!({"text": "a new lamp by Thursday", "due_at": due}),
        )
        .await;
        server.pass(60);
        lead.act(
            "POST",
            "/api/v1/bulk",
            json!({"act": "close", "how": "answered", "cases": [case]}),
        )
        .await;
        let customer = read(&lead, &case).await["customer"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let all = lead.get(&format!("/api/v1/customers/{customer}")).await;
        let what: Vec<&str> = all["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["what"].as_str().unwrap())
            .collect();
        assert_eq!(
            what,
            ["ended", "promise", "words", "order"],
            "the newest first"
        );

        // Friday: the same things for the director, and the evening's line.
        let friday = lead.get("/api/v1/friday").await;
        assert_eq!(
            (
                &friday["answered"],
                &friday["opened"],
                &friday["promises_waiting"]
            ),
            (&json!(1), &json!(1), &json!(1))
        );
        assert_eq!(
            (
                &friday["verbatims"][0]["why"],
                &friday["verbatims"][0]["text"]
            ),
            (&json!("gravest"), &json!("My lamp is broken"))
        );
        let last = lead.get("/api/v1/friday?day=2026-11-10").await;
        assert_eq!(
            (&last["opened"], &last["verbatims"]),
            (&json!(0), &json!([])),
            "another week"
        );
        assert_eq!(
            lead.call("GET", "/api/v1/friday?day=yesterday", None)
                .await
                .0,
            400
        );
        assert_eq!(
            lead.get("/api/v1/today").await["evening"],
            json!(null),
            "it is morning"
        );
        server
            .post_messages(
                &json!({"external_id": "9", "text": "Thank you so much, the new lamp \
            is perfect!", "author": {"email": "bea@mail.example"}}),
            )
            .await;
        server.pass(8 * 3_600);
        let evening = lead.get("/api/v1/today").await["evening"].clone();
        assert_eq!(evening["solved"], json!(0));
        assert!(
            evening["thanks"]["text"]
                .as_str()
                .unwrap()
                .contains("perfect"),
            "{evening}"
        );
    }
);
