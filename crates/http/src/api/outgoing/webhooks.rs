//! Programs that receive the history as it happens: which facts, how far each has come, and
//! replay.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, At, WebhookId};
use vigie_store::{Webhook, WebhookAttempt};

use crate::api::{DoneResponse, acting::setting_fact, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// An attempt at delivering a fact.
#[derive(Serialize, ToSchema)]
pub struct WebhookAttemptResponse {
    /// The number of the fact.
    pub fact: i64,
    pub at: At,
    /// The HTTP status, if a response came.
    pub status: Option<i64>,
    /// What went wrong, as a sentence.
    pub error: Option<String>,
    /// Duration of the attempt.
    pub milliseconds: i64,
}

/// A program that receives facts. Its secret is shown once, when it is created.
#[derive(Serialize, ToSchema)]
pub struct WebhookResponse {
    pub id: WebhookId,
    pub name: String,
    /// The URL facts are posted to.
    pub url: String,
    /// The acts it subscribes to, or their prefixes such as `case.`; every act when empty.
    pub acts: Vec<String>,
    /// The number of the last fact it accepted.
    pub seen: i64,
    /// Number of later facts, to deliver or to skip.
    pub behind: i64,
    /// Failed attempts at the next fact.
    pub attempts: i64,
    /// When the next attempt is due.
    pub next_at: At,
    /// The last failure.
    pub last_error: Option<String>,
    pub created_at: At,
    /// Since when deliveries are paused.
    pub paused_at: Option<At>,
    /// The last attempts, newest first.
    pub log: Vec<WebhookAttemptResponse>,
}

const LOG: i64 = 20;

/// Every webhook, with its last attempts.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks",
    tag = "webhooks",
    responses((status = 200, body = Vec<WebhookResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<WebhookResponse>> {
    let mut session = app.read().await?;
    let last = session.facts().last().await?;
    let mut all = Vec::new();
    for it in session.webhooks().list().await? {
        let log = session.webhooks().log(it.key, LOG).await?;
        all.push(to_response(it, last, log));
    }
    Ok(Json(all))
}

fn to_response(it: Webhook, last: i64, log: Vec<WebhookAttempt>) -> WebhookResponse {
    let attempt = |WebhookAttempt { fact, delivery: it }: WebhookAttempt| WebhookAttemptResponse {
        fact,
        at: it.at,
        status: it.status,
        error: it.error,
        milliseconds: it.milliseconds,
    };
    WebhookResponse {
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
        log: log.into_iter().map(attempt).collect(),
    }
}

/// A program that will receive facts.
#[derive(Deserialize, ToSchema)]
pub struct WebhookRequest {
    pub name: String,
    /// The URL facts are posted to: `https://…`.
    pub url: String,
    /// Acts, or their prefixes such as `case.`; every act when absent.
    #[serde(default)]
    pub acts: Vec<String>,
}

/// A new webhook with its secret, shown only this once.
#[derive(Serialize, ToSchema)]
pub struct WebhookCreatedResponse {
    pub id: WebhookId,
    /// The secret that signs the facts: copy it now.
    pub secret: String,
}

/// Creates a webhook: it receives facts from now on.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks",
    tag = "webhooks",
    request_body = WebhookRequest,
    responses((status = 200, body = WebhookCreatedResponse), (status = 422)),
)]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<WebhookRequest>,
) -> ApiResult<WebhookCreatedResponse> {
    let (name, url, acts) = (
        named(&request.name)?,
        address(&request.url)?,
        known(&request.acts)?,
    );
    let mut write = app.store.write(me.actor()).await?;
    let secret = crate::api::settings::source_secrets::webhook_secret(&mut write);
    let id = write.webhooks().insert(&name, &url, &secret, &acts).await?;
    write.fact(setting_fact(Act::SettingChanged, "webhook", id.0).code("state", "made"));
    write.commit().await?;
    Ok(Json(WebhookCreatedResponse { id, secret }))
}

