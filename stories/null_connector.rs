//! The smallest source there can be: it says one sentence, once, and hears every answer. It touches
//! this file and one line of the registry, and is set up, tried, read and answered like the others.

use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use vigie_connect::{
    Capabilities, Check, Configured, Connector, Field, FieldKind, Host, InvalidSettings, Limits,
    Names, Reading, Replying, SettingsForm,
};
use vigie_listen::{Batch, BatchContext, IncomingItem};
use vigie_model::{Channel, IncomingMessage, Role, SourceId, SourceKind};
use vigie_respond::{AnswerToSend, SendOutcome, Sender};
use vigie_store::Source;

use crate::test_server::{Caller, TestServer, story};

/// A source without a network.
pub struct Null;

const KIND: SourceKind = SourceKind::known("null");

impl Connector for Null {
    fn kind(&self) -> SourceKind {
        KIND
    }

    fn names(&self) -> Names {
        Names {
            fr: "rien",
            en: "nothing",
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            reading: Reading::Polled,
            replying: Replying::Connector,
            channel: Channel::Network,
            embeds: false,
            keyed: false,
            reads_past: false,
            takes_tokens: false,
        }
    }

    fn form(&self) -> SettingsForm {
        let label = Names {
            fr: "Ce qu’elle dit",
            en: "What it says",
        };
        SettingsForm::of(vec![
            Field::new("sentence", FieldKind::Text, label).required(),
        ])
    }

    fn limits(&self) -> Limits {
        Limits {
            messages_per_batch: 1,
            bytes_per_message: 1_000,
            requests_per_minute: 1,
        }
    }

    fn configure(
        &self,
        filled: &Value,
        _before: Option<&Source>,
    ) -> Result<Configured, InvalidSettings> {
        let sentence = filled.get("sentence").and_then(Value::as_str);
        let Some(sentence) = sentence.filter(|sentence| !sentence.is_empty()) else {
            return Err(InvalidSettings::new("text_missing", "say what it says"));
        };
        Ok(Configured {
            settings: json!({ "sentence": sentence }),
            secret: None,
            past_days: None,
        })
    }

    fn check<'a>(&'a self, _host: &'a Host, source: &'a Source) -> BoxFuture<'a, Vec<Check>> {
        let sentence = source.settings["sentence"].to_string();
        Box::pin(async { vec![Check::of("sentence", Ok(sentence))] })
    }

    fn run(&self, host: Host, source: SourceId) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(async move {
            say_once(&host, source).await;
            std::future::pending::<()>().await;
        }))
    }

    fn sender(&self) -> Option<Arc<dyn Sender>> {
        Some(Arc::new(Void))
    }
}

async fn say_once(host: &Host, id: SourceId) {
    let source = host
        .store
        .read()
        .await
        .unwrap()
        .sources()
        .find(id)
        .await
        .unwrap();
    if source.cursor.is_some() {
        return;
    }
    let sentence = source.settings["sentence"].as_str().unwrap();
    let batch = Batch {
        source: id,
        items: vec![IncomingItem {
            external_id: Some("only".into()),
            raw: sentence.to_owned(),
            parsed: Ok(IncomingMessage::new("only", sentence)),
        }],
        cursor: Some("said".into()),
        extras: BatchContext::default(),
    };
    host.intake.receive(batch).await.unwrap();
}

/// Takes every answer but one that asks to be refused.
struct Void;

impl Sender for Void {
    fn send<'a>(
        &'a self,
        _source: &'a Source,
        answer: &'a AnswerToSend,
    ) -> BoxFuture<'a, SendOutcome> {
        let refused = answer.text.contains("refuse");
        let slow = answer.text.contains("slow");
        Box::pin(async move {
            if slow {
                tokio::time::sleep(std::time::Duration::from_secs(3)).await;
            }
            match refused {
                true => SendOutcome::Refused("nothing refuses".into()),
                false => SendOutcome::Accepted,
            }
        })
    }
}

