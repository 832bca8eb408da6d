//! One attempt to hand a mail over. After the last byte left without an answer nobody knows: that
//! is said, not guessed.

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
use vigie_model::{MailSecurity, MailboxSettings, SignIn};

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// The server has it.
    Taken,
    /// The server said not now: it surely does not have it.
    Later(String),
    /// The server said no.
    Refused(String),
    /// The connection broke after the words left: it may have it.
    Uncertain(String),
}

const PATIENCE: Duration = Duration::from_secs(30);

/// Hands a raw mail to the mailbox's server. `password` is the password, or the token for
/// `xoauth2`.
pub async fn hand_over(
    mailbox: &MailboxSettings,
    password: &str,
    envelope: (Address, Address),
    raw: &[u8],
) -> Handed {
    let mut connection = match connect(mailbox, password).await {
        Ok(connection) => connection,
        Err(why) => return before_words(&why),
    };
    let (from, to) = envelope;
    for command in [
        Mail::new(Some(from), vec![]).to_string(),
        Rcpt::new(to, vec![]).to_string(),
        Data.to_string(),
    ] {
        if let Err(why) = connection.command(command).await {
            connection.abort().await;
            return before_words(&why);
        }
    }
    match connection.message(raw).await {
        Ok(_) => {
            // It is taken; how the goodbye ends changes nothing.
            drop(connection.quit().await);
            Handed::Taken
        }
        Err(why) if why.is_permanent() => Handed::Refused(sentence(&why)),
        Err(why) if why.is_transient() => Handed::Later(sentence(&why)),
        Err(why) => Handed::Uncertain(sentence(&why)),
    }
}

/// Connects and signs in, sends nothing.
///
/// # Errors
/// A sentence for the settings page.
pub async fn test(mailbox: &MailboxSettings, password: &str) -> Result<(), String> {
    let mut connection = connect(mailbox, password)
        .await
        .map_err(|why| sentence(&why))?;
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
    let credentials = Credentials::new(mailbox.signs_in_as().to_owned(), password.to_owned());
    match mailbox.sign_in {
        SignIn::Password => drop(
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await?,
        ),
        SignIn::Xoauth2 => drop(connection.auth(&[Mechanism::Xoauth2], &credentials).await?),
        SignIn::Nobody => {}
    }
    Ok(connection)
}

/// Nothing of the mail left yet.
fn before_words(why: &Error) -> Handed {
    if why.is_permanent() {
        Handed::Refused(sentence(why))
    } else {
        Handed::Later(sentence(why))
    }
}

/// The server's own words, or what broke; shortened. They name addresses and states, never the
/// customer's text.
fn sentence(why: &Error) -> String {
    if why.is_permanent() || why.is_transient() {
        return why.to_string().chars().take(300).collect();
    }
    let mut deepest: &dyn std::error::Error = why;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string().chars().take(300).collect()
}
