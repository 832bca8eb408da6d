//! The inbox: views narrowed, ordered and kept, read and unread, and one act on many cases with its
//! undo.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

/// Five people, five problems.
async fn five(server: &TestServer) -> Vec<String> {
    let mut cases = Vec::new();
    for (number, (name, text)) in [
        ("Ana", "My lamp is broken and I want my money back"),
        ("Bea", "Bonjour, ma lampe est arrivée cassée"),
        ("Carl", "What are your opening hours on Saturday?"),
        ("Dora", "The parcel never arrived, I am furious"),
        ("Ève", "Merci, tout est parfait"),
    ]
    .into_iter()
    .enumerate()
    {
        let author = json!({"name": name, "email": format!("{number}@mail.example")});
        let (_, answer) = server
            .post_messages(
                &json!({"external_id": number.to_string(), "text": text, "author": author}),
            )
            .await;
        let id = answer["results"][0]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let mut session = server.instance.store.read().await.unwrap();
        let key = session.messages().find(id).await.unwrap().case_key;
        cases.push(session.cases().by_key(key).await.unwrap().id.to_string());
        server.pass(60);
    }
    cases
}

fn ids(page: &Value) -> Vec<&str> {
    let rows = page["cases"].as_array().or(page.as_array()).unwrap();
    rows.iter().map(|it| it["id"].as_str().unwrap()).collect()
}

async fn list(caller: &Caller, query: &str) -> Value {
    caller.get(&format!("/api/v1/cases?{query}")).await
}

story!(
    a_list_is_narrowed_ordered_and_read_in_stretches,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let cases = five(&server).await;
        let newest: Vec<&str> = cases.iter().rev().map(String::as_str).collect();
        assert_eq!(ids(&list(&agent, "view=open&order=newest").await), newest);
        assert_eq!(ids(&list(&agent, "view=open&order=oldest").await), cases);
        assert_eq!(
            ids(&list(&agent, "view=open&kind=praise").await),
            [cases[4].as_str()]
        );
        let french = list(&agent, "view=open&lang=fr&order=oldest").await;
        assert_eq!(ids(&french), [cases[1].as_str(), cases[4].as_str()]);
        let all = list(&agent, "view=open").await["cases"].clone();
        for feeling in ["negative", "neutral", "positive", "unsure"] {
            let theirs = all
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["sentiment"] == feeling)
                .count();
            let narrowed = list(&agent, &format!("view=open&feeling={feeling}")).await;
            assert_eq!(ids(&narrowed).len(), theirs, "{feeling}");
        }
        assert_eq!(
            ids(&list(&agent, "view=open&channel=mail").await),
            Vec::<&str>::new()
        );

        // Page after page, each row once; and the same stretch again between two cursors, in every
        // order.
        for order in ["pressing", "newest", "oldest"] {
            let first = list(&agent, &format!("view=open&order={order}&limit=2")).await;
            let next = first["next"].as_str().unwrap().to_owned();
            let second = list(
                &agent,
                &format!("view=open&order={order}&limit=2&after={next}"),
            )
            .await;
            let third = list(
                &agent,
                &format!(
                    "view=open&order={order}&limit=2&after={}",
                    second["next"].as_str().unwrap()
                ),
            )
            .await;
            let all: Vec<&str> = [ids(&first), ids(&second), ids(&third)].concat();
            assert_eq!(
                all,
                ids(&list(&agent, &format!("view=open&order={order}")).await),
                "{order}"
            );
            assert!(third["next"].is_null());
            let until = second["next"].as_str().unwrap();
            let again = list(
                &agent,
                &format!("view=open&order={order}&after={next}&until={until}"),
            )
            .await;
            assert_eq!(ids(&again), ids(&second), "{order}");
        }
        for wrong in [
            "view=open&order=loud",
            "view=open&after=x",
            "view=open&until=1.x",
            "view=nowhere",
            "view=open&kind=rage",
        ] {
            assert_eq!(
                agent
                    .call("GET", &format!("/api/v1/cases?{wrong}"), None)
                    .await
                    .0,
                400,
                "{wrong}"
            );
        }
        let rows = agent
            .get(&format!("/api/v1/case-rows?ids={},{}", cases[3], cases[0]))
            .await;
        assert_eq!(ids(&rows), [cases[3].as_str(), cases[0].as_str()]);
        let volunteer = server.caller(Role::Volunteer).await;
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{}/assignment", cases[3]),
                json!({"person": agent.id}),
            )
            .await;
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{}/assignment", cases[0]),
                json!({"person": volunteer.id}),
            )
            .await;
        let theirs = volunteer
            .get(&format!("/api/v1/case-rows?ids={},{}", cases[3], cases[0]))
            .await;
        assert_eq!(
            ids(&theirs),
            [cases[0].as_str()],
            "a volunteer sees theirs only"
        );
    }
);

