//! A connection to a mailbox: secured as configured, signed in, with readable errors.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_imap::{Client, Session, error::Error};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, pki_types::ServerName},
};
use vigie_model::{MailAuth, MailSecurity, MailServer, MailboxSettings};
use vigie_respond::leads_inside;

/// A stream, encrypted or not.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Transport for T {}

/// A signed-in IMAP session.
pub type ImapSession = Session<Box<dyn Transport>>;

const PATIENCE: Duration = Duration::from_secs(30);

/// Connects and signs in. `password` is the password, or the token for `xoauth2`. The error
/// says what to do.
pub async fn open(settings: &MailboxSettings, password: &str) -> Result<ImapSession, String> {
    let server = &settings.imap;
    let slow = |_| {
        format!(
            "{}:{} did not answer within 30 seconds",
            server.host, server.port
        )
    };
    let greeted = timeout(PATIENCE, connect(server)).await.map_err(slow);
    let client = match greeted.flatten() {
        Ok(client) => client,
        Err(_) if leads_inside(&server.host, server.port).await => {
            return Err(server.unreachable());
        }
        Err(error) => return Err(error),
    };
    let signed_in = sign_in(client, settings, password);
    timeout(PATIENCE, signed_in).await.map_err(slow)?
}

/// Connects, signs in and opens the folder; returns how many mails it holds. The error is a
/// sentence for the settings page.
pub async fn test(settings: &MailboxSettings, password: &str) -> Result<u32, String> {
    let mut session = open(settings, password).await?;
    let folder = session.examine(&settings.folder).await;
    let folder = folder.map_err(|err| {
        format!(
            "the folder {} cannot be opened: {}",
            settings.folder,
            describe_error(&err)
        )
    })?;
    // The folder was opened; an error while signing out changes nothing.
    drop(session.logout().await);
    Ok(folder.exists)
}

/// Connects to a mail server, until it says who it is.
async fn connect(server: &MailServer) -> Result<Client<Box<dyn Transport>>, String> {
    let address = (server.host.as_str(), server.port);
    let unreachable =
        |err: std::io::Error| format!("cannot reach {}:{}: {err}", server.host, server.port);
    let tcp = TcpStream::connect(address).await.map_err(unreachable)?;
    let mut client = match server.security {
        MailSecurity::Tls => Client::new(protect(tcp, server).await?),
        MailSecurity::Plain => Client::new(Box::new(tcp) as Box<dyn Transport>),
        MailSecurity::Starttls => {
            let mut plain = Client::new(tcp);
            greeting(plain.read_response().await)?;
            let started = plain.run_command_and_check_ok("STARTTLS", None).await;
            started.map_err(|err| {
                format!("{} refuses STARTTLS: {}", server.host, describe_error(&err))
            })?;
            Client::new(protect(plain.into_inner(), server).await?)
        }
    };
    if server.security != MailSecurity::Starttls {
        greeting(client.read_response().await)?;
    }
    Ok(client)
}

fn greeting<T>(read: std::io::Result<Option<T>>) -> Result<(), String> {
    match read {
        Ok(Some(_)) => Ok(()),
        _ => Err(
            "the server hung up before saying anything: is it an IMAP server, with this \
            protection?"
                .into(),
        ),
    }
}

async fn protect(tcp: TcpStream, server: &MailServer) -> Result<Box<dyn Transport>, String> {
    let name = ServerName::try_from(server.host.clone())
        .map_err(|_| format!("{} is no server's name", server.host))?;
    let connector = TlsConnector::from(tls_config());
    let stream = connector.connect(name, tcp).await;
    let stream =
        stream.map_err(|err| format!("{} could not prove who it is: {err}", server.host))?;
    Ok(Box::new(stream))
}

/// The certificate authorities this machine trusts.
fn tls_config() -> Arc<ClientConfig> {
    static TRUSTED: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let config = TRUSTED.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        let (_, unreadable) =
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if unreadable > 0 {
            tracing::debug!(
                unreadable,
                "some of the machine's certificates could not be read"
            );
        }
        Arc::new(
            ClientConfig::builder()
                .with_root_certificates(roots)
                .with_no_client_auth(),
        )
    });
    config.clone()
}

async fn sign_in(
    client: Client<Box<dyn Transport>>,
    settings: &MailboxSettings,
    password: &str,
) -> Result<ImapSession, String> {
    let user = settings.login();
    let signed = match settings.sign_in {
        MailAuth::Xoauth2 => {
            client
                .authenticate(
                    "XOAUTH2",
                    Bearer {
                        user,
                        token: password,
                    },
                )
                .await
        }
        MailAuth::Password | MailAuth::Nobody => client.login(user, password).await,
    };
    signed.map_err(|(error, _)| match error {
        Error::No(_) => {
            format!(
                "the server refuses the name {user} or its password: check them, or make an \
                application password"
            )
        }
        other => describe_error(&other),
    })
}

struct Bearer<'a> {
    user: &'a str,
    token: &'a str,
}

impl async_imap::Authenticator for Bearer<'_> {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        format!("user={}\x01auth=Bearer {}\x01\x01", self.user, self.token)
    }
}

/// An error as a sentence; a server's text is shortened, and never contains a customer's text.
pub fn describe_error(error: &Error) -> String {
    let said = match error {
        Error::Io(error) => format!("the connection broke: {error}"),
        Error::ConnectionLost => "the server hung up".into(),
        Error::No(error) => format!("the server said no: {error}"),
        Error::Bad(error) => format!("the server did not understand: {error}"),
        Error::Parse(_) => "the server's answer could not be read".into(),
        other => other.to_string(),
    };
    said.chars().take(300).collect()
}
