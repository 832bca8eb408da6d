//! Acts on many cases and their undo, where somebody is in the way.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

async fn act(caller: &Caller, case: &str, act: Value) -> String {
    let mut body = json!({ "cases": [case] });
    body.as_object_mut()
        .unwrap()
        .extend(act.as_object().unwrap().clone());
    let done = caller.act("POST", "/api/v1/bulk", body).await;
    assert_eq!(done["left"], json!([]), "{done}");
    format!("/api/v1/bulk/{}", done["id"].as_str().unwrap())
}

story!(
    an_undo_that_somebody_s_absence_prevents_changes_nothing_and_can_be_tried_again,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let niamh = server.named(Role::Agent, "Niamh Byrne").await;
        let case = server.hears("1", "My lamp broke").await;
        let path = format!("/api/v1/cases/{case}");
        let me = json!(niamh.id);
        let team = json!({"name": "Workshop", "members": []});
        let team = lead.act("POST", "/api/v1/teams", team).await["id"].clone();
        act(&lead, &case, json!({"act": "assign", "person": me})).await;
        let undo = act(&lead, &case, json!({"act": "give", "team": team})).await;
        let person = format!("/api/v1/people/{}", me.as_str().unwrap());
        let administrator = server.caller(Role::Administrator).await;
        let away = json!({"absent_until": "2026-11-20T08:00:00Z"});
        administrator.act("PATCH", &person, away).await;

        let refused = lead.act("DELETE", &undo, Value::Null).await;

        assert_eq!(
            refused["left"][0]["problem"], "person_unavailable",
            "{refused}"
        );
        assert_eq!(
            lead.get(&path).await["team"]["id"],
            team,
            "nothing of it was done"
        );
        let back = json!({"absent_until": "2026-11-01T08:00:00Z"});
        administrator.act("PATCH", &person, back).await;
        let undone = lead.act("DELETE", &undo, Value::Null).await;
        assert_eq!(undone["done"], json!([case]), "{undone}");
        let full = lead.get(&path).await;
        assert_eq!((&full["team"], &full["owner"]["id"]), (&Value::Null, &me));
    }
);

story!(
    a_volunteer_takes_back_what_they_just_did,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let volunteer = server.caller(Role::Volunteer).await;
        let case = server.hears("1", "Is the bulb in the box?").await;
        let path = format!("/api/v1/cases/{case}");
        run(&server, "UPDATE cases SET queue = 'quick'").await;

        let until = json!({"act": "snooze", "until": "2026-11-20T08:00:00Z"});
        let undo = act(&volunteer, &case, until).await;
        assert_eq!(
            volunteer.refused("GET", &path, Value::Null).await,
            "not_allowed"
        );
        let undone = volunteer.act("DELETE", &undo, Value::Null).await;

        assert_eq!(undone["done"], json!([case]), "{undone}");
        assert_eq!(lead.get(&path).await["state"], "open");
    }
);

async fn run(server: &TestServer, sql: &str) {
    let mut session = server.instance.store.database().begin().await.unwrap();
    assert_eq!(session.run(sql, vec![]).await.unwrap(), 1, "{sql}");
    session.commit().await.unwrap();
}

story!(
    one_bad_reading_stops_neither_its_case_nor_the_rules,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let case = server.hears("1", "My lamp broke").await;
        server.hears("2", "My lamp broke too").await;
        let damage = "UPDATE derived SET data = '{\"kind\":5}' WHERE message_key = \
            (SELECT MIN(key) FROM message)";
        run(&server, damage).await;

        let full = lead.get(&format!("/api/v1/cases/{case}")).await;
        let rule = json!({"query": "lamp", "step": 1});
        let trial = lead.act("POST", "/api/v1/rule-trial", rule).await;

        assert_eq!(full["messages"][0]["text"], "My lamp broke");
        assert_eq!(full["messages"][0]["reading"], Value::Null);
        assert_eq!(trial["messages"], 2, "{trial}");
    }
);

