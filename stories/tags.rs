//! People mark cases in their own words, find them by these marks, and take them off again;
//! searches are kept.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::{
    search::page,
    test_server::{Caller, TestServer, story},
};

async fn tag(caller: &Caller, name: &str) -> String {
    caller
        .act("POST", "/api/v1/tags", json!({"name": name}))
        .await["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn names(tags: &Value) -> Vec<&str> {
    tags.as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect()
}

story!(
    a_case_bears_tags_until_they_are_taken_off,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let lamp = server.hears("1", "Ma lampe est cassée.").await;
        server.hears("2", "Le colis n'est jamais arrivé.").await;
        let back = tag(&agent, "  Retour   été ").await;
        assert_eq!(
            tag(&lead, "retour ete").await,
            back,
            "one tag, however it is spelt"
        );
        for wrong in ["", "★", &"x".repeat(41)] {
            assert_eq!(
                agent
                    .refused("POST", "/api/v1/tags", json!({"name": wrong}))
                    .await,
                "tag_name_wrong"
            );
        }
        let place = format!("/api/v1/cases/{lamp}/tags/{back}");
        agent.act("PUT", &place, json!({})).await;
        agent.act("PUT", &place, json!({})).await;
        assert_eq!(
            names(&agent.get(&format!("/api/v1/cases/{lamp}")).await["tags"]),
            ["Retour été"],
            "once"
        );
        let listed = agent
            .get(&format!("/api/v1/cases?view=open&tag={back}"))
            .await;
        assert_eq!(
            (
                listed["cases"].as_array().unwrap().len(),
                &listed["cases"][0]["id"]
            ),
            (1, &json!(lamp))
        );
        assert_eq!(names(&listed["cases"][0]["tags"]), ["Retour été"]);
        let all = agent.get("/api/v1/tags").await;
        assert_eq!(
            (&all[0]["cases"], &all[0]["open_cases"]),
            (&json!(1), &json!(1))
        );

        // It narrows a search, is counted beside it, and keeps its cases under another name.
        let found = page(&agent, "q=tag:%22retour%20%C3%A9t%C3%A9%22&counts=true").await;
        assert_eq!(
            (&found["total"], &found["counts"]["tag"][0]["value"]),
            (&json!(1), &json!("Retour été")),
            "{found}"
        );
        lead.act(
            "PATCH",
            &format!("/api/v1/tags/{back}"),
            json!({"name": "Reprise"}),
        )
        .await;
        assert_eq!(
            page(&agent, "q=tag:reprise").await["results"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let (status, unknown) = agent.call("GET", "/api/v1/search?q=tag:retour", None).await;
        assert_eq!(status, 422);
        assert!(
            unknown["detail"]
                .as_str()
                .unwrap()
                .contains("there are reprise"),
            "{unknown}"
        );
        tag(&agent, "Cadeau").await;
        let change = json!({"name": "CADEAU"});
        assert_eq!(
            lead.refused("PATCH", &format!("/api/v1/tags/{back}"), change)
                .await,
            "tag_exists"
        );

        agent.act("DELETE", &place, json!({})).await;
        assert_eq!(
            agent.get(&format!("/api/v1/cases/{lamp}")).await["tags"],
            json!([])
        );
        assert_eq!(page(&agent, "q=tag:reprise").await["results"], json!([]));
        let history = server.history().await;
        assert_eq!(
            (
                history.matches("case.tagged").count(),
                history.matches("case.untagged").count()
            ),
            (1, 1)
        );
        assert!(
            !history.contains("Retour") && !history.contains("Reprise"),
            "facts hold no words"
        );
    }
);

story!(
    a_case_brings_its_tags_along_when_it_joins_another,
    |server: TestServer| async move {
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let (lamp, other) = (
            server.hears("1", "Ma lampe est cassée.").await,
            server.hears("2", "La lampe, encore.").await,
        );
        let (both, brought, since) = (
            tag(&lead, "lamp").await,
            tag(&lead, "batch 7").await,
            tag(&lead, "press").await,
        );
        let put = async |case: &str, tag: &str| {
            lead.act(
                "PUT",
                &format!("/api/v1/cases/{case}/tags/{tag}"),
                json!({}),
            )
            .await
        };
        let worn =
            async |case: &str| lead.get(&format!("/api/v1/cases/{case}")).await["tags"].clone();
        put(&lamp, &both).await;
        put(&other, &both).await;
        put(&other, &brought).await;
        server.pass(60);
        let join = lead
            .act(
                "POST",
                &format!("/api/v1/cases/{other}/join"),
                json!({"into": lamp}),
            )
            .await;
        assert_eq!(names(&worn(&lamp).await), ["lamp", "batch 7"]);
        server.pass(60);
        put(&lamp, &since).await;
        lead.act(
            "DELETE",
            &format!("/api/v1/moves/{}", join["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
        assert_eq!(
            names(&worn(&lamp).await),
            ["lamp", "press"],
            "what it had before, and what it was given since"
        );
        assert_eq!(names(&worn(&other).await), ["lamp", "batch 7"]);
    }
);

story!(who_may_tag_what, |server: TestServer| async move {
    let agent = server.caller(Role::Agent).await;
    let volunteer = server.caller(Role::Volunteer).await;
    let case = server
        .hears("1", "My lamp broke and I want my money back today.")
        .await;
    let gift = tag(&agent, "gift").await;
    assert_eq!(
        volunteer
            .refused("POST", "/api/v1/tags", json!({"name": "mine"}))
            .await,
        "not_allowed"
    );
    assert_eq!(
        agent
            .refused(
                "PATCH",
                &format!("/api/v1/tags/{gift}"),
                json!({"archived": true})
            )
            .await,
        "not_allowed"
    );
    let place = format!("/api/v1/cases/{case}/tags/{gift}");
    agent
        .act(
            "PUT",
            &format!("/api/v1/cases/{case}/assignment"),
            json!({"person": agent.id}),
        )
        .await;
    assert_eq!(
        volunteer.refused("PUT", &place, json!({})).await,
        "not_allowed",
        "not their case"
    );
    agent
        .act(
            "PUT",
            &format!("/api/v1/cases/{case}/assignment"),
            json!({"person": volunteer.id}),
        )
        .await;
    volunteer.act("PUT", &place, json!({})).await;
    // A tag put away stays where it is; somebody who writes its name takes it out again.
    let lead = server.caller(Role::Lead).await;
    lead.act(
        "PATCH",
        &format!("/api/v1/tags/{gift}"),
        json!({"archived": true}),
    )
    .await;
    assert_eq!(
        names(&agent.get(&format!("/api/v1/cases/{case}")).await["tags"]),
        ["gift"]
    );
    assert_eq!(agent.get("/api/v1/tags").await[0]["archived"], json!(true));
    assert_eq!(tag(&agent, "Gift").await, gift);
    assert_eq!(agent.get("/api/v1/tags").await[0]["archived"], json!(false));
});

story!(
    searches_are_kept_for_oneself_or_for_all,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let other = server.named(Role::Agent, "Jonas Weil").await;
        let lead = server.named(Role::Lead, "Odile Kerjean").await;
        let mine = json!({"name": "Broken lamps", "q": "lamp (broke OR cassée)", "order": "date"});
        let made = agent.act("POST", "/api/v1/saved-searches", mine).await;
        assert_eq!(
            (&made["noun"], &made["order"], &made["shared"]),
            (&json!("message"), &json!("date"), &json!(false))
        );
        assert_eq!(
            other.get("/api/v1/saved-searches").await,
            json!([]),
            "one's own is one's own"
        );
        let path = format!("/api/v1/saved-searches/{}", made["id"].as_str().unwrap());
        assert_eq!(other.refused("DELETE", &path, json!({})).await, "not_found");

        let shared =
            json!({"name": "Broken lamps", "q": "lamp broke", "noun": "case", "shared": true});
        agent.act("PUT", &path, shared.clone()).await;
        let seen = other.get("/api/v1/saved-searches").await;
        assert_eq!(
            (&seen[0]["by_name"], &seen[0]["noun"]),
            (&json!("Claire Morvan"), &json!("case"))
        );
        assert_eq!(
            other.refused("PUT", &path, shared.clone()).await,
            "not_allowed"
        );
        let volunteer = server.caller(Role::Volunteer).await;
        assert_eq!(
            volunteer
                .refused("POST", "/api/v1/saved-searches", shared)
                .await,
            "not_allowed"
        );
        for (wrong, kind) in [
            (json!({"name": " ", "q": "lamp"}), "search_name_wrong"),
            (json!({"name": "x", "q": " "}), "search_empty"),
            (json!({"name": "x", "q": "lamp ("}), "query_wrong"),
        ] {
            assert_eq!(
                agent.refused("POST", "/api/v1/saved-searches", wrong).await,
                kind
            );
        }
        lead.act("DELETE", &path, json!({})).await;
        assert_eq!(agent.get("/api/v1/saved-searches").await, json!([]));
    }
);
