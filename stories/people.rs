//! People come by a link, sign in, go away; the first one needs no mail server.

use serde_json::json;
use vigie_model::Role;

use crate::test_server::{TestServer, client, story};

story!(
    somebody_is_invited_and_signs_in,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let link = administrator
            .act("POST", "/api/v1/people", json!({"role": "agent"}))
            .await;
        let token = link["url"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        let nobody = server.nobody();
        let path = format!("/api/v1/tickets/{token}");
        assert_eq!(nobody.get(&path).await["role"], "agent");
        let short = json!({"name": "Anne", "email": "anne@mail.example", "password": "short"});
        assert_eq!(
            nobody.refused("POST", &path, short).await,
            "password_too_short"
        );
        let common =
            json!({"name": "Anne", "email": "anne@mail.example", "password": "password1234"});
        assert_eq!(
            nobody.refused("POST", &path, common).await,
            "password_too_common"
        );
        let body =
            json!({"name": "Anne", "email": "Anne@mail.example", "password": "long enough words"});
        assert_eq!(
            nobody.act("POST", &path, body.clone()).await["person"]["role"],
            "agent"
        );
        assert_eq!(
            nobody.refused("POST", &path, body).await,
            "link_over",
            "it works once"
        );
        let wrong = json!({"email": "anne@mail.example", "password": "wrong words here"});
        assert_eq!(
            nobody.refused("POST", "/api/v1/session", wrong).await,
            "wrong_credentials"
        );
        let right = json!({"email": "anne@mail.example", "password": "long enough words"});
        let answer = client()
            .post(format!("{}/api/v1/session", server.address))
            .json(&right)
            .send()
            .await
            .unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly")
                && cookie.contains("SameSite=Lax")
                && cookie.contains("Max-Age"),
            "{cookie}"
        );
        let mut last = String::new();
        for _ in 0..12 {
            let wrong = json!({"email": "anne@mail.example", "password": "wrong words here"});
            last = nobody.refused("POST", "/api/v1/session", wrong).await;
        }
        assert_eq!(last, "too_many");
    }
);

story!(
    an_invitation_nobody_took_up_is_seen_and_taken_back,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let asked = json!({"role": "lead", "email": "Remi@mail.example"});
        let link = administrator.act("POST", "/api/v1/people", asked).await;
        administrator
            .act(
                "POST",
                &format!("/api/v1/people/{}/password-reset", administrator.id),
                json!({}),
            )
            .await;
        let open = administrator.get("/api/v1/invitations").await;
        let purposes: Vec<_> = open
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["purpose"].as_str().unwrap())
            .collect();
        assert_eq!(purposes, ["reset", "join"], "the newest first: {open}");
        assert_eq!(
            open[0]["name"],
            administrator.get("/api/v1/me").await["person"]["name"]
        );
        assert_eq!(
            (open[1]["role"].as_str(), open[1]["email"].as_str()),
            (Some("lead"), Some("remi@mail.example"))
        );
        let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(
            !open.to_string().contains(token),
            "the link itself is shown once"
        );

        let it = format!("/api/v1/invitations/{}", open[1]["id"].as_str().unwrap());
        administrator.act("DELETE", &it, json!({})).await;
        assert_eq!(
            server
                .nobody()
                .call("GET", &format!("/api/v1/tickets/{token}"), None)
                .await
                .0,
            404,
            "it opens nothing"
        );
        assert_eq!(
            administrator
                .get("/api/v1/invitations")
                .await
                .as_array()
                .unwrap()
                .len(),
            1
        );
        for gone in [
            it.as_str(),
            "/api/v1/invitations/none",
            "/api/v1/invitations/%C3%A9",
        ] {
            assert_eq!(
                administrator.refused("DELETE", gone, json!({})).await,
                "not_found",
                "{gone}"
            );
        }
    }
);

story!(
    whoever_leaves_leaves_no_case_behind,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let agent = server.named(Role::Agent, "Thomas Vasseur").await;
        let case = server.hears("1", "Where is my parcel?").await;
        administrator
            .act(
                "PUT",
                &format!("/api/v1/cases/{case}/assignment"),
                json!({"person": agent.id}),
            )
            .await;
        administrator
            .act(
                "PATCH",
                &format!("/api/v1/people/{}", agent.id),
                json!({"disabled": true}),
            )
            .await;
        let full = administrator.get(&format!("/api/v1/cases/{case}")).await;
        assert!(full["owner"].is_null() && full["take_by"].is_string());
        assert_eq!(
            agent.call("GET", "/api/v1/me", None).await.0,
            401,
            "signed out at once"
        );
        let path = format!("/api/v1/cases/{case}/assignment");
        assert_eq!(
            administrator
                .refused("PUT", &path, json!({"person": agent.id}))
                .await,
            "person_unavailable"
        );
        let myself = format!("/api/v1/people/{}", administrator.id);
        assert_eq!(
            administrator
                .refused("PATCH", &myself, json!({"role": "reader"}))
                .await,
            "not_yourself"
        );
    }
);

story!(
    a_forged_request_is_refused,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        let answer = client()
            .patch(format!("{}/api/v1/me", server.address))
            .header("cookie", agent.cookie())
            .json(&json!({"lang": "fr"}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 403, "no CSRF word");
        agent
            .act("PATCH", "/api/v1/me", json!({"lang": "fr"}))
            .await;
    }
);

story!(
    two_administrators_cannot_shut_each_other_out,
    |server: TestServer| async move {
        let (ana, ben) = (
            server.named(Role::Administrator, "Ana").await,
            server.named(Role::Administrator, "Ben").await,
        );
        let (to_ben, to_ana) = (
            format!("/api/v1/people/{}", ben.id),
            format!("/api/v1/people/{}", ana.id),
        );
        let off = json!({"disabled": true});
        let (first, second) = tokio::join!(
            ana.call("PATCH", &to_ben, Some(off.clone())),
            ben.call("PATCH", &to_ana, Some(off))
        );
        let done = [first.0, second.0].iter().filter(|it| **it == 200).count();
        assert_eq!(done, 1, "{first:?} {second:?}");
    }
);
