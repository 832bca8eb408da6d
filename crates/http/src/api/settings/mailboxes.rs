//! A mailbox as it is set up by the API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::MailboxSettings;

/// A mailbox to set up: its settings, and its secrets if they are new.
#[derive(Serialize, Deserialize, ToSchema)]
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