story!(
    a_source_of_a_new_kind_is_added_tried_read_and_answered,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let kinds = administrator.get("/api/v1/connectors").await;
        let mut kinds = kinds.as_array().unwrap().iter();
        let null = kinds.find(|kind| kind["kind"] == "null").unwrap();
        assert_eq!(
            null["sections"][0]["fields"][0]["label"]["en"],
            "What it says"
        );

        // Its own settings are asked for, and refused in its own words.
        let nothing = json!({"kind": "null", "name": "Nothing", "settings": {}});
        let problem = administrator
            .refused("POST", "/api/v1/sources", nothing)
            .await;
        assert!(problem.contains("text_missing"), "{problem}");
        let settings = json!({"sentence": "My lamp broke"});
        let wanted = json!({"kind": "null", "name": "Nothing", "settings": settings});
        let made = administrator.act("POST", "/api/v1/sources", wanted).await;

        let test = format!(
            "/api/v1/sources/{}/test",
            made["source"]["id"].as_str().unwrap()
        );
        let tried = administrator.act("POST", &test, json!({})).await;
        assert!(
            tried["checks"].to_string().contains("My lamp broke"),
            "{tried}"
        );

        let case = first_case(&agent).await;
        assert_eq!(case["channel"], "network");
        assert_eq!(case["words"], "My lamp broke");

        let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
        for (text, state) in [
            ("A new one is on its way.", "sent"),
            ("Please refuse.", "refused"),
        ] {
            let full = agent.get(&path).await;
            assert_eq!(full["source"]["reach"], "connector");
            let answer = json!({"text": text, "visibility": "private", "seen": full["stamp"]});
            agent.act("POST", &format!("{path}/answers"), answer).await;
            server.pass(11);
            server.turn_outbox().await;

            let settled = last_answer_settled(&agent, &path).await;
            assert_eq!(settled["out"]["state"], state, "{settled}");
        }
    }
);

story!(
    a_slow_server_keeps_no_other_answer_waiting,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        for sentence in ["My lamp broke", "My kettle broke"] {
            let settings = json!({ "sentence": sentence });
            let wanted = json!({"kind": "null", "name": sentence, "settings": settings});
            administrator.act("POST", "/api/v1/sources", wanted).await;
        }
        let mut paths = Vec::new();
        for case in cases(&agent, 2).await {
            let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
            let stamp = agent.get(&path).await["stamp"].clone();
            let text = ["It is a slow one.", "It is on its way."][paths.len()];
            let answer = json!({"text": text, "visibility": "private", "seen": stamp});
            agent.act("POST", &format!("{path}/answers"), answer).await;
            paths.push(path);
        }
        server.pass(11);

        let state = async |path: &str| {
            let full = agent.get(path).await;
            let last = full["messages"].as_array().unwrap().last().unwrap().clone();
            last["out"]["state"].as_str().unwrap().to_owned()
        };
        let sent = async {
            loop {
                let (slow, quick) = (state(&paths[0]).await, state(&paths[1]).await);
                if quick == "sent" || slow == "sent" {
                    return (slow, quick);
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        let (states, ()) = futures::join!(sent, server.turn_outbox());

        assert_eq!(states, ("sending".into(), "sent".into()));
    }
);

/// The last answer of a case, once nothing is under way: the server's own outbox may be at it too.
async fn last_answer_settled(agent: &Caller, path: &str) -> Value {
    for _ in 0..100 {
        let full = agent.get(path).await;
        let last = full["messages"].as_array().unwrap().last().unwrap().clone();
        if !["queued", "sending"].contains(&last["out"]["state"].as_str().unwrap()) {
            return last;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the answer never settled");
}

/// The first case of the inbox, once there is one: the source is read within some seconds.
async fn first_case(agent: &Caller) -> Value {
    cases(agent, 1).await.remove(0)
}

async fn cases(agent: &Caller, count: usize) -> Vec<Value> {
    for _ in 0..100 {
        let page = agent.get("/api/v1/cases?view=open").await;
        let cases = page["cases"].as_array().unwrap();
        if cases.len() == count {
            return cases.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nothing was read");
}
