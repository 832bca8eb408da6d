//! A case waits for the people who answer together, in their own hours, whoever they are.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

async fn team(lead: &Caller, name: &str, hours: Option<&str>, members: &[&Caller]) -> String {
    let members: Vec<_> = members.iter().map(|it| &it.id).collect();
    let made = lead
        .act(
            "POST",
            "/api/v1/teams",
            json!({"name": name, "hours": hours, "members": members}),
        )
        .await;
    made["id"].as_str().unwrap().to_owned()
}

async fn listed(caller: &Caller, query: &str) -> Vec<String> {
    let page = caller.get(&format!("/api/v1/cases?{query}")).await;
    page["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn case(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("/api/v1/cases/{id}")).await
}

story!(
    a_case_given_to_a_team_waits_for_one_of_them,
    |server: TestServer| async move {
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let volunteer = server.named(Role::Volunteer, "Yann Le Gallou").await;
        let workshop = team(&lead, " L’atelier ", None, &[&volunteer]).await;
        let lamp = server
            .hears("1", "My oven caught fire and my child was burned")
            .await;
        let place = format!("/api/v1/cases/{lamp}/team");
        assert_eq!(
            volunteer
                .call("GET", &format!("/api/v1/cases/{lamp}"), None)
                .await
                .0,
            403,
            "not theirs yet"
        );
        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{lamp}/assignment"),
                json!({"person": agent.id}),
            )
            .await;

        // Who is not of the team hands it over.
        agent.act("PUT", &place, json!({"team": workshop})).await;
        agent.act("PUT", &place, json!({"team": workshop})).await;
        let shown = case(&volunteer, &lamp).await;
        assert_eq!(
            (&shown["team"]["name"], &shown["owner"]),
            (&json!("L’atelier"), &json!(null))
        );
        assert_eq!(listed(&volunteer, "view=teams").await, [lamp.as_str()]);
        assert_eq!(
            listed(&agent, "view=teams").await,
            Vec::<String>::new(),
            "not of it"
        );
        assert_eq!(
            listed(&agent, &format!("view=open&team={workshop}")).await,
            [lamp.as_str()]
        );
        let kept = json!({
            "name": "The workshop",
            "filters": format!("view=open&team={workshop}"),
            "shared": false,
        });
        agent.act("POST", "/api/v1/saved-views", kept).await;
        assert_eq!(volunteer.get("/api/v1/counts").await["counts"]["teams"], 1);
        assert_eq!(agent.get("/api/v1/counts").await["counts"]["teams"], 0);
        assert_eq!(agent.get("/api/v1/teams").await[0]["waiting"], 1);

        // One of them takes it: it is theirs, and still the team's.
        volunteer
            .act(
                "PUT",
                &format!("/api/v1/cases/{lamp}/assignment"),
                json!({"person": volunteer.id}),
            )
            .await;
        assert_eq!(listed(&volunteer, "view=teams").await, Vec::<String>::new());
        assert_eq!(volunteer.get("/api/v1/counts").await["counts"]["teams"], 0);
        assert_eq!(case(&agent, &lamp).await["team"]["name"], "L’atelier");

        // Put away, it leaves no case behind and is given none.
        lead.act(
            "PATCH",
            &format!("/api/v1/teams/{workshop}"),
            json!({"archived": true}),
        )
        .await;
        assert_eq!(case(&agent, &lamp).await["team"], json!(null));
        assert_eq!(
            agent
                .refused("PUT", &place, json!({"team": workshop}))
                .await,
            "team_away"
        );
        let history = server.history().await;
        assert_eq!(history.matches("case.given").count(), 2, "{history}");
        assert!(!history.contains("atelier"), "facts hold no words");
    }
);

story!(
    a_team_has_hours_of_its_own,
    |server: TestServer| async move {
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let lamp = server
            .hears("1", "My lamp is broken, I want my money back.")
            .await;
        let before = case(&lead, &lamp).await;
        assert_eq!(
            lead.refused(
                "POST",
                "/api/v1/teams",
                json!({"name": "Night", "hours": "whenever we like"})
            )
            .await,
            "hours_wrong"
        );
        // Hours far from the brand's own: what is due, and by when it must be taken, follow.
        let sunday = team(&lead, "Sunday", Some("Su 02:00-03:00"), &[]).await;
        lead.act(
            "PUT",
            &format!("/api/v1/cases/{lamp}/team"),
            json!({"team": sunday}),
        )
        .await;
        let given = case(&lead, &lamp).await;
        assert!(
            given["due_at"].as_str() > before["due_at"].as_str(),
            "{} {}",
            given["due_at"],
            before["due_at"]
        );
        assert!(given["take_by"].as_str() > before["take_by"].as_str());
        let shown = lead.get("/api/v1/teams").await;
        assert_eq!(
            shown[0]["open_now"] == json!(true),
            shown[0]["opens_at"] == json!(null),
            "{shown}"
        );
        // Its hours change: its cases are counted anew, in turn.
        lead.act(
            "PATCH",
            &format!("/api/v1/teams/{sunday}"),
            json!({"hours": ""}),
        )
        .await;
        while vigie_journey::run_due_timers(&server.instance)
            .await
            .unwrap()
            > 0
        {}
        assert_eq!(case(&lead, &lamp).await["due_at"], before["due_at"]);
        assert_eq!(lead.get("/api/v1/teams").await[0]["hours"], json!(null));
    }
);