story!(
    a_case_is_unread_until_it_is_read_by_each,
    |server: TestServer| async move {
        let (agent, other) = (
            server.named(Role::Agent, "Claire Morvan").await,
            server.named(Role::Agent, "Yann Ily").await,
        );
        let case = server.hears("1", "My lamp is broken").await;
        let unread =
            async |caller: &Caller| list(caller, "view=open").await["cases"][0]["unread"].clone();
        assert_eq!(unread(&agent).await, json!(true));
        agent
            .act("PUT", &format!("/api/v1/cases/{case}/seen"), json!({}))
            .await;
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{case}/assignment"),
                json!({"person": agent.id}),
            )
            .await;
        assert_eq!(
            (unread(&agent).await, unread(&other).await),
            (json!(false), json!(true))
        );
        assert_eq!(agent.get("/api/v1/counts").await["unread"], json!(0));
        assert_eq!(
            ids(&list(&agent, "view=open&unread=true").await),
            Vec::<&str>::new()
        );
        assert_eq!(
            ids(&list(&other, "view=open&unread=true").await),
            [case.as_str()]
        );

        let more = json!({
            "external_id": "2",
            "in_reply_to": "1",
            "text": "Anybody there?",
            "author": {"email": "jeanne@mail.example"},
        });
        server.post_messages(&more).await;
        assert_eq!(unread(&agent).await, json!(true), "newer words");
        assert_eq!(
            agent.get("/api/v1/counts").await["unread"],
            json!(1),
            "mine, unread"
        );
        let facts = server.history().await;
        agent
            .act("PUT", &format!("/api/v1/cases/{case}/seen"), json!({}))
            .await;
        agent
            .act("DELETE", &format!("/api/v1/cases/{case}/seen"), json!({}))
            .await;
        assert_eq!(unread(&agent).await, json!(true), "put back by hand");
        assert_eq!(
            server.history().await,
            facts,
            "reading is nobody else's business"
        );
    }
);

story!(
    views_are_kept_for_oneself_or_for_all,
    |server: TestServer| async move {
        let (agent, other) = (
            server.named(Role::Agent, "Claire Morvan").await,
            server.named(Role::Agent, "Yann Ily").await,
        );
        let lead = server.caller(Role::Lead).await;
        five(&server).await;
        let view = json!({
            "name": " In  French ",
            "filters": "view=open&lang=fr&order=newest",
            "shared": false,
        });
        agent.act("POST", "/api/v1/saved-views", view).await;
        lead.act(
            "POST",
            "/api/v1/saved-views",
            json!({"name": "Questions", "filters": "view=open&kind=praise", "shared": true}),
        )
        .await;
        let mine = agent.get("/api/v1/saved-views").await;
        let told = |it: &Value| (it["name"].clone(), it["count"].clone(), it["mine"].clone());
        assert_eq!(told(&mine[0]), (json!("In French"), json!(2), json!(true)));
        assert_eq!(told(&mine[1]), (json!("Questions"), json!(1), json!(false)));
        let others = other.get("/api/v1/saved-views").await;
        assert_eq!(
            others.as_array().unwrap().len(),
            1,
            "what is another's own is not there"
        );
        for (wrong, why) in [
            (json!({"name": "", "filters": "view=open"}), "name_wrong"),
            (
                json!({"name": "x", "filters": "kind=question"}),
                "filters_wrong",
            ),
            (
                json!({"name": "x", "filters": "view=open&kind=rage"}),
                "filters_wrong",
            ),
            (
                json!({"name": "x", "filters": format!("view=open&lang={}", "x".repeat(700))}),
                "filters_wrong",
            ),
        ] {
            assert_eq!(
                agent.refused("POST", "/api/v1/saved-views", wrong).await,
                why
            );
        }
        let shared = format!("/api/v1/saved-views/{}", mine[1]["id"].as_str().unwrap());
        let own = format!("/api/v1/saved-views/{}", mine[0]["id"].as_str().unwrap());
        let change =
            json!({"name": "En français", "filters": "view=mine&lang=fr", "shared": false});
        assert_eq!(
            agent.refused("DELETE", &shared, json!({})).await,
            "not_allowed"
        );
        assert_eq!(
            other.refused("PUT", &own, change.clone()).await,
            "not_found"
        );
        agent.act("PUT", &own, change).await;
        assert_eq!(
            told(&agent.get("/api/v1/saved-views").await[0]),
            (json!("En français"), json!(0), json!(true))
        );
        agent.act("DELETE", &own, json!({})).await;
        assert_eq!(
            agent
                .get("/api/v1/saved-views")
                .await
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
);

/// State, owner and step of each case.
async fn stand(caller: &Caller, cases: &[String]) -> Vec<(Value, Value, Value)> {
    let mut found = Vec::new();
    for case in cases {
        let it = caller.get(&format!("/api/v1/cases/{case}")).await;
        found.push((
            it["state"].clone(),
            it["owner"]["name"].clone(),
            it["why"]["moved"].clone(),
        ));
    }
    found
}

story!(
    one_act_on_many_cases_is_undone_as_a_whole,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let cases = five(&server).await;
        let tag = agent
            .act("POST", "/api/v1/tags", json!({"name": "batch 7"}))
            .await["id"]
            .clone();
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{}/waiting", cases[1]),
                json!({"state": "waiting_customer"}),
            )
            .await;
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{}/step", cases[2]),
                json!({"step": 1}),
            )
            .await;
        let before = stand(&agent, &cases).await;
        let until = server.now().plus_days(3).to_string();
        for act in [
            json!({"act": "assign", "person": agent.id}),
            json!({"act": "snooze", "until": until}),
            json!({"act": "wait", "state": "waiting_colleague"}),
            json!({"act": "step", "step": -1}),
            json!({"act": "tag", "tag": tag, "on": true}),
            json!({"act": "close", "how": "answered"}),
        ] {
            let mut body = act.clone();
            body["cases"] = json!(cases);
            let done = agent.act("POST", "/api/v1/bulk", body).await;
            assert_eq!(
                (done["done"].as_array().unwrap().len(), &done["left"]),
                (5, &json!([])),
                "{act}"
            );
            if act["act"] == "tag" {
                let tagged =
                    list(&agent, &format!("view=open&tag={}", tag.as_str().unwrap())).await;
                assert_eq!(tagged["cases"].as_array().unwrap().len(), 4);
            } else {
                assert_ne!(stand(&agent, &cases).await, before, "{act}");
            }
            let undo = format!("/api/v1/bulk/{}", done["id"].as_str().unwrap());
            let undone = agent.act("DELETE", &undo, json!({})).await;
            assert_eq!(
                (undone["done"].as_array().unwrap().len(), &undone["left"]),
                (5, &json!([])),
                "{act}"
            );
            assert_eq!(stand(&agent, &cases).await, before, "{act} undone");
            assert_eq!(
                agent.refused("DELETE", &undo, json!({})).await,
                "undone_already"
            );
        }
        assert_eq!(agent.get("/api/v1/tags").await[0]["cases"], json!(0));
    }
);

