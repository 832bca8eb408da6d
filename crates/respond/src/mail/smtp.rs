//! One attempt to hand a mail over. When the connection breaks after the last byte, the
//! outcome is unknown and reported as such.

use std::time::Duration;

use tokio::time::timeout;

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use vigie_model::{MailAuth, MailSecurity, MailboxSettings};

use crate::{SendOutcome, leads_inside};

/// How long a server may take to let us in, and to take each command: one that is silent for
/// longer must not keep other answers waiting.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take to accept the content; RFC 5321 §4.5.3.2.6 asks for ten minutes, and one
/// that takes longer than this is looked at by a person.
const CONTENT_PATIENCE: Duration = Duration::from_secs(120);
const SILENT: &str = "the server stopped answering";

/// Hands a raw mail over to the mailbox's server. `password` is the password, or the token for
/// `xoauth2`.
pub async fn deliver(
    mailbox: &MailboxSettings,
    password: &str,
    envelope: (Address, Address),
    raw: &[u8],
) -> SendOutcome {
    let mut connection = match reach(mailbox, password).await {
        Ok(connection) => connection,
        Err(outcome) => return outcome,
    };
    if let Err(outcome) = announce(&mut connection, envelope).await {
        return outcome;
    }
    let Ok(handed) = timeout(CONTENT_PATIENCE, connection.message(raw)).await else {
        return SendOutcome::Uncertain(SILENT.into());
    };
    match handed {
        Ok(_) => {
            quit(&mut connection).await;
            SendOutcome::Accepted
        }
        Err(error) if error.is_permanent() => SendOutcome::Refused(sentence(&error)),
        Err(error) if error.is_transient() => SendOutcome::Deferred(sentence(&error)),
        Err(error) => SendOutcome::Uncertain(sentence(&error)),
    }
}

/// Says who writes to whom; the error is what becomes of the mail.
async fn announce(
    connection: &mut AsyncSmtpConnection,
    (from, to): (Address, Address),
) -> Result<(), SendOutcome> {
    for command in [
        Mail::new(Some(from), vec![]).to_string(),
        Rcpt::new(to, vec![]).to_string(),
        Data.to_string(),
    ] {
        match timeout(PATIENCE, connection.command(command)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                abort(connection).await;
                return Err(classify_connect_error(&error));
            }
            Err(_) => return Err(SendOutcome::Deferred(SILENT.into())),
        }
    }
    Ok(())
}

/// Connects and signs in without sending anything. The error is a sentence for the settings
/// page.
pub async fn test(mailbox: &MailboxSettings, password: &str) -> Result<(), String> {
    match reach(mailbox, password).await {
        Ok(mut connection) => {
            quit(&mut connection).await;
            Ok(())
        }
        Err(outcome) => Err(outcome.error().unwrap_or(SILENT).to_owned()), // default: it has one
    }
}

/// Connects and signs in within a time; the error is what becomes of a mail meanwhile.
async fn reach(
    mailbox: &MailboxSettings,
    password: &str,
) -> Result<AsyncSmtpConnection, SendOutcome> {
    let outcome = match timeout(PATIENCE, connect(mailbox, password)).await {
        Ok(Ok(connection)) => return Ok(connection),
        Ok(Err(error)) if answered(&error) => return Err(classify_connect_error(&error)),
        Ok(Err(error)) => classify_connect_error(&error),
        Err(_) => SendOutcome::Deferred(SILENT.into()),
    };
    let server = &mailbox.smtp;
    match leads_inside(&server.host, server.port).await {
        true => Err(SendOutcome::Deferred(server.unreachable())),
        false => Err(outcome),
    }
}

/// Whether a mail server said no, rather than nothing that is one.
fn answered(error: &Error) -> bool {
    error.is_permanent() || error.is_transient()
}

/// Takes leave. The mail is accepted: an error or a silence now changes nothing.
async fn quit(connection: &mut AsyncSmtpConnection) {
    drop(timeout(PATIENCE, connection.quit()).await);
}

/// Breaks off politely, as far as the server lets us.
async fn abort(connection: &mut AsyncSmtpConnection) {
    drop(timeout(PATIENCE, connection.abort()).await);
}

async fn connect(mailbox: &MailboxSettings, password: &str) -> Result<AsyncSmtpConnection, Error> {
    let server = &mailbox.smtp;
    let hello = ClientId::Domain(mailbox.domain().to_owned());
    let tls = match server.security {
        MailSecurity::Plain => None,
        MailSecurity::Tls | MailSecurity::Starttls => {
            Some(TlsParameters::new(server.host.clone())?)
        }
    };
    let at_once = tls.clone().filter(|_| server.security == MailSecurity::Tls);
    let address = (server.host.as_str(), server.port);
    let mut connection =
        AsyncSmtpConnection::connect_tokio1(address, Some(PATIENCE), &hello, at_once, None).await?;
    if let Some(tls) = tls.filter(|_| server.security == MailSecurity::Starttls) {
        connection.starttls(tls, &hello).await?;
    }
    let credentials = Credentials::new(mailbox.login().to_owned(), password.to_owned());
    match mailbox.sign_in {
        MailAuth::Password => drop(
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await?,
        ),
        MailAuth::Xoauth2 => drop(connection.auth(&[Mechanism::Xoauth2], &credentials).await?),
        MailAuth::Nobody => {}
    }
    Ok(connection)
}

/// For errors before any content was sent.
fn classify_connect_error(error: &Error) -> SendOutcome {
    if error.is_permanent() {
        SendOutcome::Refused(sentence(error))
    } else {
        SendOutcome::Deferred(sentence(error))
    }
}

/// The server's own reply, or what failed; shortened. It contains addresses and states, never
/// the customer's text.
fn sentence(error: &Error) -> String {
    if answered(error) {
        return error.to_string().chars().take(300).collect();
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use vigie_model::MailServer;

    use super::*;

    /// A server that takes calls and never says a word.
    async fn mute_server() -> (tokio::net::TcpListener, MailboxSettings) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = MailServer {
            host: "127.0.0.1".into(),
            port: listener.local_addr().unwrap().port(),
            security: MailSecurity::Plain,
        };
        let json = serde_json::json!({
            "address": "service@h.example",
            "imap": server,
            "smtp": server,
        });
        (listener, serde_json::from_value(json).unwrap())
    }

    /// A closed port, and one where something else answers, read the same from outside.
    #[tokio::test]
    async fn what_stands_in_the_private_network_is_not_told_apart() {
        let (listener, closed) = mute_server().await;
        drop(listener);
        let (listener, other) = mute_server().await;
        tokio::spawn(async move {
            use tokio::io::AsyncWriteExt as _;
            while let Ok((mut caller, _)) = listener.accept().await {
                caller.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            }
        });

        let of = |mailbox: &MailboxSettings| Err(mailbox.smtp.unreachable());
        assert_eq!(test(&closed, "lookout").await, of(&closed));
        assert_eq!(test(&other, "lookout").await, of(&other));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_tried_again_later() {
        let (_listener, mailbox) = mute_server().await;
        let envelope = (
            "service@h.example".parse().unwrap(),
            "jeanne@mail.example".parse().unwrap(),
        );

        let outcome = deliver(&mailbox, "lookout", envelope, b"Subject: x\r\n\r\nx").await;
        let tested = test(&mailbox, "lookout").await;

        let told = mailbox.smtp.unreachable();
        assert_eq!(outcome, SendOutcome::Deferred(told.clone()));
        assert_eq!(tested, Err(told));
    }
}
