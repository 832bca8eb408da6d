//! Who signs in, who guesses, and where one is signed in.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::{
    post_office::PostOffice,
    test_server::{TestServer, client, story},
};

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
    one_sees_where_one_is_signed_in_and_ends_the_others,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let asked = json!({"role": "agent", "email": "anne@mail.example"});
        let link = administrator.act("POST", "/api/v1/people", asked).await;
        let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let words = "un phare dans la brume";
        let joined = json!({"name": "Anne", "password": words});
        let nobody = server.nobody();
        nobody
            .act("POST", &format!("/api/v1/tickets/{token}"), joined)
            .await;
        let sign_in = async |browser: &str, password: &str| {
            let answer = client()
                .post(format!("{}/api/v1/session", server.address))
                .header("user-agent", browser)
                .json(&json!({"email": "anne@mail.example", "password": password}))
                .send()
                .await
                .unwrap();
            let cookies = answer.headers().get_all("set-cookie").iter();
            let mut cookies = cookies.map(|it| it.to_str().unwrap().split(';').next().unwrap());
            let cookie = cookies
                .find(|it| it.starts_with("vigie_session="))
                .unwrap()
                .to_owned();
            let csrf = answer.json::<Value>().await.unwrap()["csrf"].clone();
            nobody.signed_in(cookie, csrf.as_str().unwrap())
        };

        let (desk, phone) = (
            sign_in("Desk 1.0", words).await,
            sign_in("Phone 2.0", words).await,
        );
        let own = phone.get("/api/v1/me/sessions").await;
        let told = own
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (&it["browser"], &it["current"]));
        let told: Vec<_> = told.filter(|it| it.0 != "").collect();
        assert_eq!(told.len(), 2, "{own}");
        assert!(told.contains(&(&json!("Phone 2.0"), &json!(true))), "{own}");
        assert!(!own.to_string().contains("vigie_session"));

        phone.act("DELETE", "/api/v1/me/sessions", json!({})).await;
        assert_eq!(desk.call("GET", "/api/v1/me", None).await.0, 401);
        assert_eq!(
            phone
                .get("/api/v1/me/sessions")
                .await
                .as_array()
                .unwrap()
                .len(),
            1
        );

        // A new password ends the others too, and asks for the one there is.
        let desk = sign_in("Desk 1.0", words).await;
        let change = |current: &str, new: &str| json!({"current": current, "new": new});
        let path = "/api/v1/me/password";
        let new = "deux phares dans la nuit";
        let refused = phone
            .refused("PUT", path, change("not my words", new))
            .await;
        assert_eq!(refused, "wrong_password");
        let refused = phone
            .refused("PUT", path, change(words, "password1234"))
            .await;
        assert_eq!(refused, "password_too_common");
        phone.act("PUT", path, change(words, new)).await;
        assert_eq!(desk.call("GET", "/api/v1/me", None).await.0, 401);
        let desk = sign_in("Desk 1.0", new).await;

        // It ends two weeks after it began, and before that when nobody used it for a while.
        server.pass(4 * 86_400);
        let used_since = async |days: i64| {
            let token = desk.cookie().split_once('=').unwrap().1.to_owned();
            let (hash, now) = (vigie_http::hash_token(&token), server.now());
            let mut session = server.instance.store.read().await.unwrap();
            let found = session
                .sessions()
                .find(&hash, now, now.plus_days(-days))
                .await;
            found.unwrap().is_some()
        };
        assert!(!used_since(3).await && used_since(5).await);
        assert_eq!(desk.call("GET", "/api/v1/me", None).await.0, 200);
        assert!(used_since(3).await, "its use was noted");
        server.pass(11 * 86_400);
        assert_eq!(
            desk.call("GET", "/api/v1/me", None).await.0,
            401,
            "two weeks"
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
    word_comes_by_mail_of_a_browser_the_account_was_not_opened_in,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, anne) = (
            office.address("service", "halvenne.test"),
            office.address("anne", "halvenne.test"),
        );
        let administrator = crate::mail::connect(&server, &office, &service, 7).await;
        let asked = json!({"role": "agent", "email": anne});
        let link = administrator.act("POST", "/api/v1/people", asked).await;
        let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let words = "un phare dans la brume";
        let join = json!({"name": "Anne", "password": words});
        let path = format!("/api/v1/tickets/{token}");
        server.nobody().act("POST", &path, join).await;
        server.turn_outbox().await;
        assert!(
            office.mails(&anne).is_empty(),
            "the link came by mail already"
        );

        let sign_in = async |cookie: &str| {
            let request = client()
                .post(format!("{}/api/v1/session", server.address))
                .header("cookie", cookie)
                .header("user-agent", "Call +33 1 23 45 67 89")
                .json(&json!({"email": anne, "password": words}));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let cookies = answer.headers().get_all("set-cookie").iter();
            let mut cookies = cookies.map(|it| it.to_str().unwrap().split(';').next().unwrap());
            let browser = cookies.find(|it| it.starts_with("vigie_browser="));
            browser.unwrap().to_owned()
        };
        let browser = sign_in("").await;
        server.turn_outbox().await;
        let mail = office.mails_of(&anne, 1).await.remove(0);
        assert!(mail.contains("/settings/account") && mail.contains("127.0.0.1"));
        assert!(
            !mail.contains("+33"),
            "nothing whoever signed in chose: {mail}"
        );

        sign_in(&browser).await;
        server.turn_outbox().await;
        assert_eq!(office.mails(&anne).len(), 1, "this browser is known");
    }
);
