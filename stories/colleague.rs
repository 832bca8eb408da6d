//! A colleague without account answers by a signed link; what is forged, over, taken back or of
//! another case opens nothing.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, pixel, story};

async fn ask(agent: &Caller, case: &str, name: &str) -> Value {
    let body = json!({"name": name, "text": "Does the lamp come with its bulb?", "lang": "en"});
    agent
        .act("POST", &format!("/api/v1/cases/{case}/questions"), body)
        .await
}

fn path(made: &Value) -> String {
    made["link"]
        .as_str()
        .unwrap()
        .replace("http://story.example", "")
}

async fn page(server: &TestServer, path: &str) -> (u16, String) {
    server.nobody().page(path).await
}

async fn send(server: &TestServer, path: &str, text: &str) -> u16 {
    server
        .nobody()
        .form(
            "POST",
            path,
            &[("text", text)],
            Some(("photos", "lamp.png", pixel())),
        )
        .await
        .0
}

story!(
    a_colleague_answers_without_account,
    |server: TestServer| async move {
        let case = server
            .hears("1", "Is the bulb in the box? My number is 06 39 98 00 11")
            .await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let made = ask(&agent, &case, "Yann Le Gallou").await;
        let whole = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(whole["state"], "waiting_colleague");

        let (status, shown) = page(&server, &path(&made)).await;
        assert_eq!(status, 200);
        assert!(
            shown.contains("Does the lamp come with its bulb?")
                && shown.contains("Is the bulb in the box?")
        );
        assert!(
            !shown.contains("jeanne@mail.example") && !shown.contains("Jeanne"),
            "no contact data unless it was ticked"
        );
        assert_eq!(
            send(&server, &path(&made), "Yes: an E27, in the lid.").await,
            303
        );

        let whole = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(whole["state"], "open", "handed back to whoever asked");
        assert_eq!(whole["questions"][0]["answer"], "Yes: an E27, in the lid.");
        assert_eq!(whole["questions"][0]["files"].as_array().unwrap().len(), 1);
        assert_eq!(
            whole["draft"]["text"],
            "Yes: an E27, in the lid.\n\n— Yann Le Gallou"
        );

        // Once answered it only amends: the draft stays the agent's.
        assert_eq!(
            send(&server, &path(&made), "Yes: an E14, in the lid.").await,
            303
        );
        let whole = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(whole["questions"][0]["answer"], "Yes: an E14, in the lid.");
        assert!(!whole["questions"][0]["amended_at"].is_null());
        assert_eq!(
            whole["draft"]["text"],
            "Yes: an E27, in the lid.\n\n— Yann Le Gallou"
        );
        assert!(
            !server.history().await.contains("E27"),
            "facts carry no words"
        );
    }
);

story!(
    what_a_colleague_typed_is_not_lost_with_what_is_refused,
    |server: TestServer| async move {
        let case = server.hears("1", "Is the bulb in the box?").await;
        let agent = server.caller(Role::Agent).await;
        let made = ask(&agent, &case, "Yann").await;
        let path = format!("{}?lang=fr", path(&made));
        let nobody = server.nobody();

        let photo = Some(("photos", "offer.txt", b"not a picture".to_vec()));
        let fields = [("text", "Yes: an E27, in the <lid>.")];
        let (status, page) = nobody.form("POST", &path, &fields, photo).await;
        let page = page.as_str().unwrap();
        assert!(status == 422 && page.contains("role=\"alert\""), "{page}");
        assert!(
            page.contains(">Yes: an E27, in the &#60;lid&#62;.</textarea>"),
            "{page}"
        );

        let fields = [("act", "pass"), ("email", "sophie@company")];
        let (status, page) = nobody.form("POST", &path, &fields, None).await;
        let page = page.as_str().unwrap();
        assert!(
            status == 422 && page.contains("Ce n’est pas une adresse de courriel"),
            "{page}"
        );
    }
);

