//! Programs told the history as it happens: which facts, how far each has come, and the telling
//! again.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, At, WebhookId};
use vigie_store::{Attempt, Webhook};

use super::{Done, acts::setting_fact, done};
use crate::{Answer, App, Problem, body::Asked, session::SignedIn};

/// An attempt at telling a fact.
#[derive(Serialize, ToSchema)]
pub struct TellingShown {
    /// The number of the fact.
    pub fact: i64,
    /// When.
    pub at: At,
    /// HTTP status, when one came.
    pub status: Option<i64>,
    /// What went wrong, in plain words.
    pub error: Option<String>,
    /// How long it took.
    pub milliseconds: i64,
}

/// A program that is told facts. Its secret is shown once, when it is made.
#[derive(Serialize, ToSchema)]
pub struct WebhookShown {
    /// Id.
    pub id: WebhookId,
    /// Name.
    pub name: String,
    /// Where facts are posted.
    pub url: String,
    /// The acts it is told, or their beginnings, as `case.`; every act when empty.
    pub acts: Vec<String>,
    /// The number of the last fact it took.
    pub seen: i64,
    /// Facts after it, told or to be passed over.
    pub behind: i64,
    /// Failed attempts at the next one.
    pub attempts: i64,
    /// When the next attempt is.
    pub next_at: At,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Made.
    pub created_at: At,
    /// Attempt nothing since.
    pub paused_at: Option<At>,
    /// The last attempts, newest first.
    pub log: Vec<TellingShown>,
}

const LOG: i64 = 20;

/// Every webhook, with its last attempts.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks",
    tag = "webhooks",
    responses((status = 200, body = Vec<WebhookShown>)),
)]
pub async fn list(State(app): State<App>, _: SignedIn) -> Answer<Vec<WebhookShown>> {
    let mut session = app.read().await?;
    let last = session.last_fact().await?;
    let mut all = Vec::new();
    for it in session.webhooks().await? {
        let log = session.webhook_log(it.key, LOG).await?;
        all.push(shown(it, last, log));
    }
    Ok(Json(all))
}

fn shown(it: Webhook, last: i64, log: Vec<Attempt>) -> WebhookShown {
    let told = |Attempt { fact, delivery: it }: Attempt| TellingShown {
        fact,
        at: it.at,
        status: it.status,
        error: it.error,
        milliseconds: it.milliseconds,
    };
    WebhookShown {
        behind: (last - it.seen).max(0),
        id: it.id,
        name: it.name,
        url: it.url,
        acts: it.acts,
        seen: it.seen,
        attempts: it.attempts,
        next_at: it.next_at,
        last_error: it.last_error,
        created_at: it.created_at,
        paused_at: it.paused_at,
        log: log.into_iter().map(told).collect(),
    }
}

/// A program to be told facts.
#[derive(Deserialize, ToSchema)]
pub struct WebhookAsked {
    /// Name.
    pub name: String,
    /// Where facts are posted: `https://…`.
    pub url: String,
    /// Acts, or their beginnings, as `case.`; every act when absent.
    #[serde(default)]
    pub acts: Vec<String>,
}

/// A webhook made, with its secret, shown this once.
#[derive(Serialize, ToSchema)]
pub struct WebhookMade {
    /// Id.
    pub id: WebhookId,
    /// What signs the facts: copy it now.
    pub secret: String,
}

/// Makes a webhook: it is told what happens from now on.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks",
    tag = "webhooks",
    request_body = WebhookAsked,
    responses((status = 200, body = WebhookMade), (status = 422)),
)]
pub async fn make(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<WebhookAsked>,
) -> Answer<WebhookMade> {
    let (name, url, acts) = (
        named(&asked.name)?,
        address(&asked.url)?,
        known(&asked.acts)?,
    );
    let mut write = app.store.write(me.actor()).await?;
    let secret = super::sources::webhook_secret(&mut write);
    let id = write.insert_webhook(&name, &url, &secret, &acts).await?;
    write.fact(setting_fact(Act::SettingChanged, "webhook", id.0).code("state", "made"));
    write.commit().await?;
    Ok(Json(WebhookMade { id, secret }))
}

