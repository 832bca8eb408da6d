//! Sources: kind, health, a test with readable results, a pause.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use vigie_model::{Act, At, BrandId, SourceId, SourceKind};
use vigie_store::{FactDraft, Source, Write};

use super::mailboxes::{self, MailboxRequest};
use crate::{ApiResult, AppState, Problem, body::JsonBody, passwords, session::SignedIn};

/// A source as shown; its secret is shown only once.
#[derive(Serialize, ToSchema)]
pub struct SourceResponse {
    pub id: SourceId,
    pub kind: SourceKind,
    pub name: String,
    /// Short name used in URLs.
    pub code: String,
    #[schema(value_type = Object)]
    pub settings: Value,
    /// The URL where customers or programs reach it.
    pub address: Option<String>,
    pub paused_at: Option<At>,
    /// For `mail`: older mails still to read.
    pub left: Option<i64>,
    /// Last time something was received.
    pub last_received_at: Option<At>,
    /// Last failure, as a sentence.
    pub last_error: Option<String>,
    pub last_error_at: Option<At>,
}

fn to_response(app: &AppState, it: Source) -> SourceResponse {
    let address = match it.kind {
        SourceKind::Form => Some(format!("{}/f/{}", app.config.public_address, it.code)),
        SourceKind::Api => Some(format!("{}/api/v1/messages", app.config.public_address)),
        SourceKind::Report | SourceKind::SeenElsewhere | SourceKind::Mail | SourceKind::Import => {
            None
        }
    };
    let cursor: Option<Value> = it
        .cursor
        .as_deref()
        .and_then(|it| serde_json::from_str(it).ok());
    let left = |folder: &str| cursor.as_ref()?.get(folder)?.get("left")?.as_i64();
    SourceResponse {
        left: left("inbox").map(|inbox| inbox + left("sent").unwrap_or(0)),
        id: it.id,
        kind: it.kind,
        name: it.name,
        code: it.code,
        settings: it.settings,
        address,
        paused_at: it.paused_at,
        last_received_at: it.last_received_at,
        last_error: it.last_error,
        last_error_at: it.last_error_at,
    }
}

/// Every source.
#[utoipa::path(
    get,
    path = "/api/v1/sources",
    tag = "sources",
    responses((status = 200, body = Vec<SourceResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<SourceResponse>> {
    let sources = app.read().await?.sources().await?;
    Ok(Json(
        sources
            .into_iter()
            .map(|it| to_response(&app, it))
            .collect(),
    ))
}

/// A new source.
#[derive(Deserialize, ToSchema)]
pub struct SourceRequest {
    /// The first brand when absent.
    pub brand: Option<BrandId>,
    pub kind: SourceKind,
    pub name: String,
    /// For `api`: the URL answers are posted to.
    pub webhook_url: Option<String>,
    /// For `api`: the network of its handles.
    pub network: Option<String>,
    /// For `api`: the medium.
    pub channel: Option<vigie_model::Channel>,
    /// For `mail`: the mailbox.
    pub mailbox: Option<MailboxRequest>,
}

/// A new source with its secret, shown only this once.
#[derive(Serialize, ToSchema)]
pub struct SourceCreatedResponse {
    pub source: SourceResponse,
    /// Signs the webhook's answers (Standard Webhooks); copy it now.
    pub webhook_secret: Option<String>,
}

/// Generates a secret in the form Standard Webhooks requires.
pub fn webhook_secret(write: &mut Write) -> String {
    format!(
        "whsec_{}",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, write.secret())
    )
}

/// Creates a source.
#[utoipa::path(post, path = "/api/v1/sources", tag = "sources", request_body = SourceRequest,
    responses((status = 200, body = SourceCreatedResponse), (status = 422)))]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<SourceRequest>,
) -> ApiResult<SourceCreatedResponse> {
    let name = request.name.trim().to_owned();
    if name.is_empty() {
        return Err(Problem::unprocessable(
            "name_missing",
            "give the source a name",
        ));
    }
    let webhook_url = webhook_address(request.webhook_url)?;
    let mut write = app.store.write(me.actor()).await?;
    let brand = match request.brand {
        Some(id) => write.brand_by_id(id).await?,
        None => write
            .brands()
            .await?
            .into_iter()
            .next()
            .ok_or_else(|| Problem::not_found("brand"))?,
    };
    let secret = webhook_secret(&mut write);
    let code = passwords::token(write.secret())
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect::<String>();
    let (settings, secret) = match (request.kind, request.mailbox) {
        (SourceKind::Mail, Some(mailbox)) => mailbox.checked(None)?,
        (SourceKind::Mail, None) => {
            return Err(Problem::unprocessable(
                "mailbox_missing",
                "say how the mailbox is reached",
            ));
        }
        _ => (
            json!({"webhook_url": webhook_url, "network": request.network, "channel": request.channel}),
            secret,
        ),
    };
    let source = write
        .insert_source(Source {
            key: 0,
            id: SourceId(uuid::Uuid::nil()),
            brand_key: brand.key,
            kind: request.kind,
            name,
            code: format!(
                "{}-{}",
                request.kind.code().replace('_', "-"),
                code.to_lowercase()
            ),
            settings,
            secret: secret.clone(),
            cursor: None,
            paused_at: None,
            last_received_at: None,
            last_error: None,
            last_error_at: None,
        })
        .await?;
    let source = match request.kind {
        SourceKind::Mail => mailboxes::begin(&mut write, source).await?,
        _ => source,
    };
    write.fact(
        FactDraft::new(Act::SourceChanged)
            .on("source", source.id.0)
            .code("kind", source.kind.code()),
    );
    write.commit().await?;
    let webhook_secret = (request.kind == SourceKind::Api).then_some(secret);
    Ok(Json(SourceCreatedResponse {
        source: to_response(&app, source),
        webhook_secret,
    }))
}

