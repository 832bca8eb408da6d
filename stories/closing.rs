//! The case closes with evidence; a customer who comes back opens it again; everything can be
//! undone.

use serde_json::json;
use vigie_model::Role;

use crate::test_server::{TestServer, pixel, story};

story!(
    solved_needs_evidence_and_closing_is_undone,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server
            .hears("1", "My kettle arrived broken, I want my money back")
            .await;
        let path = format!("/api/v1/cases/{case}/closure");
        let (status, refused) = agent.form("PUT", &path, &[("how", "solved")], None).await;
        assert_eq!(
            (status, refused["type"].as_str()),
            (422, Some("urn:vigie:problem:evidence_missing"))
        );
        let (status, refused) = agent
            .form(
                "PUT",
                &path,
                &[("how", "solved"), ("evidence", "photo")],
                None,
            )
            .await;
        assert_eq!(
            (status, refused["type"].as_str()),
            (422, Some("urn:vigie:problem:evidence_missing"))
        );
        let (status, _) = agent
            .form(
                "PUT",
                &path,
                &[("how", "solved"), ("evidence", "photo")],
                Some(("photo", "preuve.png", pixel())),
            )
            .await;
        assert_eq!(status, 200);
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(
            (full["state"].as_str(), full["closure"]["how"].as_str()),
            (Some("closed"), Some("solved"))
        );
        assert!(full["closure"]["photo"].is_string());
        assert!(
            full["ladder"].as_array().unwrap().is_empty(),
            "nobody answered: no step of the ladder is reached"
        );
        agent.act("DELETE", &path, json!({})).await;
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(
            (full["state"].as_str(), full["closure"].is_null()),
            (Some("open"), true)
        );
        assert!(full["due_at"].is_string());
    }
);

story!(the_ladder_follows_acts, |server: TestServer| async move {
    let agent = server.named(Role::Agent, "Inès Carlier").await;
    let case = server
        .hears(
            "1",
            "My kettle arrived broken and nobody answers, this is a disgrace, I want my money back",
        )
        .await;
    let read = || async { agent.get(&format!("/api/v1/cases/{case}")).await };
    let full = read().await;
    let message = full["messages"][0]["id"].as_str().unwrap().to_owned();
    agent
        .act(
            "PUT",
            &format!("/api/v1/messages/{message}/correction"),
            json!({"kind": "complaint"}),
        )
        .await;
    let body =
        json!({"text": "I look into it. Inès", "visibility": "private", "seen": full["stamp"]});
    agent
        .act("POST", &format!("/api/v1/cases/{case}/answers"), body)
        .await;
    assert_eq!(read().await["ladder"], json!(["heard"]));
    let cause = agent.get("/api/v1/causes").await[0]["id"].clone();
    agent
        .act(
            "PUT",
            &format!("/api/v1/cases/{case}/cause"),
            json!({"cause": cause}),
        )
        .await;
    assert_eq!(read().await["ladder"], json!(["heard", "understood"]));
    let fields = [
        ("how", "solved"),
        ("evidence", "refund"),
        ("reference", "AV-1"),
    ];
    agent
        .form(
            "PUT",
            &format!("/api/v1/cases/{case}/closure"),
            &fields,
            None,
        )
        .await;
    assert_eq!(
        read().await["ladder"],
        json!(["heard", "understood", "taken_into_account", "solved"])
    );
    agent
        .act("DELETE", &format!("/api/v1/cases/{case}/cause"), json!({}))
        .await;
    assert_eq!(
        read().await["ladder"],
        json!(["heard"]),
        "no step over a missing one"
    );
});

story!(
    a_recontact_within_seven_days_opens_again_and_later_is_a_new_case,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my parcel?").await;
        let path = format!("/api/v1/cases/{case}/closure");
        agent.form("PUT", &path, &[("how", "answered")], None).await;
        server.pass(6 * 86_400);
        server
            .post_messages(
                &json!({"external_id": "2", "in_reply_to": "1", "text": "Still nothing"}),
            )
            .await;
        assert_eq!(
            agent.get(&format!("/api/v1/cases/{case}")).await["state"],
            "open"
        );
        agent.form("PUT", &path, &[("how", "answered")], None).await;
        server.pass(8 * 86_400);
        server
            .post_messages(&json!({"external_id": "3", "in_reply_to": "2", "text": "It broke"}))
            .await;
        assert_eq!(
            agent.get(&format!("/api/v1/cases/{case}")).await["state"],
            "closed"
        );
        let newer = agent.get("/api/v1/cases?view=open").await["cases"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_ne!(newer, case);
        assert_eq!(
            agent.get(&format!("/api/v1/cases/{newer}")).await["continues"]["id"],
            case.as_str()
        );
    }
);

story!(
    snoozing_waiting_and_moving_are_undone_by_their_contraries,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Where is my parcel?").await;
        let state = || async {
            agent.get(&format!("/api/v1/cases/{case}")).await["state"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let path = |thing: &str| format!("/api/v1/cases/{case}/{thing}");
        assert_eq!(
            agent
                .refused(
                    "PUT",
                    &path("snooze"),
                    json!({"until": "2020-01-01T00:00:00Z"})
                )
                .await,
            "date_not_ahead"
        );
        agent
            .act(
                "PUT",
                &path("snooze"),
                json!({"until": "2026-11-18T09:00:00+01:00"}),
            )
            .await;
        assert_eq!(state().await, "snoozed");
        agent.act("DELETE", &path("snooze"), json!({})).await;
        assert_eq!(state().await, "open");
        agent
            .act(
                "PUT",
                &path("snooze"),
                json!({"until": "2026-11-18T09:00:00+01:00"}),
            )
            .await;
        server.pass(86_400);
        vigie_journey::run_due_timers(&server.instance)
            .await
            .unwrap();
        assert_eq!(state().await, "open", "its date has come");
        agent
            .act(
                "PUT",
                &path("waiting"),
                json!({"state": "waiting_colleague"}),
            )
            .await;
        assert_eq!(state().await, "waiting_colleague");
        agent.act("DELETE", &path("waiting"), json!({})).await;
        let before = agent.get(&format!("/api/v1/cases/{case}")).await["why"]["queue"].clone();
        agent.act("PUT", &path("step"), json!({"step": 1})).await;
        assert_ne!(
            agent.get(&format!("/api/v1/cases/{case}")).await["why"]["queue"],
            before
        );
        agent.act("PUT", &path("step"), json!({"step": 0})).await;
        assert_eq!(
            agent.get(&format!("/api/v1/cases/{case}")).await["why"]["queue"],
            before
        );
    }
);

story!(
    time_passes_and_cases_are_weighed_again,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server.hears("1", "Do you deliver to Belgium?").await;
        let read = || async {
            agent.get(&format!("/api/v1/cases/{case}")).await["why"]["urgency"]
                .as_i64()
                .unwrap()
        };
        let fresh = read().await;
        server.pass(3 * 3_600 + 45 * 60);
        while vigie_journey::run_due_timers(&server.instance)
            .await
            .unwrap()
            > 0
        {}
        assert!(
            read().await >= 70 && fresh < 10,
            "{fresh} then {}",
            read().await
        );
    }
);
