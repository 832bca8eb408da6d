//! HTTPS by one's own certificate, and who calls behind a proxy.

use std::net::SocketAddr;

use vigie::{
    Instance,
    server::{Serving, serve_with},
};
use vigie_connect::Connectors;
use vigie_http::HttpConfig;
use vigie_respond::AddressPolicy;

fn http_config() -> HttpConfig {
    let public_address = "https://localhost".into();
    HttpConfig {
        secure_cookies: true,
        public_address,
        webhooks: AddressPolicy::PublicOnly,
        behind_proxy: false,
        translator: None,
        session_idle_days: 3,
        security_contact: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn https_is_served_directly_and_a_slow_handshake_keeps_nobody_waiting() {
    let _installed = rustls::crypto::ring::default_provider()
        .install_default()
        .is_ok();
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let (certificate, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let instance = Instance::open(&folder.path().join("data"), None)
        .await
        .unwrap();
    let files = Some((certificate.as_path(), key.as_path()));
    let serving = serve_with(instance.clone(), over(files)).await.unwrap();
    let port = serving.address.port();

    // Somebody connects and says nothing.
    let silent = tokio::net::TcpStream::connect(serving.address)
        .await
        .unwrap();
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).no_proxy();
    let client = client
        .resolve("localhost", serving.address)
        .build()
        .unwrap();
    let answer = client
        .get(format!("https://localhost:{port}/pages.css"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["strict-transport-security"],
        "max-age=31536000"
    );
    drop(silent);
    serving.stop().await;

    // A key of another certificate is refused with a sentence, before anything is served.
    let other = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    std::fs::write(&key, other.signing_key.serialize_pem()).unwrap();
    let refused = serve_with(instance, over(Some((&certificate, &key)))).await;
    assert!(format!("{:#}", refused.err().unwrap()).contains("do not go together"));
}

fn over<'a>(certificate: Option<(&'a std::path::Path, &'a std::path::Path)>) -> Serving<'a> {
    Serving {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        config: http_config(),
        certificate,
        connectors: Connectors::default(),
    }
}