story!(
    a_case_named_twice_is_acted_on_once,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let case = server.hears("1", "My lamp broke").await;
        for act in [
            json!({"act": "snooze", "until": "2026-11-20T08:00:00Z"}),
            json!({"act": "close", "how": "nothing_to_do"}),
        ] {
            let mut body = json!({ "cases": [case, case] });
            body.as_object_mut()
                .unwrap()
                .extend(act.as_object().unwrap().clone());
            let done = lead.act("POST", "/api/v1/bulk", body).await;
            assert_eq!((&done["done"], &done["left"]), (&json!([case]), &json!([])));

            let undo = format!("/api/v1/bulk/{}", done["id"].as_str().unwrap());
            let undone = lead.act("DELETE", &undo, Value::Null).await;
            assert_eq!(
                (&undone["done"], &undone["left"]),
                (&json!([case]), &json!([]))
            );
        }
    }
);

story!(
    an_undo_that_succeeds_in_part_can_be_finished,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let administrator = server.caller(Role::Administrator).await;
        let niamh = server.named(Role::Agent, "Niamh Byrne").await;
        let thomas = server.named(Role::Agent, "Thomas Kerr").await;
        let cases = [
            server.hears("1", "My lamp broke").await,
            server.hears("2", "My kettle broke").await,
        ];
        for (case, owner) in cases.iter().zip([&niamh, &thomas]) {
            act(&lead, case, json!({"act": "assign", "person": owner.id})).await;
        }
        let all = json!({"act": "assign", "person": null, "cases": cases});
        let done = lead.act("POST", "/api/v1/bulk", all).await;
        let undo = format!("/api/v1/bulk/{}", done["id"].as_str().unwrap());
        let person = format!("/api/v1/people/{}", json!(thomas.id).as_str().unwrap());
        let away = json!({"absent_until": "2026-11-20T08:00:00Z"});
        administrator.act("PATCH", &person, away).await;

        let half = lead.act("DELETE", &undo, Value::Null).await;
        assert_eq!(half["done"], json!([cases[0]]), "{half}");
        assert_eq!(half["left"][0]["problem"], "person_unavailable", "{half}");
        let back = json!({"absent_until": "2026-11-01T08:00:00Z"});
        administrator.act("PATCH", &person, back).await;
        let rest = lead.act("DELETE", &undo, Value::Null).await;

        assert_eq!(rest["done"], json!([cases[1]]), "{rest}");
        let full = lead.get(&format!("/api/v1/cases/{}", cases[1])).await;
        assert_eq!(full["owner"]["id"], json!(thomas.id));
        let problem = lead.refused("DELETE", &undo, Value::Null).await;
        assert!(problem.contains("undone_already"), "{problem}");
    }
);

story!(
    undoing_a_tag_leaves_the_one_a_colleague_put_since,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let niamh = server.named(Role::Agent, "Niamh Byrne").await;
        let cases = [
            server.hears("1", "My lamp broke").await,
            server.hears("2", "My kettle broke").await,
        ];
        let tag = lead
            .act("POST", "/api/v1/tags", json!({"name": "Autumn"}))
            .await["id"]
            .clone();
        let all = json!({"act": "tag", "tag": tag, "on": true, "cases": cases});
        let done = lead.act("POST", "/api/v1/bulk", all).await;
        let undo = format!("/api/v1/bulk/{}", done["id"].as_str().unwrap());
        for on in [false, true] {
            server.pass(5);
            act(
                &niamh,
                &cases[0],
                json!({"act": "tag", "tag": tag, "on": on}),
            )
            .await;
        }

        let undone = lead.act("DELETE", &undo, Value::Null).await;

        assert_eq!(undone["done"], json!([cases[1]]), "{undone}");
        assert_eq!(undone["left"][0]["problem"], "acted_since", "{undone}");
        let tags = lead.get(&format!("/api/v1/cases/{}", cases[0])).await["tags"].clone();
        assert_eq!(tags[0]["id"], tag, "{tags}");
    }
);
