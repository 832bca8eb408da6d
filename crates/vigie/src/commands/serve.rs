//! `vigie serve`: serves an instance. On the first start, it prints a one-time link for the
//! first administrator.

use vigie_connect::Connectors;
use vigie_http::{HttpConfig, hash_token};
use vigie_model::{Act, Actor, Role};
use vigie_respond::AddressPolicy;
use vigie_store::{FactDraft, Ticket, TicketPurpose};

use super::say;
use crate::{
    Instance,
    cli::Completion,
    cli::Open,
    observability,
    server::{self, Serving},
    settings::Settings,
};

/// Runs the command.
pub async fn run(open: Open) -> anyhow::Result<Completion> {
    let settings = Settings::read(open.config.as_ref(), &open.overrides())?;
    let instance = Instance::open(&settings.data, settings.database.as_deref()).await?;
    vigie_journey::prepare(&instance).await?;
    vigie_journey::past::recover_interrupted(&instance).await?;
    say(&format!(
        "Vigie {} serves {}",
        env!("CARGO_PKG_VERSION"),
        settings.public()
    ))?;
    if let Some(link) = first_administrator(&instance, &settings.public()).await? {
        say(&format!(
            "First administrator: open this link within a day, it works once:\n  {link}"
        ))?;
    }
    serve_until_stopped(instance, &settings).await
}

/// Serves until the process is asked to stop.
pub async fn serve_until_stopped(
    instance: Instance,
    settings: &Settings,
) -> anyhow::Result<Completion> {
    let guard = if settings.webhooks_to_this_machine {
        AddressPolicy::WithLoopback
    } else {
        AddressPolicy::PublicOnly
    };
    let config = HttpConfig {
        secure_cookies: settings.secure_cookies(),
        public_address: settings.public(),
        webhooks: guard,
        behind_proxy: settings.behind_proxy,
        translator: settings.translator()?,
        session_idle_days: settings.session_idle_days,
        security_contact: settings.security_contact.clone(),
    };
    let certificate = settings
        .certificate
        .as_deref()
        .zip(settings.certificate_key.as_deref());
    let serving = Serving {
        listen: settings.listen,
        config,
        certificate,
        connectors: Connectors::default(),
    };
    let serving = server::serve_with(instance.clone(), serving).await?;
    if let Some(listen) = settings.metrics {
        observability::show_measures(instance, listen, serving.stopping()).await?;
    }
    serving.until_stopped().await?;
    Ok(Completion::Success)
}

/// Creates a one-time link for the first administrator, as long as there is no user.
async fn first_administrator(instance: &Instance, address: &str) -> anyhow::Result<Option<String>> {
    if !instance
        .store
        .read()
        .await?
        .people()
        .list()
        .await?
        .is_empty()
    {
        return Ok(None);
    }
    let secret = instance.store.secret();
    let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut write = instance.store.write(Actor::System).await?;
    let ticket = Ticket {
        purpose: TicketPurpose::Join,
        role: Role::Administrator,
        email: None,
        person_key: None,
    };
    let expires = write.at().plus_days(1);
    write
        .tickets()
        .insert(&hash_token(&token), &ticket, expires)
        .await?;
    write.fact(FactDraft::new(Act::PersonChanged).code("link", "first_administrator"));
    write.commit().await?;
    Ok(Some(format!("{address}/welcome/{token}")))
}
