//! Whoever holds a private link reads its case, until it ends or is closed by them or the team.

use serde_json::json;
use vigie_model::Role;

use crate::{
    claims::{case_saying, fill_in},
    test_server::{TestServer, story},
};

story!(
    a_private_link_is_closed_by_its_holder_or_by_the_team,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let reader = server.caller(Role::Reader).await;
        let nobody = server.nobody();
        for words in ["closed by the team", "closed by the customer"] {
            let private = fill_in(&server, &[("text", words)]).await;
            let other = fill_in(&server, &[("text", "another case")]).await;
            let case = case_saying(&agent, words).await;
            let id = case["id"].as_str().unwrap();
            assert_eq!(case["source"]["reach"], "private_page");
            assert_eq!(nobody.page(&private).await.0, 200);

            let path = format!("/api/v1/cases/{id}/private-links");
            let refused = reader.refused("DELETE", &path, json!({})).await;
            assert_eq!(refused, "not_allowed");
            match words {
                "closed by the team" => drop(agent.act("DELETE", &path, json!({})).await),
                _ => {
                    let press = format!("{private}/close?lang=en");
                    let (status, page, _) = nobody.press(&press, &[]).await;
                    assert!(status == 200 && page.contains("This link is closed"));
                }
            }

            assert_eq!(nobody.page(&private).await.0, 404);
            assert_eq!(nobody.press(&private, &[]).await.0, 404);
            assert_eq!(nobody.page(&other).await.0, 200, "of its own case only");
            let case = case_saying(&agent, words).await;
            assert_eq!(case["source"]["reach"], "none");
            let answer = json!({"text": "We look.\n\nClaire Morvan", "visibility": "private",
                "seen": case["stamp"]});
            let path = format!("/api/v1/cases/{id}/answers");
            let refused = agent.refused("POST", &path, answer).await;
            assert_eq!(refused, "no_way_back", "nobody would read it");
        }
        assert!(server.history().await.contains("link.closed"));
    }
);
