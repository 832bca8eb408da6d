//! `vigie openapi`: prints the description of the API.

use std::sync::Arc;

use crate::tasks::TaskLog;
use vigie_connect::Connectors;
use vigie_http::{AppState, HttpConfig, description};
use vigie_journey::SystemClock;
use vigie_respond::AddressPolicy;

use crate::{Instance, cli::Completion};

/// Runs the command: the handlers describe themselves, so an instance is built in a temporary
/// folder.
pub async fn run() -> anyhow::Result<Completion> {
    super::say(&text().await?)?;
    Ok(Completion::Success)
}

/// The description, as formatted JSON.
pub async fn text() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let instance = Instance::open(&folder.path().join("data"), None).await?;
    let config = HttpConfig {
        secure_cookies: true,
        public_address: String::new(),
        webhooks: AddressPolicy::PublicOnly,
        behind_proxy: false,
        translator: None,
        session_idle_days: 3,
        security_contact: None,
    };
    let app = AppState::new(
        crate::server::services(
            &instance,
            Connectors::default(),
            AddressPolicy::PublicOnly,
            &TaskLog::new(Arc::new(SystemClock)),
        ),
        config,
        tokio::sync::watch::channel(false).1,
    )?;
    Ok(description(&app).to_pretty_json()?)
}