story!(
    not_for_me_goes_to_somebody_else,
    |server: TestServer| async move {
        let case = server.hears("1", "Is the bulb in the box?").await;
        let agent = server.caller(Role::Agent).await;
        let made = ask(&agent, &case, "Yann").await;
        let fields = [
            ("act", "pass"),
            ("name", "Sophie Delannoy"),
            ("email", "Sophie@company.test"),
        ];
        assert_eq!(
            server
                .nobody()
                .form("POST", &path(&made), &fields, None)
                .await
                .0,
            303
        );
        assert_eq!(
            page(&server, &path(&made)).await.0,
            404,
            "the first link is over"
        );
        let questions = agent.get(&format!("/api/v1/cases/{case}")).await["questions"].clone();
        assert_eq!(
            (&questions[0]["ended"], &questions[1]["to"]),
            (&json!("passed"), &json!("Sophie Delannoy"))
        );
        let next = json!({"link": questions[1]["link"]});
        assert_eq!(send(&server, &path(&next), "It is.").await, 303);
        assert_eq!(
            agent.get(&format!("/api/v1/cases/{case}")).await["state"],
            "open"
        );
    }
);

story!(
    a_wrong_link_opens_nothing,
    |server: TestServer| async move {
        let (case, other) = (
            server.hears("1", "Is the bulb in the box?").await,
            server.hears("2", "Other words, other case").await,
        );
        let agent = server.caller(Role::Agent).await;
        let (made, second) = (
            ask(&agent, &case, "Yann").await,
            ask(&agent, &other, "Sophie").await,
        );
        let (good, another) = (path(&made), path(&second));

        // Forged: a seal of another question, a changed letter, no seal.
        let (id, seal) = (good.split_at(35).0, another.split_at(35).1);
        let last = if good.ends_with('0') { "1" } else { "0" };
        for forged in [
            format!("{id}{seal}"),
            format!("{}{last}", good.split_at(good.len() - 1).0),
            id.to_owned(),
            "/c/x".to_owned(),
        ] {
            assert_eq!(page(&server, &forged).await.0, 404, "{forged}");
            assert_eq!(send(&server, &forged, "forged").await, 404);
        }
        // A file of another case does not come through this link.
        let files = format!("{good}/files/{}", uuid::Uuid::nil());
        assert_eq!(page(&server, &files).await.0, 404);

        // Taken back.
        let revoke = format!(
            "/api/v1/cases/{other}/questions/{}",
            second["id"].as_str().unwrap()
        );
        let wrong = format!(
            "/api/v1/cases/{case}/questions/{}",
            second["id"].as_str().unwrap()
        );
        assert_eq!(
            agent.refused("DELETE", &wrong, json!({})).await,
            "not_found"
        );
        agent.act("DELETE", &revoke, json!({})).await;
        assert_eq!(page(&server, &another).await.0, 404);
        assert_eq!(send(&server, &another, "too late").await, 404);
        assert_eq!(
            agent.get(&format!("/api/v1/cases/{other}")).await["state"],
            "open"
        );

        // Over: the case goes back to the team, and says so.
        server.pass(3 * 86_400 + 60);
        vigie_journey::run_due_timers(&server.instance)
            .await
            .unwrap();
        assert_eq!(page(&server, &good).await.0, 404);
        let whole = agent.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(
            (&whole["state"], &whole["questions"][0]["ended"]),
            (&json!("open"), &json!("expired"))
        );
    }
);

story!(
    trying_words_is_slowed_down,
    |server: TestServer| async move {
        let mut statuses = Vec::new();
        for number in 0..120 {
            statuses.push(page(&server, &format!("/c/{number:064}")).await.0);
        }
        assert!(
            statuses.contains(&404) && statuses.contains(&429),
            "{statuses:?}"
        );
    }
);

story!(
    a_reminder_keeps_quiet_hours_and_one_question_is_enough,
    |server: TestServer| async move {
        let case = server.hears("1", "Is the bulb in the box?").await;
        let agent = server.caller(Role::Agent).await;
        let body = json!({"email": "yann@company.test", "text": "Does it come with its bulb?"});
        let made = agent
            .act(
                "POST",
                &format!("/api/v1/cases/{case}/questions"),
                body.clone(),
            )
            .await;
        assert_eq!(made["mailed"], false, "no mailbox: the link is copied");
        let other = server.hears("2", "Another thing").await;
        assert_eq!(
            agent
                .refused(
                    "POST",
                    &format!("/api/v1/cases/{other}/questions"),
                    body.clone()
                )
                .await,
            "colleague_busy"
        );
        // Asked on Tuesday at ten in the evening: a day later it is night again, and the reminder
        // waits for the opening.
        server.pass(86_400 + 12 * 3_600);
        vigie_journey::run_due_timers(&server.instance)
            .await
            .unwrap();
        assert_eq!(
            server.history().await.matches("question.reminded").count(),
            0
        );
        server.pass(12 * 3_600);
        vigie_journey::run_due_timers(&server.instance)
            .await
            .unwrap();
        assert_eq!(
            server.history().await.matches("question.reminded").count(),
            1
        );
    }
);

