//! Mails over TLS, STARTTLS and XOAUTH2, with real servers; no password goes to a server that
//! cannot prove who it is.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::{
    mail::{answer, cases, header},
    post_office::PostOffice,
    test_server::{TestServer, story},
};

/// A mail is heard and answered with these settings.
async fn is_heard_and_answered(server: &TestServer, office: &PostOffice, mailbox: Value) {
    let (service, jo) = (
        mailbox["address"].as_str().unwrap().to_owned(),
        office.address("jo", "mail.test"),
    );
    let administrator = server
        .named(Role::Administrator, &format!("admin {service}"))
        .await;
    let source = json!({"kind": "mail", "name": service, "mailbox": mailbox});
    let made = administrator.act("POST", "/api/v1/sources", source).await;
    let path = format!(
        "/api/v1/sources/{}/test",
        made["source"]["id"].as_str().unwrap()
    );
    let tested = administrator.act("POST", &path, json!({})).await;
    assert_eq!(tested["well"], true, "{tested}");
    let mail = format!(
        "From: {jo}\nTo: {service}\nSubject: S {service}\nMessage-ID: <t-{jo}>\n\nIs it sealed?\n"
    );
    office.send(&jo, &[&service], &mail).await;
    let case = cases(&administrator, "open", 1).await.remove(0);
    answer(server, &administrator, &case, "It is.\n\nClaire Morvan").await;
    assert_eq!(
        header(&office.mails_of(&jo, 1).await.remove(0), "In-Reply-To"),
        format!("<t-{jo}>")
    );
}

story!(mails_travel_protected, |server: TestServer| async move {
    let Some(office) = PostOffice::open() else {
        return;
    };
    for security in ["tls", "starttls"] {
        let service = office.address("service", "halvenne.test");
        is_heard_and_answered(&server, &office, office.protected(&service, security)).await;
    }
});

story!(
    a_token_signs_in_and_is_renewed,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let service = office.address("service", "halvenne.test");
        let mut mailbox = office.protected(&service, "tls");
        mailbox["sign_in"] = json!("xoauth2");
        mailbox["client_id"] = json!("vigie");
        mailbox["password"] = json!("");
        mailbox["token_url"] = json!(office.provider(&service, "renews").await);
        mailbox["refresh_token"] = json!("renews");
        is_heard_and_answered(&server, &office, mailbox.clone()).await;

        // The provider takes the permission back: it is told, with what to do.
        mailbox["refresh_token"] = json!("revoked");
        let administrator = server.caller(Role::Administrator).await;
        let source = administrator.get("/api/v1/sources").await;
        let source = source
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["kind"] == "mail")
            .unwrap()["id"]
            .clone();
        let path = format!("/api/v1/sources/{}", source.as_str().unwrap());
        administrator
            .act("PATCH", &path, json!({"mailbox": mailbox}))
            .await;
        let tested = administrator
            .act("POST", &format!("{path}/test"), json!({}))
            .await;
        assert!(
            tested
                .to_string()
                .contains("sign in again and paste a new one"),
            "{tested}"
        );
        assert!(
            !administrator
                .get("/api/v1/sources")
                .await
                .to_string()
                .contains("revoked")
        );
    }
);

story!(
    a_server_that_cannot_prove_who_it_is_gets_no_password,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let administrator = server.caller(Role::Administrator).await;
        for security in ["tls", "starttls"] {
            let mut mailbox =
                office.protected(&office.address("service", "halvenne.test"), security);
            mailbox["imap"]["host"] = json!("127.0.0.1");
            mailbox["smtp"]["host"] = json!("127.0.0.1");
            let source = json!({"kind": "mail", "name": security, "mailbox": mailbox});
            let made = administrator.act("POST", "/api/v1/sources", source).await;
            let path = format!(
                "/api/v1/sources/{}/test",
                made["source"]["id"].as_str().unwrap()
            );
            let tested = administrator.act("POST", &path, json!({})).await;
            for what in ["imap", "smtp"] {
                let check = tested["checks"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|it| it["what"] == what)
                    .unwrap();
                assert_eq!(check["well"], false, "{tested}");
                assert!(
                    check["detail"].as_str().unwrap().contains("certificate"),
                    "{tested}"
                );
            }
        }
    }
);
