//! XOAUTH2: a token renewed when needed (RFC 6749 §6), as Microsoft 365 and Google require.

use serde::Deserialize;
use vigie_model::{MailAuth, MailboxSecret, MailboxSettings};

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
}

/// The credential to sign in with: the password, or a fresh token. The error says what to do;
/// it does not quote the provider's answer, which may hold secrets.
pub async fn renew(
    client: &reqwest::Client,
    mailbox: &MailboxSettings,
    secret: &MailboxSecret,
) -> Result<String, String> {
    if mailbox.sign_in != MailAuth::Xoauth2 {
        return Ok(secret.password.clone());
    }
    let request = client
        .post(&mailbox.token_url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form(mailbox, secret));
    let answer = request
        .send()
        .await
        .map_err(|_| "the token's address does not answer".to_owned())?;
    if !answer.status().is_success() {
        let status = answer.status().as_u16();
        return Err(format!(
            "the provider refused to renew the token ({status}): sign in again and paste a new one"
        ));
    }
    let renewed: TokenResponse = answer
        .json()
        .await
        .map_err(|_| "the provider's answer holds no token".to_owned())?;
    Ok(renewed.access_token)
}

fn form(mailbox: &MailboxSettings, secret: &MailboxSecret) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token")
        .append_pair("refresh_token", &secret.refresh_token)
        .append_pair("client_id", &mailbox.client_id);
    if !secret.client_secret.is_empty() {
        form.append_pair("client_secret", &secret.client_secret);
    }
    form.finish()
}
