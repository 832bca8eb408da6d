//! A server for a story: its own folder or database, a clock moved by hand, callers of every role.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use vigie::server::{ServerHandle, Serving, serve_with};
use vigie_connect::{Connectors, built_in};
use vigie_http::HttpConfig;
use vigie_journey::{
    FakeClock, Instance, SeededIds, add_source, create_brand,
    key_file::{KeySource, Keys},
};
use vigie_model::{Actor, At, Lang, Role, SourceKind};
use vigie_respond::{AddressPolicy, Outbox, Translator, TranslatorProtocol};
use vigie_store::{Brand, BrandSettings, Database, Keyring, NewSession, Source};

/// Tells one story twice: on SQLite and on PostgreSQL.
macro_rules! story {
    ($name:ident, $tell:expr) => {
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let (tell, server) = ($tell, crate::test_server::TestServer::sqlite().await);
                tell(server).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let (tell, Some(server)) =
                    ($tell, crate::test_server::TestServer::postgres().await)
                {
                    tell(server).await;
                }
            }
        }
    };
}
pub(crate) use story;

/// Tuesday 17 November 2026, 10:00 in Paris.
pub const TUESDAY: &str = "2026-11-17T10:00:00+01:00";

pub struct TestServer {
    pub connectors: Connectors,
    pub instance: Instance,
    pub clock: Arc<FakeClock>,
    pub address: String,
    pub brand: Brand,
    pub api: Source,
    pub key: String,
    _serving: ServerHandle,
    folder: tempfile::TempDir,
}

/// The key of a story's secrets.
fn ring() -> Keyring {
    Keyring::parse(&Keyring::line("story", &[7; 32])).unwrap()
}

/// The translation service that `scripts/translator` started.
fn translator() -> Option<Translator> {
    let address = std::env::var("VIGIE_TEST_TRANSLATOR").ok()?;
    Some(Translator::new(&address, TranslatorProtocol::Apertium, None).unwrap())
}

