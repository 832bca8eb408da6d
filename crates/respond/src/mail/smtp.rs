//! One attempt to hand a mail over. When the connection breaks after the last byte, the
//! outcome is unknown and reported as such.

use std::time::Duration;

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

use crate::SendOutcome;

const PATIENCE: Duration = Duration::from_secs(30);

/// Hands a raw mail over to the mailbox's server. `password` is the password, or the token for
/// `xoauth2`.
pub async fn deliver(
    mailbox: &MailboxSettings,
    password: &str,
    envelope: (Address, Address),
    raw: &[u8],
) -> SendOutcome {
    let mut connection = match connect(mailbox, password).await {
        Ok(connection) => connection,
        Err(error) => return classify_connect_error(&error),
    };
    let (from, to) = envelope;
    for command in [
        Mail::new(Some(from), vec![]).to_string(),
        Rcpt::new(to, vec![]).to_string(),
        Data.to_string(),
    ] {
        if let Err(error) = connection.command(command).await {
            connection.abort().await;
            return classify_connect_error(&error);
        }
    }
    match connection.message(raw).await {
        Ok(_) => {
            // The mail is accepted; an error while quitting changes nothing.
            drop(connection.quit().await);
            SendOutcome::Accepted
        }
        Err(error) if error.is_permanent() => SendOutcome::Refused(sentence(&error)),
        Err(error) if error.is_transient() => SendOutcome::Deferred(sentence(&error)),
        Err(error) => SendOutcome::Uncertain(sentence(&error)),
    }
}

/// Connects and signs in without sending anything. The error is a sentence for the settings
/// page.
pub async fn test(mailbox: &MailboxSettings, password: &str) -> Result<(), String> {
    let mut connection = connect(mailbox, password)
        .await
        .map_err(|err| sentence(&err))?;
    drop(connection.quit().await);
    Ok(())
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
    if error.is_permanent() || error.is_transient() {
        return error.to_string().chars().take(300).collect();
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string().chars().take(300).collect()
}
