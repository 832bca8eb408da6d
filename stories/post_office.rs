//! A real post office: the Dovecot and the Postfix that `scripts/mail` started.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::{Form, Json, http::StatusCode, routing::post};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use lettre::transport::smtp::{client::AsyncSmtpConnection, extension::ClientId};
use serde_json::{Value, json};
use sha2::Sha256;
use vigie::connections::{Connections, Limits, Places};
use vigie_model::Clock as _;

static NUMBER: AtomicU64 = AtomicU64::new(0);

pub struct PostOffice {
    folder: PathBuf,
    imap: u16,
    smtp: u16,
}

impl PostOffice {
    /// Nothing, loudly, when none was started: `make test` starts one.
    pub fn open() -> Option<Self> {
        let Ok(folder) = std::env::var("VIGIE_TEST_MAIL") else {
            assert!(
                std::env::var("CI").is_err(),
                "CI must run the stories with a mail server"
            );
            eprintln!("SKIPPED without a mail server: VIGIE_TEST_MAIL is not set; run `make test`");
            return None;
        };
        let port = |name| std::env::var(name).unwrap().parse().unwrap();
        let (imap, smtp) = (port("VIGIE_TEST_IMAP_PORT"), port("VIGIE_TEST_SMTP_PORT"));
        Some(Self {
            folder: folder.into(),
            imap,
            smtp,
        })
    }

    /// An address of that domain nobody else has in this run, whose password is `lookout`.
    pub fn address(&self, name: &str, domain: &str) -> String {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let address = format!("{name}{}x{number}@{domain}", std::process::id());
        self.password(&address, "lookout");
        address
    }

    /// Sets the password of a mailbox. Dovecot reads the file again when its date is another one.
    pub fn password(&self, address: &str, password: &str) {
        let path = self.folder.join("passwords").join(address);
        fs::write(&path, format!("{address}:{{PLAIN}}{password}\n")).unwrap();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let date = std::time::UNIX_EPOCH + Duration::from_secs(1_900_000_000 + number);
        fs::File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .set_modified(date)
            .unwrap();
    }

    /// The settings of a mailbox of ours, as the API asks them.
    pub fn settings(&self, address: &str) -> Value {
        json!({
            "address": address, "name": "Halvenne", "password": "lookout",
            "imap": {"host": "127.0.0.1", "port": self.imap, "security": "plain"},
            "smtp": {"host": "127.0.0.1", "port": self.smtp, "security": "plain"},
        })
    }

    /// The same over TLS from the first byte, or after a plain greeting. The certificate names
    /// `localhost` alone.
    pub fn protected(&self, address: &str, security: &str) -> Value {
        let (imap, smtp) = if security == "tls" {
            (self.imap + 1, self.smtp + 2)
        } else {
            (self.imap, self.smtp)
        };
        json!({
            "address": address, "name": "Halvenne", "password": "lookout",
            "imap": {"host": "localhost", "port": imap, "security": security},
            "smtp": {"host": "localhost", "port": smtp, "security": security},
        })
    }