impl Drop for TestServer {
    /// With a drop of its own, a story's closure takes the server whole: without it, one that only
    /// reads the address would let the server and the folder go before it begins.
    fn drop(&mut self) {}
}

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Caller {
    address: String,
    cookie: String,
    csrf: String,
    client: reqwest::Client,
    pub id: String,
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

pub fn client() -> reqwest::Client {
    // A second installation is refused, and harmless.
    let _installed = rustls::crypto::ring::default_provider()
        .install_default()
        .is_ok();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Those that are shipped, and the smallest there can be.
fn connectors() -> Connectors {
    let mut connectors = built_in();
    connectors.push(Arc::new(crate::null_connector::Null));
    Connectors::new(connectors)
}

impl TestServer {
    pub async fn sqlite() -> Self {
        Self::open(None).await
    }

    /// Nothing, loudly, when no PostgreSQL was started: `make test` starts one.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("VIGIE_TEST_POSTGRES") else {
            assert!(
                std::env::var("CI").is_err(),
                "CI must run the stories on PostgreSQL"
            );
            eprintln!("SKIPPED on PostgreSQL: VIGIE_TEST_POSTGRES is not set; run `make test`");
            return None;
        };
        let name = format!(
            "story_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let admin = Database::postgres(&server, Arc::new(ring())).await.unwrap();
        admin
            .read()
            .await
            .unwrap()
            .run(format!("CREATE DATABASE {name}"), vec![])
            .await
            .unwrap();
        admin.close().await;
        let address = server
            .rsplit_once('/')
            .map(|(host, _)| format!("{host}/{name}"))
            .unwrap();
        Some(Self::open(Some(address)).await)
    }

    async fn open(database: Option<String>) -> Self {
        client();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::new(TUESDAY.parse().unwrap()));
        let keys = Keys {
            ring: ring(),
            source: KeySource::Given,
            new: false,
        };
        let instance = Instance::open_with_keys(
            folder.path(),
            database.as_deref(),
            (clock.clone(), Arc::new(SeededIds::new(7))),
            keys,
        )
        .await
        .unwrap();
        let brand = create_brand(&instance, "story", "Halvenne", &BrandSettings::default())
            .await
            .unwrap();
        let mut write = instance.store.write(Actor::System).await.unwrap();
        add_source(&mut write, &brand, SourceKind::FORM, "Form", "story-form")
            .await
            .unwrap();
        let mut api = add_source(&mut write, &brand, SourceKind::API, "Site", "story-api")
            .await
            .unwrap();
        // Nobody listens there: a story that waits for an answer puts its own receiver.
        api.settings = json!({"webhook_url": "http://127.0.0.1:9/nobody"});
        write.sources().save(&api).await.unwrap();
        let key = "vg_storystorystory".to_owned();
        let scopes = vigie_store::Scope::ALL;
        write
            .api_keys()
            .insert(
                "story",
                "vg_story",
                &vigie_http::hash_token(&key),
                scopes,
                &api,
            )
            .await
            .unwrap();
        write.commit().await.unwrap();
        let config = HttpConfig {
            secure_cookies: false,
            public_address: "http://story.example".into(),
            webhooks: AddressPolicy::WithLoopback,
            behind_proxy: true,
            translator: translator(),
            session_idle_days: 100,
            security_contact: Some("mailto:security@halvenne.example".into()),
        };
        let connectors = connectors();
        let serving = Serving {
            listen: "127.0.0.1:0".parse().unwrap(),
            config,
            certificate: None,
            connectors: connectors.clone(),
        };
        let serving = serve_with(instance.clone(), serving).await.unwrap();
        let address = format!("http://{}", serving.address);
        Self {
            instance,
            connectors,
            clock,
            address,
            brand,
            api,
            key,
            _serving: serving,
            folder,
        }
    }

    /// Somebody of that role, signed in.
    pub async fn caller(&self, role: Role) -> Caller {
        self.named(role, &format!("{role}")).await
    }

    pub async fn named(&self, role: Role, name: &str) -> Caller {
        let mut write = self.instance.store.write(Actor::System).await.unwrap();
        let email = format!("{}@halvenne.example", name.to_lowercase().replace(' ', "."));
        let person = write
            .people()
            .insert(&email, name, role, Lang::En, None)
            .await
            .unwrap();
        let token = format!("token-{}", person.id);
        let expires = write.at().plus_days(100);
        write
            .sessions()
            .insert(NewSession {
                token_hash: vigie_http::hash_token(&token),
                person_key: person.key,
                csrf: "csrf-word",
                expires_at: expires,
                browser: "story".into(),
                network: String::new(),
            })
            .await
            .unwrap();
        write.commit().await.unwrap();
        Caller {
            address: self.address.clone(),
            cookie: format!("vigie_session={token}"),
            csrf: "csrf-word".into(),
            client: client(),
            id: person.id.to_string(),
        }
    }

    /// Nobody.
    pub fn nobody(&self) -> Caller {
        let (cookie, csrf, id) = (String::new(), String::new(), String::new());
        Caller {
            address: self.address.clone(),
            cookie,
            csrf,
            client: client(),
            id,
        }
    }

    /// Posts to `/api/v1/messages` with the key.
    pub async fn post_messages(&self, body: &Value) -> (u16, Value) {
        self.post("/api/v1/messages", body).await
    }

    /// Posts to any path with the key.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = client()
            .post(format!("{}{path}", self.address))
            .bearer_auth(&self.key);
        read(request.json(body).send().await.unwrap()).await
    }

    /// What the shop vouches for in its token: these claims, for the next ten minutes, to the
    /// source of `secret`.
    pub fn token(&self, secret: &str, claims: Value) -> String {
        let mut claims = claims;
        claims["exp"] = json!(self.now().millis() / 1_000 + 600);
        let parts = [json!({"alg": "HS256"}), claims];
        let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = parts.join(".");
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    /// The author of a message the shop vouches for.
    pub fn customer(&self, name: &str, email: &str) -> Value {
        let claims = json!({"name": name, "email": email});
        json!({"token": self.token(&self.api.secret, claims)})
    }

    /// One message of a customer whom the shop vouches for; returns the id of its case.
    pub async fn hears(&self, id: &str, text: &str) -> String {
        let body = json!({
            "external_id": id,
            "text": text,
            "author": self.customer("Jeanne Roudaut", "jeanne@mail.example"),
        });
        let (status, answer) = self.post_messages(&body).await;
        assert_eq!(
            (status, answer["results"][0]["status"].as_str()),
            (200, Some("created")),
            "{answer}"
        );
        let mut session = self.instance.store.read().await.unwrap();
        let message = answer["results"][0]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let key = session.messages().find(message).await.unwrap().case_key;
        session.cases().by_key(key).await.unwrap().id.to_string()
    }

    /// The data folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn pass(&self, seconds: i64) {
        use vigie_model::Clock as _;
        self.clock.set(self.clock.now().plus_seconds(seconds));
    }

    pub fn now(&self) -> At {
        use vigie_model::Clock as _;
        self.clock.now()
    }

    /// Sends what is due now.
    pub async fn turn_outbox(&self) {
        let replies = self.connectors.replies();
        let store = self.instance.store.clone();
        Outbox::new(store, AddressPolicy::WithLoopback, replies)
            .unwrap()
            .run_once()
            .await
            .unwrap();
    }

    /// Every fact, as one text.
    pub async fn history(&self) -> String {
        let facts = self
            .instance
            .store
            .read()
            .await
            .unwrap()
            .facts()
            .after(0, 100_000)
            .await
            .unwrap();
        serde_json::to_string(&facts).unwrap()
    }
}