story!(
    what_somebody_did_since_is_left_alone,
    |server: TestServer| async move {
        let (agent, other) = (
            server.named(Role::Agent, "Claire Morvan").await,
            server.named(Role::Agent, "Yann Ily").await,
        );
        let volunteer = server.caller(Role::Volunteer).await;
        let cases = five(&server).await;
        let close = json!({"act": "close", "how": "nothing_to_do", "cases": [cases[0], cases[1]]});
        let done = agent.act("POST", "/api/v1/bulk", close.clone()).await;
        other
            .act(
                "DELETE",
                &format!("/api/v1/cases/{}/closure", cases[0]),
                json!({}),
            )
            .await;
        let undo = format!("/api/v1/bulk/{}", done["id"].as_str().unwrap());
        assert_eq!(
            other.refused("DELETE", &undo, json!({})).await,
            "not_allowed",
            "another's"
        );
        let undone = agent.act("DELETE", &undo, json!({})).await;
        assert_eq!(undone["done"], json!([cases[1]]));
        assert_eq!(undone["left"][0]["problem"], json!("acted_since"));

        // Closed already, gone, or not to be seen: named, and the others are done.
        agent
            .act(
                "POST",
                "/api/v1/bulk",
                json!({"act": "close", "how": "answered", "cases": [cases[2]]}),
            )
            .await;
        let gone = "01939c2e-0000-7000-8000-000000000000";
        let mixed = agent
            .act(
                "POST",
                "/api/v1/bulk",
                json!({"act": "close", "how": "answered", "cases": [cases[2], gone, cases[3]]}),
            )
            .await;
        assert_eq!(mixed["done"], json!([cases[3]]));
        let why: Vec<&str> = mixed["left"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["problem"].as_str().unwrap())
            .collect();
        assert_eq!(why, ["wrong_state", "not_found"]);
        for (wrong, why) in [
            (
                json!({"act": "close", "how": "solved", "cases": [cases[0]]}),
                "evidence_missing",
            ),
            (
                json!({"act": "step", "step": 1, "cases": []}),
                "cases_too_many",
            ),
            (
                json!({"act": "step", "step": 1, "cases": vec![gone; 501]}),
                "cases_too_many",
            ),
        ] {
            assert_eq!(agent.refused("POST", "/api/v1/bulk", wrong).await, why);
        }
        let give = json!({"act": "assign", "person": agent.id, "cases": [cases[0]]});
        assert_eq!(
            volunteer.refused("POST", "/api/v1/bulk", give).await,
            "not_allowed"
        );
        let history = server.history().await;
        assert!(
            !history.contains("lamp") && history.contains("bulk.undone"),
            "facts hold no words"
        );
    }
);