    /// Opens a provider that renews tokens over HTTPS for whoever brings this refresh token; its
    /// address.
    pub async fn provider(&self, address: &str, refresh_token: &str) -> String {
        let (token, refresh_token) = (self.token(address), refresh_token.to_owned());
        let renew = async move |Form(form): Form<Vec<(String, String)>>| {
            let is = |name: &str, value: &str| form.iter().any(|it| it.0 == name && it.1 == value);
            if is("grant_type", "refresh_token")
                && is("refresh_token", &refresh_token)
                && is("client_id", "vigie")
            {
                (
                    StatusCode::OK,
                    Json(
                        json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600}),
                    ),
                )
            } else {
                (
                    StatusCode::BAD_REQUEST,
                    Json(json!({"error": "invalid_grant"})),
                )
            }
        };
        let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = tcp.local_addr().unwrap().port();
        let (certificate, key) = (
            self.folder.join("server.pem"),
            self.folder.join("server.key"),
        );
        let connections = Connections {
            routes: axum::Router::new().route("/token", post(renew)),
            tls: Some(vigie::tls::acceptor(&certificate, &key).unwrap()),
            places: Places::new(Limits::within(1_024, false)),
        };
        let (stop, stopped) = tokio::sync::watch::channel(false);
        tokio::spawn(async move {
            connections.serve(tcp, stopped).await;
            drop(stop);
        });
        format!("https://localhost:{port}/token")
    }

    /// A token of an hour for that address (RFC 7519), signed with the key Dovecot checks it by.
    fn token(&self, address: &str) -> String {
        let key = fs::read_to_string(self.folder.join("keys/default/HS256/default")).unwrap();
        let mut seal =
            Hmac::<Sha256>::new_from_slice(&STANDARD.decode(key.trim()).unwrap()).unwrap();
        let now = vigie_journey::SystemClock.now().millis() / 1_000;
        let part = |it: Value| URL_SAFE_NO_PAD.encode(it.to_string());
        let said = format!(
            "{}.{}",
            part(json!({"alg": "HS256", "typ": "JWT"})),
            part(json!({"sub": address, "email": address, "iat": now - 60, "exp": now + 3_600})),
        );
        seal.update(said.as_bytes());
        format!(
            "{said}.{}",
            URL_SAFE_NO_PAD.encode(seal.finalize().into_bytes())
        )
    }

    /// Sends a raw mail as any program would.
    pub async fn send(&self, from: &str, to: &[&str], raw: &str) {
        let hello = ClientId::Domain("mail.test".into());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(("127.0.0.1", self.smtp), None, &hello, None, None)
                .await
                .unwrap();
        let from = if from.is_empty() {
            None
        } else {
            Some(from.parse().unwrap())
        };
        let to = to.iter().map(|it| it.parse().unwrap()).collect();
        let envelope = lettre::address::Envelope::new(from, to).unwrap();
        connection
            .send(&envelope, raw.replace('\n', "\r\n").as_bytes())
            .await
            .unwrap();
        connection.quit().await.unwrap();
    }

    fn maildir(&self, address: &str) -> PathBuf {
        self.folder.join("mail").join(address).join("Maildir")
    }

    /// Every mail of a mailbox, oldest first, marked as seen or not.
    pub fn mails(&self, address: &str) -> Vec<String> {
        let mut paths = Vec::new();
        for part in ["new", "cur"] {
            if let Ok(entries) = fs::read_dir(self.maildir(address).join(part)) {
                paths.extend(entries.map(|it| it.unwrap().path()));
            }
        }
        paths.sort_by_key(|it| it.file_name().unwrap().to_owned());
        paths
            .iter()
            .map(|it| String::from_utf8_lossy(&fs::read(it).unwrap()).replace("\r\n", "\n"))
            .collect()
    }

    /// Waits until a mailbox holds that many mails.
    pub async fn mails_of(&self, address: &str, count: usize) -> Vec<String> {
        for _ in 0..200 {
            let mails = self.mails(address);
            if mails.len() >= count {
                return mails;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!(
            "{address} holds {} mails, not {count}",
            self.mails(address).len()
        );
    }

    /// Whether some mail of the mailbox is marked as seen.
    pub fn some_seen(&self, address: &str) -> bool {
        let entries = fs::read_dir(self.maildir(address).join("cur"))
            .into_iter()
            .flatten();
        entries.filter_map(Result::ok).any(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .rsplit_once(":2,")
                .is_some_and(|(_, flags)| flags.contains('S'))
        })
    }

    /// Puts mails straight into a folder, as if they had been there for long. `folder` is empty for
    /// the inbox.
    pub fn lay(&self, address: &str, folder: &str, mails: impl Iterator<Item = String>) {
        let maildir = self.maildir(address);
        let maildir = if folder.is_empty() {
            maildir
        } else {
            maildir.join(format!(".{folder}"))
        };
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(maildir.join(part)).unwrap();
        }
        for mail in mails {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = maildir
                .join("new")
                .join(format!("1700000000.{number:09}.laid"));
            fs::write(&path, mail.replace('\n', "\r\n")).unwrap();
            let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1_760_000_000);
            fs::File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_modified(long_ago)
                .unwrap();
        }
        let home = self.folder.join("mail").join(address);
        let given = std::process::Command::new("chown")
            .args(["-R", "nobody:nogroup"])
            .arg(home)
            .status()
            .unwrap();
        assert!(given.success());
    }

    /// Renumbers the inbox: the server forgets which number meant which mail.
    pub fn renumber(&self, address: &str) {
        for entry in fs::read_dir(self.maildir(address)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("dovecot") {
                fs::remove_file(&path).unwrap();
            }
        }
    }

    /// Hangs up on everybody who reads that mailbox.
    pub fn hang_up(&self, address: &str) {
        let conf = self.folder.join("dovecot.conf");
        std::process::Command::new("doveadm")
            .arg("-c")
            .arg(conf)
            .args(["kick", address])
            .output()
            .unwrap();
    }
}
