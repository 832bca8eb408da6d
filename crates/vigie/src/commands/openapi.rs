//! `vigie openapi`: prints the description of the API.

use vigie_http::{App, Doors, description};
use vigie_respond::GuardedAddress;

use crate::{Instance, cli::Ended};

/// Runs the command: the handlers describe themselves, so an instance is built in a temporary
/// folder.
pub async fn run() -> anyhow::Result<Ended> {
    super::say(&text().await?)?;
    Ok(Ended::Well)
}

/// The description, as formatted JSON.
pub async fn text() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let instance = Instance::open(folder.path(), None).await?;
    let doors = Doors {
        secure_cookies: true,
        public_address: String::new(),
        webhooks: GuardedAddress::PublicOnly,
        behind_proxy: false,
        translator: None,
    };
    let app = App::new(
        crate::serving::services(&instance),
        doors,
        tokio::sync::watch::channel(false).1,
    )?;
    Ok(description(&app).to_pretty_json()?)
}
