//! Another analyser is put in the place of ours: what it reads is what is stored and triaged.

use std::sync::Arc;

use serde_json::json;
use vigie_analyse::{Analyser, Analysis, AnalysisInput, CueAnalyser};
use vigie_listen::{Batch, BatchContext, IncomingItem, Intake as _};
use vigie_model::{IncomingMessage, Kind, Role};

use crate::test_server::{TestServer, story};

/// Finds praise in everything.
struct Flattered;

impl Analyser for Flattered {
    fn version(&self) -> &str {
        "flattered-1"
    }

    fn analyse(&self, message: AnalysisInput<'_>) -> Analysis {
        Analysis {
            kind: Kind::Praise,
            ..CueAnalyser.analyse(message)
        }
    }
}

async fn hear(server: &TestServer, id: &str, analyser: Arc<dyn Analyser>) {
    let instance = server.instance.clone().with_analyser(analyser);
    let message = IncomingMessage::new(id, "My parcel never arrived, this is a scandal");
    let item = IncomingItem {
        external_id: Some(id.into()),
        raw: String::new(),
        parsed: Ok(message),
    };
    let batch = Batch {
        source: server.api.id,
        items: vec![item],
        cursor: None,
        extras: BatchContext::default(),
    };
    instance.receive(batch).await.unwrap();
}

story!(
    another_analyser_decides_what_a_message_is,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;

        hear(&server, "ours", Arc::new(CueAnalyser)).await;
        hear(&server, "theirs", Arc::new(Flattered)).await;

        let page = agent.get("/api/v1/cases?view=open&order=newest").await;
        let cases = page["cases"].as_array().unwrap();
        let mut kinds: Vec<_> = cases.iter().map(|case| case["kind"].clone()).collect();
        kinds.sort_by_key(ToString::to_string);
        assert_eq!(kinds, [json!("complaint"), json!("praise")]);

        let praised = cases.iter().find(|case| case["kind"] == "praise").unwrap();
        let mut session = server.instance.store.read().await.unwrap();
        let id = praised["id"].as_str().unwrap().parse().unwrap();
        let case = session.cases().find(id).await.unwrap();
        let readings = session
            .messages()
            .derived_of_case(case.key, "analysis")
            .await;
        let versions: Vec<_> = readings
            .unwrap()
            .into_values()
            .map(|it| it.version)
            .collect();
        assert_eq!(versions, ["flattered-1"]);
    }
);
