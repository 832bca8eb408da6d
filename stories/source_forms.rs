//! The forms of sources: drawn from what each connector says, filled in with its help.

use serde_json::json;
use vigie_model::Role;

use crate::test_server::{TestServer, story};

story!(
    a_mailbox_is_set_up_by_the_fields_it_asks_for,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let kinds = administrator.get("/api/v1/connectors").await;
        let mut kinds = kinds.as_array().unwrap().iter();
        let mailbox = kinds.find(|kind| kind["kind"] == "mail").unwrap();
        assert_eq!(mailbox["named_by"], "address");
        assert_eq!(mailbox["sections"][1]["fields"][0]["name"], "imap.host");

        let filled = json!({"address": "care@gmail.com", "imap": {"host": "", "port": 993}});
        let suggested = administrator
            .act(
                "POST",
                "/api/v1/connectors/mail/suggestions",
                json!({"changed": "address", "settings": filled}),
            )
            .await;
        assert_eq!(
            suggested,
            json!({
                "imap.host": "imap.gmail.com",
                "smtp.host": "smtp.gmail.com",
                "sign_in": "xoauth2",
                "token_url": "https://oauth2.googleapis.com/token",
                "authserv_id": "mx.google.com",
            })
        );

        let server = json!({"host": "127.0.0.1", "port": 9, "security": "plain"});
        let settings = json!({"address": "care@halvenne.example", "imap": server,
            "smtp": server, "sign_in": "password", "password": "lookout", "open_days": 2});
        let wanted = json!({"kind": "mail", "name": " ", "settings": settings});
        let made = administrator.act("POST", "/api/v1/sources", wanted).await;
        let source = &made["source"];
        assert_eq!(source["name"], "care@halvenne.example");
        assert!(!source.to_string().contains("lookout"), "{source}");

        // Changed by the same fields: a secret left empty stays.
        let path = format!("/api/v1/sources/{}", source["id"].as_str().unwrap());
        let change = json!({"settings": {"name": "Halvenne", "password": ""}});
        let changed = administrator.act("PATCH", &path, change).await;
        assert_eq!(changed["settings"]["name"], "Halvenne");
        assert_eq!(changed["settings"]["imap"]["host"], "127.0.0.1");

        // No secret goes to a server it was not given for.
        for (name, value) in [
            (
                "imap",
                json!({"host": "localhost", "port": 9, "security": "plain"}),
            ),
            (
                "smtp",
                json!({"host": "127.0.0.1", "port": 10, "security": "plain"}),
            ),
            (
                "imap",
                json!({"host": "127.0.0.1", "port": 9, "security": "tls"}),
            ),
        ] {
            let elsewhere = json!({"settings": {name: value}});
            let refused = administrator.refused("PATCH", &path, elsewhere).await;
            assert_eq!(refused, "secret_again", "{name} {value}");
        }
        let elsewhere = json!({"settings": {"password": "lookout",
            "imap": {"host": "localhost", "port": 9, "security": "plain"}}});
        let changed = administrator.act("PATCH", &path, elsewhere).await;
        assert_eq!(changed["settings"]["imap"]["host"], "localhost");

        let nobody = json!({"kind": "mail", "name": "", "settings": {}});
        let problem = administrator
            .refused("POST", "/api/v1/sources", nobody)
            .await;
        assert!(problem.contains("name_missing"), "{problem}");
    }
);

story!(
    customers_of_a_source_speak_on_the_channel_of_its_connector,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        for (asked, channel) in [(json!(null), "site"), (json!("network"), "network")] {
            let wanted = json!({"kind": "api", "name": "Shop", "channel": asked});
            let made = administrator.act("POST", "/api/v1/sources", wanted).await;
            assert_eq!(made["source"]["settings"]["channel"], channel);
        }
        let wanted = json!({"kind": "form", "name": "Contact"});
        let made = administrator.act("POST", "/api/v1/sources", wanted).await;
        assert_eq!(made["source"]["settings"]["channel"], "form");
    }
);