impl Caller {
    /// The cookie, to forge a request with.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.address));
        if self.cookie.is_empty() {
            request
        } else {
            request
                .header("cookie", &self.cookie)
                .header("x-vigie-csrf", &self.csrf)
        }
    }

    /// The lines of a request's head that say who calls.
    pub fn headers(&self) -> [String; 2] {
        let cookie = format!("cookie: {}", self.cookie);
        [cookie, format!("x-vigie-csrf: {}", self.csrf)]
    }

    /// The same caller with that session.
    pub fn signed_in(&self, cookie: String, csrf: &str) -> Self {
        Self {
            address: self.address.clone(),
            cookie,
            csrf: csrf.into(),
            client: client(),
            id: String::new(),
        }
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.request(method.to_uppercase().parse().unwrap(), path);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        read(request.send().await.unwrap()).await
    }

    /// The answer of a GET that must succeed.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// The answer of an act that must succeed.
    pub async fn act(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(method, path, Some(body)).await;
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    }

    /// The stable type of a refusal.
    pub async fn refused(&self, method: &str, path: &str, body: Value) -> String {
        let (status, answer) = self.call(method, path, Some(body)).await;
        assert!(
            (400..500).contains(&status),
            "{method} {path}: {status} {answer}"
        );
        answer["type"]
            .as_str()
            .unwrap_or_default()
            .replace("urn:vigie:problem:", "")
    }

    /// Sends a multipart form.
    pub async fn form(
        &self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        photo: Option<(&str, &str, Vec<u8>)>,
    ) -> (u16, Value) {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        if let Some((field, name, bytes)) = photo {
            form = form.part(
                field.to_owned(),
                reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned()),
            );
        }
        read(
            self.request(method.parse().unwrap(), path)
                .multipart(form)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// Presses a button of a page; returns the answer, and where it leads to.
    pub async fn press(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
        let sent = self
            .request(reqwest::Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(fields.collect::<Vec<_>>().join("&"));
        let answer = sent.send().await.unwrap();
        let to = answer.headers().get("location");
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        let (status, page) = (answer.status().as_u16(), answer.text().await.unwrap());
        (status, page, to.unwrap_or_default())
    }

    /// A page, as text.
    pub async fn page(&self, path: &str) -> (u16, String) {
        let answer = self
            .request(reqwest::Method::GET, path)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

async fn read(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

/// A picture of one pixel.
pub fn pixel() -> Vec<u8> {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk\
               +M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, png).unwrap()
}

impl Caller {
    /// The live stream, from after the fact of that number.
    pub async fn stream(
        &self,
        last: Option<&str>,
    ) -> impl futures::Stream<Item = reqwest::Result<axum::body::Bytes>> + Unpin {
        let request = self.request(reqwest::Method::GET, "/api/v1/live");
        let request = match last {
            Some(last) => request.header("last-event-id", last),
            None => request,
        };
        Box::pin(request.send().await.unwrap().bytes_stream())
    }
}
