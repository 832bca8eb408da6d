//! Who is who, and what belongs together: people decide, reversibly.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{TestServer, story};

story!(
    exact_identifiers_recognise_and_shared_ones_do_not,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        server.post_messages(&json!([
            {
                "external_id": "1",
                "text": "broken lamp",
                "author": {"name": "Jeanne", "email": "Jeanne@Mail.example"},
            },
            {
                "external_id": "2",
                "text": "broken table",
                "author": {"name": "J. R.", "email": "jeanne@mail.example", "phone": "0612345678"},
            },
            {"external_id": "3", "text": "broken chair", "author": {"handle": "jeanne"}},
        ])).await;
        let customers = lead.get("/api/v1/customers").await;
        assert_eq!(
            customers["customers"].as_array().unwrap().len(),
            1,
            "{customers}"
        );
        assert_eq!(customers["customers"][0]["open_cases"], 2);
        lead.act(
            "POST",
            "/api/v1/shared-identifiers",
            json!({"kind": "phone", "value": "+33 6 12 34 56 78"}),
        )
        .await;
        server
            .post_messages(&json!({
                "external_id": "4",
                "text": "hello",
                "author": {"name": "Paul", "phone": "06.12.34.56.78"},
            }))
            .await;
        assert_eq!(
            lead.get("/api/v1/customers").await["customers"]
                .as_array()
                .unwrap()
                .len(),
            2,
            "a shared number proves nothing"
        );
    }
);

story!(
    customers_are_joined_and_separated_again,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        server
            .post_messages(&json!([
                {
                    "external_id": "1",
                    "text": "broken lamp",
                    "author": {"name": "Ana", "email": "ana@mail.example"},
                },
                {
                    "external_id": "2",
                    "text": "broken table",
                    "author": {"name": "Bea", "email": "bea@mail.example"},
                },
            ]))
            .await;
        let ids = |page: &Value| {
            page["customers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let both = ids(&lead.get("/api/v1/customers").await);
        let join = lead
            .act(
                "POST",
                &format!("/api/v1/customers/{}/joins", both[0]),
                json!({"other": both[1]}),
            )
            .await;
        assert_eq!(ids(&lead.get("/api/v1/customers").await), both[..1]);
        let one = lead.get(&format!("/api/v1/customers/{}", both[1])).await;
        assert_eq!(
            (
                one["id"].as_str(),
                one["timeline"].as_array().unwrap().len()
            ),
            (Some(both[0].as_str()), 2),
            "one timeline"
        );
        lead.act(
            "DELETE",
            &format!("/api/v1/joins/{}", join["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
        assert_eq!(ids(&lead.get("/api/v1/customers").await), both);
        let one = lead.get(&format!("/api/v1/customers/{}", both[0])).await;
        assert_eq!(one["timeline"].as_array().unwrap().len(), 1);
    }
);

story!(
    cases_are_split_joined_and_put_back,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let case = server.hears("1", "My lamp is broken").await;
        server
            .post_messages(
                &json!({"external_id": "2", "in_reply_to": "1", "text": "And do you \
            sell chairs?", "author": {"email": "jeanne@mail.example"}}),
            )
            .await;
        let full = lead.get(&format!("/api/v1/cases/{case}")).await;
        let second = full["messages"][1]["id"].clone();
        let split = lead
            .act(
                "POST",
                &format!("/api/v1/cases/{case}/split"),
                json!({"messages": [second]}),
            )
            .await;
        let other = split["case"].as_str().unwrap().to_owned();
        assert_eq!(
            lead.get(&format!("/api/v1/cases/{case}")).await["messages"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            lead.get(&format!("/api/v1/cases/{other}")).await["messages"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        lead.act(
            "DELETE",
            &format!("/api/v1/moves/{}", split["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
        assert_eq!(
            lead.get(&format!("/api/v1/cases/{case}")).await["messages"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let third = server.hears("9", "Same lamp, other thread").await;
        let join = lead
            .act(
                "POST",
                &format!("/api/v1/cases/{third}/join"),
                json!({"into": case}),
            )
            .await;
        assert_eq!(
            lead.get(&format!("/api/v1/cases/{case}")).await["messages"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
        server
            .post_messages(&json!({"external_id": "10", "in_reply_to": "9", "text": "Any news?"}))
            .await;
        assert_eq!(
            lead.get(&format!("/api/v1/cases/{case}")).await["messages"]
                .as_array()
                .unwrap()
                .len(),
            4,
            "the thread follows"
        );
        lead.act(
            "DELETE",
            &format!("/api/v1/moves/{}", join["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
        let back = lead.get(&format!("/api/v1/cases/{third}")).await;
        assert_eq!(
            (
                back["state"].as_str(),
                back["messages"].as_array().unwrap().len()
            ),
            (Some("open"), 1)
        );
        let itself = lead
            .refused(
                "POST",
                &format!("/api/v1/cases/{case}/join"),
                json!({"into": case}),
            )
            .await;
        assert_eq!(itself, "cannot_move");
    }
);

story!(
    a_reading_is_corrected_in_one_act_and_restored,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let case = server.hears("1", "Hm.").await;
        let full = lead.get(&format!("/api/v1/cases/{case}")).await;
        let path = format!(
            "/api/v1/messages/{}/correction",
            full["messages"][0]["id"].as_str().unwrap()
        );
        lead.act(
            "PUT",
            &path,
            json!({"kind": "complaint", "harm": "loss_of_service"}),
        )
        .await;
        let corrected = lead.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(corrected["kind"], "complaint");
        assert!(corrected["why"]["importance"].as_i64() > full["why"]["importance"].as_i64());
        assert_eq!(
            lead.refused("PUT", &path, json!({"kind": "unknown"})).await,
            "person_knows"
        );
        lead.act("DELETE", &path, json!({})).await;
        assert_eq!(
            lead.get(&format!("/api/v1/cases/{case}")).await["kind"],
            full["kind"]
        );
    }
);
