//! Reads what a person filled in about a mailbox, and refuses what cannot work.

use serde::Deserialize;
use serde_json::Value;
use vigie_model::{MailAuth, MailSecurity, MailServer, MailboxSecret, MailboxSettings};
use vigie_respond::{AddressPolicy, check_address, mail};
use vigie_store::Source;

use crate::{Configured, InvalidSettings};

#[derive(Deserialize)]
struct Filled {
    #[serde(flatten)]
    settings: MailboxSettings,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    refresh_token: Option<String>,
}

/// Settings and secrets of a mailbox; a secret left empty keeps the one there was.
///
/// # Errors
/// When something is missing or wrong.
pub fn configure(filled: &Value, before: Option<&Source>) -> Result<Configured, InvalidSettings> {
    if filled.get("imap").is_none() {
        return Err(InvalidSettings::new(
            "mailbox_missing",
            "say how the mailbox is reached",
        ));
    }
    let filled: Filled = serde_json::from_value(filled.clone())
        .map_err(|err| InvalidSettings::new("mailbox_wrong", err.to_string()))?;
    let mut settings = filled.settings.clone();
    settings.address = settings.address.trim().to_owned();
    if vigie_recognise::email(&settings.address).is_none() {
        return Err(InvalidSettings::new(
            "address_wrong",
            "the mailbox needs an address, as care@example.org",
        ));
    }
    check_server("IMAP", &settings.imap)?;
    check_server("SMTP", &settings.smtp)?;
    let stored = match before {
        Some(before) => secrets_for(&filled, before)?,
        None => MailboxSecret::default(),
    };
    let secret = filled.secret(stored);
    check_sign_in(&settings, &secret)?;

    Ok(Configured {
        past_days: Some(settings.open_days.into()),
        settings: serde_json::to_value(settings).map_err(unreadable)?,
        secret: Some(serde_json::to_string(&secret).map_err(unreadable)?),
    })
}

/// The stored secrets that may be used with what was filled in: none goes anywhere but where it was
/// given for. Who changes a server, or where tokens are renewed, must know the secret.
fn secrets_for(filled: &Filled, before: &Source) -> Result<MailboxSecret, InvalidSettings> {
    // Those that cannot be read are as good as none: the form asks for them.
    let Ok(stored) = mail::secret_of(before) else {
        return Ok(MailboxSecret::default());
    };
    let after = &filled.settings;
    let (same_servers, same_tokens) = unchanged(before, after);
    let given = |secret: &Option<String>| secret.as_ref().is_some_and(|it| !it.is_empty());
    let may_go = match after.sign_in {
        MailAuth::Password => same_servers || given(&filled.password),
        MailAuth::Xoauth2 => same_servers && same_tokens || given(&filled.refresh_token),
        MailAuth::Nobody => true,
    };
    if !may_go {
        return Err(InvalidSettings::new(
            "secret_again",
            "the secret would go to another server: give it again",
        ));
    }
    let of_application = Some(stored.client_secret).filter(|_| same_tokens);
    Ok(MailboxSecret {
        client_secret: of_application.unwrap_or_default(), // default: it is to be given again
        ..stored
    })
}

/// Whether the servers are the same, and whether tokens are renewed at the same place.
fn unchanged(before: &Source, after: &MailboxSettings) -> (bool, bool) {
    match mail::settings_of(before) {
        Ok(before) => (
            (&before.imap, &before.smtp) == (&after.imap, &after.smtp),
            before.token_url == after.token_url,
        ),
        Err(_) => (false, false), // Where the secrets were for is not known.
    }
}

impl Filled {
    fn secret(self, stored: MailboxSecret) -> MailboxSecret {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        MailboxSecret {
            password: given(self.password).unwrap_or(stored.password),
            client_secret: given(self.client_secret).unwrap_or(stored.client_secret),
            refresh_token: given(self.refresh_token).unwrap_or(stored.refresh_token),
        }
    }
}

fn check_sign_in(
    settings: &MailboxSettings,
    secret: &MailboxSecret,
) -> Result<(), InvalidSettings> {
    let by_password = matches!(settings.sign_in, MailAuth::Password);
    if by_password && secret.password.is_empty() {
        return Err(InvalidSettings::new(
            "password_missing",
            "give the mailbox's password",
        ));
    }
    let no_token = secret.refresh_token.is_empty() || !settings.token_url.starts_with("https://");
    if matches!(settings.sign_in, MailAuth::Xoauth2) && no_token {
        return Err(InvalidSettings::new(
            "token_missing",
            "give the token's https address and a refresh token",
        ));
    }
    Ok(())
}

fn check_server(name: &str, server: &MailServer) -> Result<(), InvalidSettings> {
    let host = server.host.trim();
    if host.is_empty() || host.contains(['/', ' ', '@']) || server.port == 0 {
        let detail = format!("the {name} server needs a name, as mail.example.org, and a port");
        return Err(InvalidSettings::new("server_wrong", detail));
    }
    let private = host == "localhost"
        || host
            .parse()
            .is_ok_and(|address| !check_address(address, AddressPolicy::PublicOnly));
    if server.security == MailSecurity::Plain && !private {
        let detail = format!(
            "without protection the {name} server must be this machine or on a private network"
        );
        return Err(InvalidSettings::new("plain_refused", detail));
    }
    Ok(())
}

fn unreadable(_: serde_json::Error) -> InvalidSettings {
    InvalidSettings::new("mailbox_wrong", "unreadable")
}
