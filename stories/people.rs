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
    a_link_that_was_replaced_used_or_of_a_disabled_account_opens_nothing,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let agent = server.named(Role::Agent, "Anne Le Gall").await;
        let reset = format!("/api/v1/people/{}/password-reset", agent.id);
        let ask = async || {
            let link = administrator.act("POST", &reset, json!({})).await;
            let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
            format!("/api/v1/tickets/{token}")
        };
        let chosen = |words: &str| json!({"password": words});
        let nobody = server.nobody();

        let (first, second) = (ask().await, ask().await);
        let refused = nobody
            .refused("POST", &first, chosen("un phare dans la brume"))
            .await;
        assert_eq!(refused, "link_over", "a newer one took its place");
        nobody
            .act("POST", &second, chosen("un phare dans la brume"))
            .await;
        let refused = nobody
            .refused("POST", &second, chosen("deux phares dans la nuit"))
            .await;
        assert_eq!(refused, "link_over", "it was used");

        let last = ask().await;
        let path = format!("/api/v1/people/{}", agent.id);
        administrator
            .act("PATCH", &path, json!({"disabled": true}))
            .await;
        let refused = nobody
            .refused("POST", &last, chosen("trois phares au large"))
            .await;
        assert_eq!(
            refused, "link_over",
            "a disabled account has no way back in"
        );
    }
);

story!(
    a_form_of_another_site_signs_nobody_in,
    |server: TestServer| async move {
        for media_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
            let answer = client()
                .post(format!("{}/api/v1/session", server.address))
                .header("content-type", media_type)
                .body(r#"{"email": "anne@mail.example", "password": "a phare dans la brume"}"#)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status().as_u16(), 415, "{media_type}");
        }
    }
);

story!(
    guessing_is_slowed_and_the_owner_is_not_shut_out,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let asked = json!({"role": "agent", "email": "anne@mail.example"});
        let link = administrator.act("POST", "/api/v1/people", asked).await;
        let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let words = "un phare dans la brume";
        let joined = client()
            .post(format!("{}/api/v1/tickets/{token}", server.address))
            .json(&json!({"name": "Anne", "password": words}))
            .send()
            .await
            .unwrap();
        let cookies = joined.headers().get_all("set-cookie").iter();
        let mut cookies = cookies.map(|it| it.to_str().unwrap().split(';').next().unwrap());
        let browser = cookies
            .find(|it| it.starts_with("vigie_browser="))
            .unwrap()
            .to_owned();

        // From as many places as one likes: the story's server is told a proxy stands in front.
        let try_from = async |place: usize, password: &str, cookie: &str| {
            let request = client()
                .post(format!("{}/api/v1/session", server.address))
                .header(
                    "x-forwarded-for",
                    format!("198.51.{}.{}", place / 250, place % 250),
                )
                .header("cookie", cookie)
                .json(&json!({"email": "Anne@mail.example", "password": password}));
            request.send().await.unwrap().status().as_u16()
        };

        let mut here = Vec::new();
        for _ in 0..5 {
            here.push(try_from(0, "wrong words here", "").await);
        }
        assert_eq!(
            here,
            [401, 401, 401, 401, 429],
            "each wrong try doubles the wait"
        );
        server.pass(3);
        assert_eq!(try_from(0, words, "").await, 200, "who remembers comes in");

        for place in 1..=100 {
            try_from(place, "wrong words here", "").await;
        }
        assert_eq!(
            try_from(200, words, "").await,
            429,
            "guessed from everywhere"
        );
        assert_eq!(
            try_from(201, words, &browser).await,
            200,
            "by her own browser"
        );
        server.pass(3_600);
        assert_eq!(try_from(202, words, "").await, 200);
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