story!(
    who_knows_is_suggested_with_the_reason,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let csv = "Nom;Courriel;Boutique;Sujets;Langues\nYann;yann@company.test;Rennes;lampes, \
            ampoules;en\nSophie;sophie@company.test;Lyon;vélos;fr\n;nobody;;;\n";
        let (status, kept) = lead
            .form("POST", "/api/v1/colleagues", &[("csv", csv)], None)
            .await;
        assert_eq!(
            (status, &kept["kept"], &kept["refused"][0]["line"]),
            (200, &json!(2), &json!(4)),
            "{kept}"
        );
        let case = server
            .hears(
                "1",
                "My lampe from Rennes does not light, is the ampoule included?",
            )
            .await;
        let suggested = lead.get(&format!("/api/v1/cases/{case}/colleagues")).await;
        assert_eq!(suggested.as_array().unwrap().len(), 1, "{suggested}");
        let reasons: Vec<_> = suggested[0]["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["why"].as_str().unwrap())
            .collect();
        assert_eq!(reasons, ["topic", "topic", "shop", "language"]);

        // What they say themselves stands, whatever the directory says later.
        let body = json!({"email": "yann@company.test", "text": "Is the bulb in the box?"});
        let made = lead
            .act("POST", &format!("/api/v1/cases/{case}/questions"), body)
            .await;
        let fields = [
            ("act", "know"),
            ("topics", "Chairs, Tables"),
            ("shop", "Rennes"),
            ("langs", "en"),
            ("hours", "mornings"),
        ];
        assert_eq!(
            server
                .nobody()
                .form("POST", &path(&made), &fields, None)
                .await
                .0,
            303
        );
        lead.form("POST", "/api/v1/colleagues", &[("csv", csv)], None)
            .await;
        let known = lead.get("/api/v1/colleagues").await;
        let yann = known["colleagues"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["email"] == "yann@company.test")
            .unwrap();
        assert_eq!(yann["topics"], json!(["chairs", "tables"]));
        assert!(
            known["top_share"].is_null() && known["single_holder"].as_array().unwrap().len() == 3
        );
    }
);

story!(
    every_open_case_has_a_proposed_next_act,
    |server: TestServer| async move {
        let lead = server.caller(Role::Lead).await;
        let card = json!({"title": "Lost parcel", "text_fr": "Une enquête est \
            ouverte.", "text_en": "I open an enquiry with the carrier today.",
        "owner": lead.id, "expires_at": "2027-01-01T00:00:00Z"});
        lead.act("POST", "/api/v1/cards", card).await;
        let case = server
            .hears("1", "My parcel is lost and the carrier knows nothing")
            .await;
        let proposed = lead.get(&format!("/api/v1/cases/{case}")).await["proposed"].clone();
        assert_eq!(proposed["title"], "Lost parcel");
        assert_eq!(proposed["shared"], json!(["carrier", "lost", "parcel"]));
        // Nothing speaks of it: the question has a route all the same.
        let case = server
            .hears("2", "Do you sing in your shops on Sundays?")
            .await;
        let proposed = lead.get(&format!("/api/v1/cases/{case}")).await["proposed"].clone();
        assert!(!proposed.is_null() && proposed["card"].is_null());
    }
);

story!(
    a_colleague_whose_address_no_server_takes_is_not_asked,
    |server: TestServer| async move {
        let case = server.hears("1", "Does the lamp come with its bulb?").await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let path = format!("/api/v1/cases/{case}/questions");
        let ask = |email: &str| json!({"email": email, "text": "Does it?", "lang": "en"});

        for (email, expected) in [
            ("yann", "address_wrong"),
            ("yann@halvenne", "address_wrong"),
            ("ÿann@halvenne.test", "address_unreachable"),
        ] {
            let refused = agent.refused("POST", &path, ask(email)).await;
            assert_eq!(refused, expected, "{email}");
        }
        agent.act("POST", &path, ask("yann@hälvenne.test")).await;
    }
);
