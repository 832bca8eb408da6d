//! `vigie openapi`: prints the description of the API.

use vigie_http::{App, Doors, description};
use vigie_respond::GuardedAddress;

use crate::{Instance, cli::Ended};

/// Runs it: the handlers describe themselves, so a house is built in a folder that vanishes.
pub async fn run() -> anyhow::Result<Ended> {
    super::say(&text().await?)?;
    Ok(Ended::Well)
}

/// The description, as pretty JSON.
///
/// # Errors
/// When no temporary folder can be made.
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
