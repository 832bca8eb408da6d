//! Setting up a mailbox: what is requested, what is refused, and a test with readable results.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use vigie_model::{MailAuth, MailSecurity, MailServer, MailboxSecret, MailboxSettings};
use vigie_respond::{AddressPolicy, check_address, mail};
use vigie_store::{Source, Write};

use super::sources::SourceCheckResponse;
use crate::{AppState, Problem};

/// A mailbox to set up: its settings, and its secrets if they are new.
#[derive(Deserialize, ToSchema)]
pub struct MailboxRequest {
    #[serde(flatten)]
    pub settings: MailboxSettings,
    /// Absent keeps the existing one.
    pub password: Option<String>,
    /// For `xoauth2`: the application's secret.
    pub client_secret: Option<String>,
    /// For `xoauth2`: the token that renews access tokens.
    pub refresh_token: Option<String>,
}

impl MailboxRequest {
    /// The settings and secrets to store, with existing secrets kept. Fails with a problem that
    /// names the field.
    pub fn checked(self, before: Option<&Source>) -> Result<(Value, String), Problem> {
        let mut settings = self.settings;
        settings.address = settings.address.trim().to_owned();
        if vigie_recognise::email(&settings.address).is_none() {
            return Err(Problem::unprocessable(
                "address_wrong",
                "the mailbox needs an address, as care@example.org",
            ));
        }
        for (name, server) in [("IMAP", &settings.imap), ("SMTP", &settings.smtp)] {
            check_server(name, server)?;
        }
        let stored_secret = before.map(mail::secret_of).unwrap_or_default();
        let secret = MailboxSecret {
            password: self
                .password
                .filter(|it| !it.is_empty())
                .unwrap_or(stored_secret.password),
            client_secret: self
                .client_secret
                .filter(|it| !it.is_empty())
                .unwrap_or(stored_secret.client_secret),
            refresh_token: self
                .refresh_token
                .filter(|it| !it.is_empty())
                .unwrap_or(stored_secret.refresh_token),
        };
        match settings.sign_in {
            MailAuth::Password if secret.password.is_empty() => {
                return Err(Problem::unprocessable(
                    "password_missing",
                    "give the mailbox's password",
                ));
            }
            MailAuth::Xoauth2
                if secret.refresh_token.is_empty()
                    || !settings.token_url.starts_with("https://") =>
            {
                return Err(Problem::unprocessable(
                    "token_missing",
                    "give the token's https address and a refresh token",
                ));
            }
            _ => {}
        }
        let settings = serde_json::to_value(settings)
            .map_err(|_| Problem::unprocessable("mailbox_wrong", "unreadable"))?;
        let secret = serde_json::to_string(&secret)
            .map_err(|_| Problem::unprocessable("mailbox_wrong", "unreadable"))?;
        Ok((settings, secret))
    }
}

fn check_server(name: &str, server: &MailServer) -> Result<(), Problem> {
    let host = server.host.trim();
    if host.is_empty() || host.contains(['/', ' ', '@']) || server.port == 0 {
        let detail = format!("the {name} server needs a name, as mail.example.org, and a port");
        return Err(Problem::unprocessable("server_wrong", detail));
    }
    let private = host == "localhost"
        || host
            .parse()
            .is_ok_and(|it| !check_address(it, AddressPolicy::PublicOnly));
    if server.security == MailSecurity::Plain && !private {
        let detail = format!(
            "without protection the {name} server must be this machine or on a private network"
        );
        return Err(Problem::unprocessable("plain_refused", detail));
    }
    Ok(())
}

/// Sets the instant that separates history from new mail: now, less the days requested; mail
/// that arrives during the first reading is new.
pub async fn begin(write: &mut Write, mut source: Source) -> Result<Source, Problem> {
    let days = mail::settings_of(&source).map_or(0, |it| i64::from(it.open_days));
    source.cursor = Some(serde_json::json!({"since": write.at().plus_days(-days)}).to_string());
    write.save_source(&source).await?;
    Ok(source)
}

/// Signs in to both servers and opens the folder; sends nothing.
pub async fn test(app: &AppState, source: &Source) -> Vec<SourceCheckResponse> {
    let check = |what, tested: Result<String, String>| SourceCheckResponse {
        what,
        well: tested.is_ok(),
        detail: tested.unwrap_or_else(|error| error),
    };
    let settings = match mail::settings_of(source) {
        Ok(settings) => settings,
        Err(error) => return vec![check("imap", Err(error))],
    };
    let password = match mail::renew(&app.tokens, &settings, &mail::secret_of(source)).await {
        Ok(password) => password,
        Err(error) => return vec![check("token", Err(error))],
    };
    let read = app
        .mailbox_probe
        .probe(settings.clone(), password.clone())
        .await;
    let read = read
        .map(|mails| format!("mails can be read: {mails} in {}", settings.folder))
        .map_err(|error| error.to_string());
    let sent = mail::test(&settings, &password)
        .await
        .map(|()| "answers can leave".to_owned());
    vec![check("imap", read), check("smtp", sent)]
}