pub fn webhook_address(url: Option<String>) -> Result<Option<String>, Problem> {
    let Some(url) = url
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
    else {
        return Ok(None);
    };
    let web = url::Url::parse(&url)
        .is_ok_and(|it| matches!(it.scheme(), "http" | "https") && it.has_host());
    if web {
        Ok(Some(url))
    } else {
        Err(Problem::unprocessable(
            "url_wrong",
            "the webhook's address must begin with https://",
        ))
    }
}

/// The changes to a source; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct UpdateSourceRequest {
    pub name: Option<String>,
    /// The URL answers are posted to; empty removes it.
    pub webhook_url: Option<String>,
    pub paused: Option<bool>,
    /// For `mail`: the mailbox; absent secrets are kept.
    pub mailbox: Option<MailboxRequest>,
}

/// Changes or pauses a source.
#[utoipa::path(
    patch,
    path = "/api/v1/sources/{id}",
    tag = "sources",
    params(("id" = SourceId, Path)),
    request_body = UpdateSourceRequest,
    responses((status = 200, body = SourceResponse), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<SourceId>,
    JsonBody(request): JsonBody<UpdateSourceRequest>,
) -> ApiResult<SourceResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let mut source = write.source(id).await?;
    if let Some(name) = request
        .name
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
    {
        source.name = name;
    }
    if let Some(url) = request.webhook_url {
        let url = webhook_address(Some(url))?;
        if let Value::Object(settings) = &mut source.settings {
            settings.insert("webhook_url".into(), json!(url));
        }
    }
    if let Some(mailbox) = request.mailbox {
        if source.kind != SourceKind::Mail {
            return Err(Problem::unprocessable(
                "source_wrong",
                "this source is no mailbox",
            ));
        }
        (source.settings, source.secret) = mailbox.checked(Some(&source))?;
    }
    if let Some(paused) = request.paused {
        source.paused_at = paused.then(|| write.at());
    }
    write.save_source(&source).await?;
    let fact = FactDraft::new(Act::SourceChanged).on("source", id.0);
    write.fact(fact.number("paused", source.paused_at.is_some().into()));
    write.commit().await?;
    Ok(Json(to_response(&app, source)))
}

/// The result of a test, in codes that the UI translates.
#[derive(Serialize, ToSchema)]
pub struct SourceTestResponse {
    /// Whether every check passed.
    pub well: bool,
    /// One line per check.
    pub checks: Vec<SourceCheckResponse>,
}

/// One check of a source.
#[derive(Serialize, ToSchema)]
pub struct SourceCheckResponse {
    /// `paused`, `key`, `webhook`, `imap`, `smtp`, `token`, `heard`.
    pub what: &'static str,
    /// Whether it passed.
    pub well: bool,
    /// As a sentence.
    pub detail: String,
}

/// Tests a source: whether it is active, whether a key writes to it, whether the receiver
/// responds.
#[utoipa::path(
    post,
    path = "/api/v1/sources/{id}/test",
    tag = "sources",
    params(("id" = SourceId, Path)),
    responses((status = 200, body = SourceTestResponse)),
)]
pub async fn test(
    State(app): State<AppState>,
    _: SignedIn,
    Path(id): Path<SourceId>,
) -> ApiResult<SourceTestResponse> {
    let mut session = app.read().await?;
    let source = session.source(id).await?;
    let keys = session.api_keys().await?;
    drop(session);
    let check = |what, well, detail: &str| SourceCheckResponse {
        what,
        well,
        detail: detail.to_owned(),
    };
    let mut checks = vec![match source.paused_at {
        None => check("paused", true, "the source is open"),
        Some(_) => check("paused", false, "the source is paused: nothing comes in"),
    }];
    if source.kind == SourceKind::Api {
        let keyed = keys
            .iter()
            .any(|key| key.source_key == source.key && key.revoked_at.is_none());
        checks.push(check(
            "key",
            keyed,
            if keyed {
                "a key writes to it"
            } else {
                "no key writes to it: make one"
            },
        ));
        checks.push(webhook(&app, &source).await);
    }
    if source.kind == SourceKind::Mail {
        checks.extend(mailboxes::test(&app, &source).await);
    }
    checks.push(match source.last_received_at {
        Some(_) => check("heard", true, "something came already"),
        None => check("heard", true, "nothing came yet"),
    });
    Ok(Json(SourceTestResponse {
        well: checks.iter().all(|it| it.well),
        checks,
    }))
}

async fn webhook(app: &AppState, source: &Source) -> SourceCheckResponse {
    let url = source
        .settings
        .get("webhook_url")
        .and_then(Value::as_str)
        .filter(|it| !it.is_empty());
    let Some(url) = url else {
        let detail =
            "no address for answers: colleagues can read but not answer by this source".to_owned();
        return SourceCheckResponse {
            what: "webhook",
            well: false,
            detail,
        };
    };
    let tested =
        vigie_respond::test_webhook(app.config.webhooks, url, &source.secret, app.store.now())
            .await;
    let well = tested.is_ok();
    SourceCheckResponse {
        what: "webhook",
        well,
        detail: tested.unwrap_or_else(|error| error),
    }
}