/// The changes to a webhook; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct UpdateWebhookRequest {
    pub name: Option<String>,
    /// The URL facts are posted to.
    pub url: Option<String>,
    /// Acts, or their prefixes.
    pub acts: Option<Vec<String>>,
    /// While paused, nothing is sent; facts are delivered afterwards.
    pub paused: Option<bool>,
}

/// Changes, pauses or resumes a webhook.
#[utoipa::path(
    patch,
    path = "/api/v1/webhooks/{id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = UpdateWebhookRequest,
    responses((status = 200, body = DoneResponse), (status = 404), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<WebhookId>,
    JsonBody(request): JsonBody<UpdateWebhookRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let mut webhook = write.webhooks().find(id).await?;
    if let Some(name) = &request.name {
        webhook.name = named(name)?;
    }
    if let Some(url) = &request.url {
        webhook.url = address(url)?;
    }
    if let Some(acts) = &request.acts {
        webhook.acts = known(acts)?;
    }
    if let Some(paused) = request.paused {
        webhook.paused_at = paused.then(|| webhook.paused_at.unwrap_or(write.at()));
    }
    write.webhooks().save(&webhook).await?;
    if request.paused == Some(false) {
        write.webhooks().replay(webhook.key, webhook.seen).await?;
    }
    write.fact(setting_fact(Act::SettingChanged, "webhook", id.0).code("state", "changed"));
    write.commit().await?;
    Ok(done())
}

/// The position to replay from.
#[derive(Deserialize, ToSchema)]
pub struct ReplayWebhookRequest {
    /// The number of the last fact not to deliver again; 0 replays the whole history.
    pub after: i64,
}

/// Delivers to a webhook again every fact it subscribes to after a number, under the same ids
/// as before.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/replay",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = ReplayWebhookRequest,
    responses((status = 200, body = DoneResponse), (status = 404), (status = 422)),
)]
pub async fn replay(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<WebhookId>,
    JsonBody(request): JsonBody<ReplayWebhookRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let webhook = write.webhooks().find(id).await?;
    if !(0..=write.facts().last().await?).contains(&request.after) {
        return Err(Problem::unprocessable(
            "fact_unknown",
            "name the number of a fact of the history, or 0 for all of it",
        ));
    }
    write.webhooks().replay(webhook.key, request.after).await?;
    write.fact(
        setting_fact(Act::SettingChanged, "webhook", id.0)
            .code("state", "replayed")
            .number("after", request.after),
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
    responses((status = 200, body = DoneResponse), (status = 404)),
)]
pub async fn remove(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<WebhookId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let webhook = write.webhooks().find(id).await?;
    write.webhooks().remove(webhook.key).await?;
    write.fact(setting_fact(Act::SettingChanged, "webhook", id.0).code("state", "removed"));
    write.commit().await?;
    Ok(done())
}

fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let missing = || Problem::unprocessable("name_missing", "give the webhook a name");
    (!name.is_empty())
        .then(|| name.to_owned())
        .ok_or_else(missing)
}

fn address(url: &str) -> Result<String, Problem> {
    let missing = || {
        Problem::unprocessable(
            "webhook_url_missing",
            "write the address of the receiver: https://…",
        )
    };
    vigie_connect::webhook_address(Some(url.to_owned()))?.ok_or_else(missing)
}

/// Checks that acts are known, as a full code or as the noun before the dot.
fn known(acts: &[String]) -> Result<Vec<String>, Problem> {
    let is_known = |name: &str| {
        Act::ALL
            .iter()
            .any(|act| act.code() == name || (name.ends_with('.') && act.code().starts_with(name)))
    };
    let acts: Vec<String> = acts
        .iter()
        .map(|it| it.trim().trim_end_matches('*').to_owned())
        .collect();
    match acts.iter().find(|it| !is_known(it)) {
        Some(_) => {
            let detail =
                "ask for acts as the history writes them, case.closed, or for a whole noun, case.";
            Err(Problem::unprocessable("act_unknown", detail))
        }
        None => Ok(acts),
    }
}
