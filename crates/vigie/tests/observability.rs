//! The server seen from outside: health, measures, traces without a word, and a stop that
//! lets work end.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use serde_json::{Value, json};
use vigie_journey::{Instance, SystemClock, add_source, create_brand};
use vigie_model::{Actor, Clock as _, SourceKind};
use vigie_store::{BrandSettings, Scope};

const KEY: &str = "vg_observed";

/// A folder with a source and a key, as an administrator leaves it.
async fn prepared(folder: &Path) {
    let instance = Instance::open(folder, None).await.unwrap();
    let brand = create_brand(&instance, "brand", "Halvenne", &BrandSettings::default())
        .await
        .unwrap();
    let mut write = instance.store.write(Actor::System).await.unwrap();
    let api = add_source(&mut write, &brand, SourceKind::API, "Site", "site")
        .await
        .unwrap();
    write
        .api_keys()
        .insert(
            "till",
            "vg_obse",
            &vigie_http::hash_token(KEY),
            Scope::ALL,
            &api,
        )
        .await
        .unwrap();
    write.commit().await.unwrap();
}

/// A place nobody listens on yet.
async fn free() -> std::net::SocketAddr {
    tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
}

/// A collector of traces: remembers what was sent.
async fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
    let take = |State(heard): State<Arc<Mutex<Vec<u8>>>>, body: Bytes| async move {
        heard.lock().unwrap().extend_from_slice(&body);
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new()
        .route("/v1/traces", post(take))
        .with_state(heard.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address, heard)
}

struct Served {
    process: Child,
    address: String,
    measures: String,
    client: reqwest::Client,
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.process.kill());
    }
}

impl Served {
    async fn start(folder: &Path, traces: &str) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let (listen, measures) = (free().await, free().await);
        let process = Command::new(env!("CARGO_BIN_EXE_vigie"))
            .args([
                "serve",
                "--data",
                folder.to_str().unwrap(),
                "--listen",
                &listen.to_string(),
            ])
            .env("VIGIE_METRICS", measures.to_string())
            .env("VIGIE_TRACES", traces)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let (address, measures) = (
            format!("http://{listen}"),
            format!("http://{measures}/metrics"),
        );
        let served = Self {
            process,
            address,
            measures,
            client: reqwest::Client::new(),
        };
        for _ in 0..400 {
            if served.client.get(&served.measures).send().await.is_ok() {
                return served;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the server does not answer");
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self
            .client
            .get(format!("{}{path}", self.address))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn measure(&self, line: &str) -> f64 {
        let text = self
            .client
            .get(&self.measures)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let found = text
            .lines()
            .find(|it| it.starts_with(line))
            .unwrap_or_else(|| panic!("no {line} in\n{text}"));
        found.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_served_instance_tells_how_it_goes_and_never_a_word() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path()).await;
    let (address, traces) = collector().await;
    let mut instance = Served::start(folder.path(), &address).await;
    assert_eq!(
        instance.get("/api/v1/health/live").await,
        (200, json!({"status": "alive"}))
    );
    assert_eq!(
        instance.get("/api/v1/health/ready").await,
        (200, json!({"status": "ready"}))
    );

    let said = SystemClock.now().plus_seconds(-20);
    let items = json!([
        {"external_id": "PLANTED-ID", "text": "PLANTED-WORDS my lamp is \
            broken", "at": said, "author": {"name": "PLANTED-NAME"}},
        {"external_id": "2", "text": ""},
    ]);
    let posted = instance
        .client
        .post(format!("{}/api/v1/messages", instance.address))
        .bearer_auth(KEY)
        .json(&items);
    assert_eq!(posted.send().await.unwrap().status(), 200);
    assert_eq!(
        instance
            .measure("vigie_messages_total{source=\"api\",result=\"created\"}")
            .await,
        1.0
    );
    assert_eq!(
        instance
            .measure("vigie_messages_total{source=\"api\",result=\"refused\"}")
            .await,
        1.0
    );
    assert_eq!(
        instance
            .measure("vigie_arrival_seconds_bucket{source=\"api\",le=\"15\"}")
            .await,
        0.0
    );
    assert_eq!(
        instance
            .measure("vigie_arrival_seconds_bucket{source=\"api\",le=\"30\"}")
            .await,
        1.0
    );
    assert_eq!(instance.measure("vigie_cases{state=\"open\"}").await, 1.0);
    let posts =
        "vigie_http_requests_total{route=\"/api/v1/messages\",method=\"POST\",status=\"200\"}";
    assert_eq!(instance.measure(posts).await, 1.0);
    assert!(instance.measure("process_resident_memory_bytes").await > 1e6);
    let all = instance
        .client
        .get(&instance.measures)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();

    // Stopped as a service is; the last traces leave before it goes.
    Command::new("kill")
        .args(["-TERM", &instance.process.id().to_string()])
        .status()
        .unwrap();
    let ended = tokio::task::spawn_blocking(move || instance.process.wait().unwrap().code())
        .await
        .unwrap();
    assert_eq!(ended, Some(0));
    let traces = String::from_utf8_lossy(&traces.lock().unwrap().clone()).into_owned();
    assert!(
        traces.contains("request")
            && traces.contains("/api/v1/messages")
            && traces.contains("hear"),
        "{traces:?}"
    );
    for seen in [&all, &traces] {
        assert!(
            !seen.contains("PLANTED") && !seen.contains(KEY),
            "no word and no key"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_asked_to_stop_ends_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path()).await;
    let instance = Served::start(folder.path(), "http://127.0.0.1:9").await;
    let many = |from: usize| {
        let items: Vec<Value> = (from..from + 1_000)
            .map(|number| {
                json!({
                    "external_id": format!("m{number}"),
                    "text": format!("order {number} never came"),
                })
            })
            .collect();
        instance
            .client
            .post(format!("{}/api/v1/messages", instance.address))
            .bearer_auth(KEY)
            .json(&items)
            .send()
    };
    let process = instance.process.id().to_string();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        Command::new("kill")
            .args(["-TERM", &process])
            .status()
            .unwrap();
    };
    let (first, second, ()) = tokio::join!(many(0), many(1_000), stop);
    let acknowledged = [first, second]
        .into_iter()
        .filter(|it| it.as_ref().is_ok_and(|it| it.status() == 200))
        .count();
    assert_eq!(acknowledged, 2, "both were under way and are answered");
    drop(instance);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let again = Instance::open(folder.path(), None).await.unwrap();
    let facts = again
        .store
        .read()
        .await
        .unwrap()
        .facts()
        .after(0, 10_000)
        .await
        .unwrap();
    let received = facts
        .iter()
        .filter(|it| it.act == vigie_model::Act::MessageReceived)
        .count();
    assert_eq!(received, 2_000);
}
