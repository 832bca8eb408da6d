//! A customer is heard: by programs, by the form, by a colleague, by a post somebody saw.

use serde_json::json;
use vigie_model::Role;

use crate::test_server::{TestServer, pixel, story};

story!(
    a_program_posts_and_posts_again,
    |server: TestServer| async move {
        let batch = json!([
            {
                "external_id": "1",
                "text": "My parcel never arrived",
                "author": {"handle": "jo"},
                "counts": {"likes": 3},
                "counts_version": "2026-01",
            },
            {
                "external_id": "2",
                "text": "Still nothing",
                "author": {"handle": "jo"},
                "in_reply_to": "1",
            },
            {"external_id": "3", "author": {"handle": "jo"}},
            {"external_id": "1", "text": "My parcel never arrived"},
            {"external_id": "4", "text": "Other thread", "emitter": "robot"},
        ]);
        let (status, answer) = server.post_messages(&batch).await;
        assert_eq!(status, 200);
        let statuses: Vec<_> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["status"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            statuses,
            ["created", "created", "refused", "unchanged", "refused"]
        );
        assert_eq!(
            answer["results"][2]["problem"]["type"],
            "urn:vigie:problem:text_missing"
        );

        let (_, again) = server.post_messages(&batch).await;
        let statuses: Vec<_> = again["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["status"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            statuses,
            ["unchanged", "unchanged", "refused", "unchanged", "refused"]
        );

        let (_, revised) = server
            .post_messages(
                &json!({"external_id": "2", "text": "Still nothing, and nobody answers"}),
            )
            .await;
        assert_eq!(revised["results"][0]["status"], "revised");

        let lead = server.caller(Role::Lead).await;
        let page = lead.get("/api/v1/cases?view=open").await;
        assert_eq!(
            page["cases"].as_array().unwrap().len(),
            1,
            "one thread is one case"
        );
        let case = lead
            .get(&format!(
                "/api/v1/cases/{}",
                page["cases"][0]["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(case["messages"].as_array().unwrap().len(), 2);
        assert_eq!(case["messages"][0]["counts"]["likes"], 3);
        assert_eq!(case["messages"][0]["counts_version"], "2026-01");
        assert_eq!(case["messages"][1]["revisions"][0]["text"], "Still nothing");

        // The refused item was kept once, and is replayed once mended.
        let refused = lead.get("/api/v1/refused").await;
        assert_eq!(refused["items"].as_array().unwrap().len(), 2);
        let item = refused["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["external_id"] == "3")
            .unwrap();
        let path = format!("/api/v1/refused/{}/replay", item["id"].as_str().unwrap());
        let replayed = lead
            .act(
                "POST",
                &path,
                json!({"item": {"external_id": "3", "text": "found my words"}}),
            )
            .await;
        assert_eq!(replayed["status"], "created");
        assert_eq!(
            lead.get("/api/v1/refused").await["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            lead.refused("POST", &path, json!({})).await,
            "replayed_already"
        );
    }
);

story!(
    answers_that_come_before_their_parent_find_it,
    |server: TestServer| async move {
        server
            .post_messages(&json!({"external_id": "child", "text": "and it is \
            broken", "in_reply_to": "parent"}))
            .await;
        server
            .post_messages(&json!({"external_id": "parent", "text": "I bought a lamp"}))
            .await;
        let lead = server.caller(Role::Lead).await;
        assert_eq!(
            lead.get("/api/v1/cases?view=open").await["cases"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
);

story!(
    the_form_is_filled_with_a_photo,
    |server: TestServer| async move {
        let nobody = server.nobody();
        let (status, page) = nobody.page("/f/story-form?lang=fr").await;
        assert!(status == 200 && page.contains("Votre message") && page.contains("lang=\"fr\""));
        let fields = [
            (
                "text",
                "Ma bouilloire est arrivée cassée <script>alert(1)</script>",
            ),
            ("email", "Jeanne@Mail.example"),
            ("order", "HV-1"),
        ];
        let (status, confirmed) = nobody
            .form(
                "POST",
                "/f/story-form?lang=fr",
                &fields,
                Some(("photos", "../../sac.png", pixel())),
            )
            .await;
        let confirmed = confirmed.as_str().unwrap().to_owned();
        assert_eq!(status, 200, "{confirmed}");
        assert!(
            confirmed.contains("mardi 17\u{a0}novembre à 14\u{a0}h\u{a0}00"),
            "an honest delay: {confirmed}"
        );
        assert!(
            !confirmed.contains("<script>"),
            "the customer's words are inert"
        );
        let link = confirmed
            .split("http://story.example")
            .nth(1)
            .unwrap()
            .split('?')
            .next()
            .unwrap()
            .to_owned();

        let agent = server.caller(Role::Agent).await;
        let row = agent.get("/api/v1/cases?view=open").await["cases"][0].clone();
        assert_eq!(
            (row["claimed"].as_bool(), row["channel"].as_str()),
            (Some(true), Some("form"))
        );
        let case = agent
            .get(&format!("/api/v1/cases/{}", row["id"].as_str().unwrap()))
            .await;
        assert_eq!(case["author"]["email"], "jeanne@mail.example");
        let file = &case["messages"][0]["files"][0];
        assert_eq!(
            (file["name"].as_str(), file["media_type"].as_str()),
            (Some("sac.png"), Some("image/png"))
        );
        assert_eq!(agent.page(file["url"].as_str().unwrap()).await.0, 200);

        // The customer follows and answers on the private page, without account.
        let (status, page) = nobody.page(&format!("{link}?lang=en")).await;
        assert!(
            status == 200 && page.contains("We are dealing with it") && page.contains("sac.png"),
            "{page}"
        );
        let (status, _) = nobody
            .form("POST", &link, &[("text", "Et la livraison a tardé")], None)
            .await;
        assert_eq!(status, 303);
        let case = agent
            .get(&format!("/api/v1/cases/{}", row["id"].as_str().unwrap()))
            .await;
        assert_eq!(case["messages"].as_array().unwrap().len(), 2);
        assert_eq!(nobody.page("/p/wrong").await.0, 404);
    }
);

story!(
    a_program_that_fills_the_trap_leaves_nothing,
    |server: TestServer| async move {
        let nobody = server.nobody();
        let (status, _) = nobody
            .form(
                "POST",
                "/f/story-form",
                &[("text", "buy now"), ("website", "http://spam.example")],
                None,
            )
            .await;
        assert_eq!(status, 200);
        let mut last = 0;
        for _ in 0..8 {
            last = nobody
                .form("POST", "/f/story-form", &[("text", "again")], None)
                .await
                .0;
        }
        assert_eq!(last, 429, "too many from one place");
        let lead = server.caller(Role::Lead).await;
        let found = lead.get("/api/v1/cases?view=open").await;
        assert!(
            found["cases"]
                .as_array()
                .unwrap()
                .iter()
                .all(|it| it["title"] != "buy now")
        );
    }
);

story!(
    a_shop_assistant_reports_and_learns_what_became_of_it,
    |server: TestServer| async move {
        let volunteer = server.named(Role::Volunteer, "Sophie Delannoy").await;
        let fields = [
            ("text", "Cliente au comptoir : son four fume"),
            ("channel", "shop"),
            ("phone", "06 12 34 56 78"),
        ];
        let (status, made) = volunteer
            .form(
                "POST",
                "/api/v1/reports",
                &fields,
                Some(("photo", "four.png", pixel())),
            )
            .await;
        assert_eq!(status, 200, "{made}");
        let case = made["case"].as_str().unwrap().to_owned();
        let agent = server.caller(Role::Agent).await;
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(
            (full["channel"].as_str(), full["author"]["phone"].as_str()),
            (Some("shop"), Some("+33612345678"))
        );
        assert_eq!(full["messages"][0]["files"].as_array().unwrap().len(), 1);
        let (status, _) = agent
            .form(
                "PUT",
                &format!("/api/v1/cases/{case}/closure"),
                &[
                    ("how", "solved"),
                    ("evidence", "replacement"),
                    ("reference", "RP-1"),
                ],
                None,
            )
            .await;
        assert_eq!(status, 200);
        assert_eq!(volunteer.get("/api/v1/reports").await[0]["how"], "solved");
    }
);

story!(
    a_report_of_an_unknown_channel_is_refused,
    |server: TestServer| async move {
        let volunteer = server.caller(Role::Volunteer).await;
        let fields = [("text", "The lamp flickers"), ("channel", "pigeon")];

        let (status, told) = volunteer
            .form("POST", "/api/v1/reports", &fields, None)
            .await;

        assert_eq!(
            (status, &told["type"]),
            (422, &json!("urn:vigie:problem:channel_unknown")),
            "{told}"
        );
    }
);

story!(
    a_post_seen_elsewhere_is_answered_there_with_proof,
    |server: TestServer| async move {
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let url = "https://social.example/@jo/42";
        let fields = [
            ("url", url),
            ("text", "Halvenne m'a livré une table rayée"),
            ("handle", "@jo"),
        ];
        let (_, made) = agent
            .form(
                "POST",
                "/api/v1/seen-elsewhere",
                &fields,
                Some(("screenshot", "capture.png", pixel())),
            )
            .await;
        let case = made["case"].as_str().unwrap().to_owned();
        let (_, again) = agent
            .form(
                "POST",
                "/api/v1/seen-elsewhere",
                &fields,
                Some(("screenshot", "capture.png", pixel())),
            )
            .await;
        assert_eq!(
            (again["known"].as_bool(), again["case"].as_str()),
            (Some(true), Some(case.as_str()))
        );
        let path = format!("/api/v1/cases/{case}/answered-there");
        let (status, refused) = agent
            .form(
                "POST",
                &path,
                &[("text", "Bonjour, écrivez-nous. Inès")],
                None,
            )
            .await;
        assert_eq!(
            (status, refused["type"].as_str()),
            (422, Some("urn:vigie:problem:proof_missing"))
        );
        let (status, _) = agent
            .form(
                "POST",
                &path,
                &[
                    ("text", "Bonjour. Inès"),
                    ("url", "https://social.example/@halvenne/1"),
                ],
                None,
            )
            .await;
        assert_eq!(status, 200);
        let full = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(
            (full["state"].as_str(), full["public"].as_bool()),
            (Some("waiting_customer"), Some(true))
        );
        let seen = full["stamp"].clone();
        let body = json!({"text": "Bonjour", "visibility": "public", "seen": seen});
        assert_eq!(
            agent
                .refused("POST", &format!("/api/v1/cases/{case}/answers"), body)
                .await,
            "no_way_back"
        );
    }
);

story!(
    a_paused_source_takes_nothing_and_says_so,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let path = format!("/api/v1/sources/{}", server.api.id);
        administrator
            .act("PATCH", &path, json!({"paused": true}))
            .await;
        let (status, answer) = server
            .post_messages(&json!({"external_id": "1", "text": "hello"}))
            .await;
        assert_eq!(
            (status, answer["type"].as_str()),
            (503, Some("urn:vigie:problem:source_paused"))
        );
        let test = administrator
            .act("POST", &format!("{path}/test"), json!({}))
            .await;
        assert_eq!(test["well"], false);
        administrator
            .act("PATCH", &path, json!({"paused": false}))
            .await;
        assert_eq!(
            server
                .post_messages(&json!({"external_id": "1", "text": "hello"}))
                .await
                .0,
            200
        );
    }
);

story!(
    an_answer_to_our_answer_stays_in_the_thread_and_a_new_title_is_kept,
    |server: TestServer| async move {
        let case = server.hears("1", "Where is my parcel?").await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let whole = agent.get(&format!("/api/v1/cases/{case}")).await;
        let answer = json!({"text": "It comes tomorrow. Claire \
            Morvan", "visibility": "private", "seen": whole["stamp"]});
        agent
            .act("POST", &format!("/api/v1/cases/{case}/answers"), answer)
            .await;
        let whole = agent.get(&format!("/api/v1/cases/{case}")).await;
        let ours = whole["messages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["emitter"] == "brand")
            .unwrap()["id"]
            .clone();
        let reply = json!({"external_id": "2", "text": "Thank you, I \
            wait", "in_reply_to": ours, "author": {"email": "jeanne@mail.example"}});
        server.post_messages(&reply).await;
        let whole = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(
            whole["messages"].as_array().unwrap().len(),
            3,
            "the answer to our answer is in the same thread"
        );

        let titled = json!({
            "external_id": "1",
            "text": "Where is my parcel?",
            "title": "Parcel",
            "author": {"name": "Jeanne Roudaut", "email": "jeanne@mail.example"},
        });
        assert_eq!(
            server.post_messages(&titled).await.1["results"][0]["status"],
            "revised"
        );
        assert_eq!(
            server.post_messages(&titled).await.1["results"][0]["status"],
            "unchanged"
        );
        let sql = "SELECT COALESCE(title, '') AS title FROM message WHERE external_id = '1'";
        let kept = server
            .instance
            .store
            .read()
            .await
            .unwrap()
            .one(sql, vec![])
            .await
            .unwrap()
            .text("title")
            .unwrap();
        assert_eq!(kept, "Parcel");
    }
);

story!(
    how_long_words_took_to_be_heard_is_shown_by_source,
    |server: TestServer| async move {
        server.pass(3_600);
        let now = server.instance.store.now();
        let said =
            |seconds: i64| vigie_model::At::from_millis(now.millis() - seconds * 1_000).to_string();
        server.post_messages(&json!([
            {"external_id": "1", "text": "Two minutes ago", "at": said(120), "conversation": "a"},
            {"external_id": "2", "text": "A minute ago", "at": said(60), "conversation": "b"},
            {"external_id": "3", "text": "Nobody tells when", "conversation": "c"},
            {
                "external_id": "4",
                "text": "Before there was a source",
                "at": "2020-01-01T10:00:00Z",
                "conversation": "d",
            },
            {
                "external_id": "5",
                "text": "Ours",
                "at": said(30),
                "emitter": "brand",
                "conversation": "a",
            },
        ])).await;
        let lead = server.caller(Role::Lead).await;
        let found = lead.get("/api/v1/heard-after").await;
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        assert_eq!(
            (&found[0]["median"]["estimate"], &found[0]["median"]["n"]),
            (&json!(1.0), &json!(2))
        );
        assert_eq!(
            (&found[0]["p95"]["estimate"], &found[0]["p95"]["high"]),
            (&json!(2.0), &json!(null))
        );
    }
);