story!(
    a_rule_gives_to_a_team_and_many_are_given_at_once,
    |server: TestServer| async move {
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let carriers = team(&lead, "Carriers", None, &[]).await;
        lead.act(
            "POST",
            "/api/v1/rules",
            json!({"query": "parcel", "team": carriers}),
        )
        .await;
        let parcel = server.hears("1", "My parcel never arrived.").await;
        let lamp = server.hears("2", "My lamp is broken.").await;
        assert_eq!(case(&agent, &parcel).await["team"]["name"], "Carriers");
        assert_eq!(
            agent.get("/api/v1/rules").await[0]["team"]["name"],
            "Carriers"
        );

        agent
            .act(
                "PUT",
                &format!("/api/v1/cases/{lamp}/assignment"),
                json!({"person": agent.id}),
            )
            .await;
        let asked = json!({"act": "give", "team": carriers, "cases": [parcel, lamp]});
        let done = agent.act("POST", "/api/v1/bulk", asked).await;
        assert_eq!(done["done"], json!([lamp]), "the other was theirs already");
        let given = case(&agent, &lamp).await;
        assert_eq!(
            (&given["owner"], given["take_by"].is_string()),
            (&json!(null), true)
        );
        agent
            .act(
                "DELETE",
                &format!("/api/v1/bulk/{}", done["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        let undone = case(&agent, &lamp).await;
        assert_eq!(
            (&undone["team"], &undone["owner"]["name"]),
            (&json!(null), &json!("Claire Morvan"))
        );
    }
);

story!(
    whoever_gave_a_case_away_by_mistake_takes_it_back,
    |server: TestServer| async move {
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let volunteer = server.named(Role::Volunteer, "Yann Le Gallou").await;
        let carriers = team(&lead, "Carriers", None, &[]).await;
        let oven = server
            .hears("1", "My oven caught fire and my child was burned")
            .await;
        let place = format!("/api/v1/cases/{oven}");
        lead.act(
            "PUT",
            &format!("{place}/assignment"),
            json!({"person": volunteer.id}),
        )
        .await;
        for given in [
            json!({"act": "assign", "person": null}),
            json!({"act": "give", "team": carriers}),
        ] {
            let mut asked = given.clone();
            asked["cases"] = json!([oven]);
            let done = volunteer.act("POST", "/api/v1/bulk", asked).await;
            assert_eq!(done["done"], json!([oven]), "{done}");
            assert_eq!(
                volunteer.call("GET", &place, None).await.0,
                403,
                "not theirs any more: {given}"
            );
            let undone = volunteer
                .act(
                    "DELETE",
                    &format!("/api/v1/bulk/{}", done["id"].as_str().unwrap()),
                    json!({}),
                )
                .await;
            assert_eq!(undone["done"], json!([oven]), "{undone}");
            assert_eq!(
                case(&volunteer, &oven).await["owner"]["name"],
                "Yann Le Gallou"
            );
        }
        // Somebody took it meanwhile: it is theirs.
        let asked = json!({"act": "assign", "person": null, "cases": [oven]});
        let done = volunteer.act("POST", "/api/v1/bulk", asked).await;
        lead.act(
            "PUT",
            &format!("{place}/assignment"),
            json!({"person": lead.id}),
        )
        .await;
        let undone = volunteer
            .act(
                "DELETE",
                &format!("/api/v1/bulk/{}", done["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        assert_eq!(undone["left"][0]["problem"], "acted_since");
        assert_eq!(case(&lead, &oven).await["owner"]["name"], "Odile Kerjean");
    }
);

story!(who_may_make_teams, |server: TestServer| async move {
    let lead = server.caller(Role::Lead).await;
    let agent = server.caller(Role::Agent).await;
    let shop = team(&lead, "Boutiques", None, &[&agent]).await;
    let path = format!("/api/v1/teams/{shop}");
    assert_eq!(
        agent.refused("PATCH", &path, json!({"members": []})).await,
        "not_allowed"
    );
    for wrong in ["", "★", &"x".repeat(41)] {
        assert_eq!(
            lead.refused("POST", "/api/v1/teams", json!({"name": wrong}))
                .await,
            "team_name_wrong"
        );
    }
    assert_eq!(
        lead.refused("POST", "/api/v1/teams", json!({"name": "BOUTIQUES"}))
            .await,
        "team_exists"
    );
    lead.act("PATCH", &path, json!({"name": "boutiques"})).await;
    let shown = agent.get("/api/v1/teams").await;
    assert_eq!(
        (
            &shown[0]["name"],
            shown[0]["members"].as_array().unwrap().len()
        ),
        (&json!("boutiques"), 1)
    );
});
