//! A message in a language its reader does not know, translated by a real Apertium beside the
//! original.

use serde_json::json;
use vigie_model::Role;
use vigie_respond::{TranslationError, Translator, TranslatorProtocol};

use crate::test_server::{Caller, TestServer, story};

/// The first message of a case, as shown.
async fn message(server: &TestServer, reader: &Caller, number: &str, text: &str) -> String {
    let case = server.hears(number, text).await;
    let shown = reader.get(&format!("/api/v1/cases/{case}")).await;
    shown["messages"][0]["id"].as_str().unwrap().to_owned()
}

story!(
    a_customers_words_are_translated_for_who_reads_them,
    |server: TestServer| async move {
        if std::env::var("VIGIE_TEST_TRANSLATOR").is_err() {
            eprintln!(
                "SKIPPED without a translator: VIGIE_TEST_TRANSLATOR is not set; run `make test`"
            );
            return;
        }
        let spanish = "La lámpara que compré la semana pasada está rota y nadie me \
            responde.\n\n¿Cuándo me devuelven el dinero?";
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let lamp = message(&server, &agent, "1", spanish).await;
        let before = server.history().await;
        let place = |to: &str| format!("/api/v1/messages/{lamp}/translation?to={to}");
        let english = agent.get(&place("en")).await;
        assert_eq!(
            (&english["from"], &english["by"]),
            (&json!("es"), &json!("127.0.0.1")),
            "{english}"
        );
        let words = english["text"].as_str().unwrap();
        assert!(
            words.contains("lamp") && words.contains("broken") && words.contains("\n\n"),
            "{words}"
        );
        let french = agent.get(&place("fr")).await;
        assert!(
            french["text"].as_str().unwrap().contains("cassée"),
            "{french}"
        );
        assert_eq!(server.history().await, before, "nothing is kept of it");
        assert_eq!(agent.call("GET", &place("xx"), None).await.0, 400);

        // A language the service does not know is told, and whoever may not read the case has no
        // translation either.
        let german = message(
            &server,
            &agent,
            "2",
            "Meine Lampe ist leider schon wieder kaputt und niemand antwortet mir.",
        )
        .await;
        let (status, answer) = agent
            .call(
                "GET",
                &format!("/api/v1/messages/{german}/translation?to=fr"),
                None,
            )
            .await;
        assert_eq!(
            (status, &answer["type"]),
            (422, &json!("urn:vigie:problem:translation_pair")),
            "{answer}"
        );
        let fire = message(
            &server,
            &agent,
            "3",
            "Mi horno se incendió y mi hijo está herido, estamos en el hospital.",
        )
        .await;
        let volunteer = server.caller(Role::Volunteer).await;
        assert_eq!(
            volunteer
                .call(
                    "GET",
                    &format!("/api/v1/messages/{fire}/translation?to=fr"),
                    None
                )
                .await
                .0,
            403
        );
    }
);

#[tokio::test]
async fn a_service_that_is_gone_is_told() {
    crate::test_server::client();
    let key = Some("hush".to_owned());
    let gone = Translator::new(
        "http://127.0.0.1:9",
        TranslatorProtocol::LibreTranslate,
        key,
    )
    .unwrap();
    assert!(
        !format!("{gone:?}").contains("hush"),
        "its key is told nobody"
    );
    assert_eq!(
        gone.translate("Hola", "es", "fr").await,
        Err(TranslationError::Service("no connection"))
    );
    let long = "a".repeat(20_001);
    assert_eq!(
        gone.translate(&long, "es", "fr").await,
        Err(TranslationError::TooLong)
    );
}