/// What changes.
#[derive(Deserialize, ToSchema)]
pub struct WebhookChange {
    /// Name.
    pub name: Option<String>,
    /// Where facts are posted.
    pub url: Option<String>,
    /// Acts, or their beginnings.
    pub acts: Option<Vec<String>>,
    /// Attempt nothing while it lasts; what happens meanwhile is told afterwards.
    pub paused: Option<bool>,
}

/// Changes, pauses or resumes a webhook.
#[utoipa::path(
    patch,
    path = "/api/v1/webhooks/{id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = WebhookChange,
    responses((status = 200, body = Done), (status = 404), (status = 422)),
)]
pub async fn change(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<WebhookId>,
    Asked(asked): Asked<WebhookChange>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    let mut webhook = write.webhook(id).await?;
    if let Some(name) = &asked.name {
        webhook.name = named(name)?;
    }
    if let Some(url) = &asked.url {
        webhook.url = address(url)?;
    }
    if let Some(acts) = &asked.acts {
        webhook.acts = known(acts)?;
    }
    if let Some(paused) = asked.paused {
        webhook.paused_at = paused.then(|| webhook.paused_at.unwrap_or(write.at()));
    }
    write.save_webhook(&webhook).await?;
    if asked.paused == Some(false) {
        write.replay_webhook(webhook.key, webhook.seen).await?;
    }
    write.fact(setting_fact(Act::SettingChanged, "webhook", id.0).code("state", "changed"));
    write.commit().await?;
    Ok(done())
}

/// From where to tell again.
#[derive(Deserialize, ToSchema)]
pub struct ReplayAsked {
    /// The number of the last fact not to be told again; 0 tells all of the history.
    pub after: i64,
}

/// Tells a webhook again everything it asked for after a fact, from now on, under the same ids as
/// before.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/replay",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = ReplayAsked,
    responses((status = 200, body = Done), (status = 404), (status = 422)),
)]
pub async fn replay(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<WebhookId>,
    Asked(asked): Asked<ReplayAsked>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    let webhook = write.webhook(id).await?;
    if !(0..=write.last_fact().await?).contains(&asked.after) {
        return Err(Problem::refused(
            "fact_unknown",
            "name the number of a fact of the history, or 0 for all of it",
        ));
    }
    write.replay_webhook(webhook.key, asked.after).await?;
    write.fact(
        setting_fact(Act::SettingChanged, "webhook", id.0)
            .code("state", "replayed")
            .number("after", asked.after),
    );
    write.commit().await?;
    Ok(done())
}

/// Removes a webhook.
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/{id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, body = Done), (status = 404)),
)]
pub async fn remove(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<WebhookId>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    let webhook = write.webhook(id).await?;
    write.remove_webhook(webhook.key).await?;
    write.fact(setting_fact(Act::SettingChanged, "webhook", id.0).code("state", "removed"));
    write.commit().await?;
    Ok(done())
}

fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let missing = || Problem::refused("name_missing", "give the webhook a name");
    (!name.is_empty())
        .then(|| name.to_owned())
        .ok_or_else(missing)
}

fn address(url: &str) -> Result<String, Problem> {
    let missing = || {
        Problem::refused(
            "webhook_url_missing",
            "write the address of the receiver: https://…",
        )
    };
    super::sources::webhook_address(Some(url.to_owned()))?.ok_or_else(missing)
}

/// Acts the history knows, or the noun before their dot.
fn known(acts: &[String]) -> Result<Vec<String>, Problem> {
    let is_known = |it: &str| {
        Act::ALL
            .iter()
            .any(|act| act.code() == it || (it.ends_with('.') && act.code().starts_with(it)))
    };
    let acts: Vec<String> = acts
        .iter()
        .map(|it| it.trim().trim_end_matches('*').to_owned())
        .collect();
    match acts.iter().find(|it| !is_known(it)) {
        Some(_) => {
            let detail =
                "ask for acts as the history writes them, case.closed, or for a whole noun, case.";
            Err(Problem::refused("act_unknown", detail))
        }
        None => Ok(acts),
    }
}
