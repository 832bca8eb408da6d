//! What was said can be found again, within a second of being said, by words, phrases and fields.

use std::time::Duration;

use serde_json::{Value, json};
use vigie_model::Role;

use crate::house::{Caller, TestHouse, story};

/// The titles found, once the index has seen everything.
async fn found(caller: &Caller, query: &str) -> Vec<String> {
    let page = page(caller, &format!("q={}", query.replace(' ', "%20").replace('"', "%22"))).await;
    page["results"].as_array().unwrap().iter().map(words).collect()
}

fn words(result: &Value) -> String {
    result["pieces"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap()).collect()
}

async fn page(caller: &Caller, asked: &str) -> Value {
    for _ in 0..100 {
        let page = caller.get(&format!("/api/v1/search?{asked}")).await;
        if page["behind"] == 0 {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the index never caught up");
}

story!(words_are_found_whatever_their_accents_and_endings, |house: TestHouse| async move {
    let agent = house.named(Role::Agent, "Claire Morvan").await;
    let lamp = house.hears("1", "Ma lampe est cassée, j'attends le remboursement.").await;
    house.hears("2", "Le colis n'est jamais arrivé, deux remboursements manquent.").await;
    house.hears("3", "The lamps I ordered are wonderful.").await;
    assert_eq!(found(&agent, "cassee").await.len(), 1, "without its accent");
    assert_eq!(found(&agent, "remboursement").await.len(), 2, "singular and plural");
    assert!(found(&agent, "remboursement").await[0].starts_with("Ma lampe"), "the exact form first");
    assert_eq!(found(&agent, "\"jamais arrive\"").await.len(), 1);
    assert_eq!(found(&agent, "\"arrive jamais\"").await.len(), 0);
    assert_eq!(found(&agent, "lamp* -wonderful").await.len(), 1);
    assert_eq!(found(&agent, "lampe OR lamps").await.len(), 2);
    assert_eq!(found(&agent, "jeanne").await.len(), 3, "by who spoke");
    assert_eq!(found(&agent, "author:roudaut colis").await.len(), 1);
    let page = page(&agent, "q=remboursement&counts=true").await;
    assert_eq!((&page["total"], &page["understood"]), (&json!(2), &json!("remboursement")));
    let marked: Vec<_> =
        page["results"][1]["pieces"].as_array().unwrap().iter().filter(|it| it["marked"] == true).collect();
    assert_eq!(marked[0]["text"], "remboursements");

    // What changes in a case is found by its new state.
    assert_eq!(found(&agent, "state:open owner:none").await.len(), 3);
    let path = format!("/api/v1/cases/{lamp}/assignment");
    agent.act("PUT", &path, json!({"person": agent.id})).await;
    assert_eq!(found(&agent, "owner:claire").await.len(), 1);
    // A volunteer finds their own cases only.
    let volunteer = house.caller(Role::Volunteer).await;
    assert!(found(&volunteer, "remboursement").await.is_empty());
});

story!(pages_follow_one_another_and_miss_nothing, |house: TestHouse| async move {
    let agent = house.caller(Role::Agent).await;
    let messages: Vec<_> =
        (0..57).map(|n| json!({"external_id": format!("m{n}"), "text": format!("parcel number {n}")})).collect();
    house.post_messages(&json!(messages)).await;
    for order in ["rank", "date"] {
        let (mut seen, mut after) = (std::collections::BTreeSet::new(), String::new());
        loop {
            let page = page(&agent, &format!("q=parcel&limit=10&order={order}{after}")).await;
            for result in page["results"].as_array().unwrap() {
                assert!(seen.insert(result["message"].as_str().unwrap().to_owned()), "{result} came twice");
            }
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(seen.len(), 57, "{order}");
    }
});

story!(a_wrong_query_names_the_place, |house: TestHouse| async move {
    let agent = house.caller(Role::Agent).await;
    let (status, wrong) = agent.call("GET", "/api/v1/search?q=lost%20(parcel", None).await;
    assert_eq!((status, &wrong["start"], &wrong["end"]), (422, &json!(5), &json!(6)), "{wrong}");
    for query in ["colour:red", "since:yesterday", "source:nowhere", "%22open", "a%20AND"] {
        let (status, wrong) = agent.call("GET", &format!("/api/v1/search?q={query}"), None).await;
        assert_eq!((status, &wrong["type"]), (422, &json!("urn:vigie:problem:query_wrong")), "{query}");
    }
    for query in ["%F0%9F%98%80", "*", "()", "%5C%5C%5C", "%00", "a%20NEAR%20b"] {
        let (status, _) = agent.call("GET", &format!("/api/v1/search?q={query}"), None).await;
        assert!(status == 200 || status == 422, "{query}: {status}");
    }
});

story!(the_index_can_be_built_anew_while_it_answers, |house: TestHouse| async move {
    let agent = house.caller(Role::Agent).await;
    house.hears("1", "The blue lamp broke.").await;
    assert_eq!(found(&agent, "lamp").await.len(), 1);
    house.house.search.ask_to_rebuild().unwrap();
    for n in 0..20 {
        assert_eq!(found(&agent, "blue lamp").await.len(), 1, "it answers all the time");
        house.hears(&format!("more {n}"), "A green chair.").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(found(&agent, "green").await.len(), 20);
    assert!(!house.house.search.is_to_be_rebuilt());
});
