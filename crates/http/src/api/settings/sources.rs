//! Sources: kind, health, a test with readable results, a pause.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use vigie_connect::{Check, Configured, Connector};
use vigie_model::{Act, At, BrandId, SourceId, SourceKind};
use vigie_store::{Brand, FactDraft, NewSource, Source, Write};

use crate::api::settings::{connectors, mailboxes::MailboxRequest, source_secrets::webhook_secret};
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
    let connector = app.connectors.get(it.kind);
    let address = connector.and_then(|one| one.address(&app.config.public_address, &it));
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
    let sources = app.read().await?.sources().list().await?;
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
    /// When empty, the field of its form that names it does.
    pub name: String,
    /// For `api`: the URL answers are posted to.
    pub webhook_url: Option<String>,
    /// For `api`: the network of its handles.
    pub network: Option<String>,
    /// For `api`: the medium.
    pub channel: Option<vigie_model::Channel>,
    /// For `mail`: the mailbox.
    pub mailbox: Option<MailboxRequest>,
    /// The fields of the form of its kind, by name, for kinds that list some.
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>)]
    pub settings: Option<Value>,
}

/// A new source with its secret, shown only this once.
#[derive(Serialize, ToSchema)]
pub struct SourceCreatedResponse {
    pub source: SourceResponse,
    /// Signs the webhook's answers (Standard Webhooks) and the shop's tokens; copy it now.
    pub webhook_secret: Option<String>,
}

/// Creates a source.
#[utoipa::path(post, path = "/api/v1/sources", tag = "sources", request_body = SourceRequest,
    responses((status = 200, body = SourceCreatedResponse), (status = 422)))]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<SourceRequest>,
) -> ApiResult<SourceCreatedResponse> {
    let connector = connectors::find(&app, request.kind)?;
    let capabilities = connector.capabilities();
    let filled = request.filled()?;
    let name = name_of(&request.name, connector, &filled)?;
    let configured = connector.configure(&filled, None)?;
    let configured = configured.on(capabilities.channel);

    let mut write = app.store.write(me.actor()).await?;
    let brand = match request.brand {
        Some(id) => write.brands().find(id).await?,
        None => write
            .brands()
            .list()
            .await?
            .into_iter()
            .next()
            .ok_or_else(|| Problem::not_found("brand"))?,
    };
    let source = new_source(&mut write, &brand, request.kind, name, configured);
    let source = write.sources().insert(source).await?;
    write.fact(
        FactDraft::new(Act::SourceChanged)
            .on("source", source.id.0)
            .source_kind(source.kind),
    );
    write.commit().await?;

    Ok(Json(SourceCreatedResponse {
        webhook_secret: capabilities.takes_tokens.then(|| source.secret.clone()),
        source: to_response(&app, source),
    }))
}

/// The name that was given, else the one its settings give it.
fn name_of(given: &str, connector: &dyn Connector, filled: &Value) -> Result<String, Problem> {
    let named_by = connector.form().named_by;
    let named = named_by.and_then(|field| filled.get(field)?.as_str());
    let name = [Some(given), named].into_iter().flatten().map(str::trim);
    let name = name.into_iter().find(|name| !name.is_empty());
    let missing = || Problem::unprocessable("name_missing", "give the source a name");
    name.map(str::to_owned).ok_or_else(missing)
}

impl SourceRequest {
    /// What was filled in, as connectors read it: the fields of the form, or the mailbox.
    fn filled(&self) -> Result<Value, Problem> {
        let mut filled = match (&self.mailbox, &self.settings) {
            (Some(mailbox), _) => in_json(mailbox)?,
            (None, Some(settings)) => settings.clone(),
            (None, None) => json!({}),
        };
        if let Value::Object(fields) = &mut filled {
            let named = [
                ("webhook_url", json!(self.webhook_url)),
                ("network", json!(self.network)),
                ("channel", json!(self.channel)),
            ];
            let given = named.into_iter().filter(|(_, value)| !value.is_null());
            fields.extend(given.map(|(name, value)| (name.to_owned(), value)));
        }
        Ok(filled)
    }
}

fn in_json(mailbox: &MailboxRequest) -> Result<Value, Problem> {
    serde_json::to_value(mailbox).map_err(|err| Problem::internal(&err))
}

/// A source about to be stored, with a short name and a secret of its own.
fn new_source(
    write: &mut Write,
    brand: &Brand,
    kind: SourceKind,
    name: String,
    configured: Configured,
) -> NewSource {
    let letters = passwords::token(write.secret());
    let letters = letters.chars().filter(char::is_ascii_alphanumeric).take(8);
    let code = letters.collect::<String>().to_lowercase();
    let since = |days: i64| json!({ "since": write.at().plus_days(-days) }).to_string();
    let cursor = configured.past_days.map(since);

    NewSource {
        brand_key: brand.key,
        kind,
        name,
        code: format!("{}-{code}", kind.code().replace('_', "-")),
        settings: configured.settings,
        cursor,
        // default: a secret of our own, for kinds that bring none
        secret: configured.secret.unwrap_or_else(|| webhook_secret(write)),
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
    /// The fields of the form of its kind, by name, for kinds that list some.
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>)]
    pub settings: Option<Value>,
}

impl UpdateSourceRequest {
    /// What changes of the settings, over those there are; nothing when nothing does.
    fn filled(&self, source: &Source) -> Result<Option<Value>, Problem> {
        if let Some(mailbox) = &self.mailbox {
            if source.kind != SourceKind::MAIL {
                return Err(Problem::unprocessable(
                    "source_wrong",
                    "this source is no mailbox",
                ));
            }
            return in_json(mailbox).map(Some);
        }

        let mut filled = source.settings.clone();
        let Value::Object(fields) = &mut filled else {
            return Ok(None);
        };
        if let Some(Value::Object(changed)) = &self.settings {
            fields.extend(changed.clone());
        }
        if let Some(url) = &self.webhook_url {
            fields.insert("webhook_url".into(), json!(url));
        }
        let changes = self.settings.is_some() || self.webhook_url.is_some();
        Ok(changes.then_some(filled))
    }
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
    let mut source = write.sources().find(id).await?;
    if let Some(name) = request
        .name
        .as_ref()
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
    {
        source.name = name;
    }
    if let Some(filled) = request.filled(&source)? {
        let configured = connectors::find(&app, source.kind)?.configure(&filled, Some(&source))?;
        source.settings = configured.settings;
        if let Some(secret) = configured.secret {
            source.secret = secret;
        }
    }
    if let Some(paused) = request.paused {
        source.paused_at = paused.then(|| write.at());
    }
    write.sources().save(&source).await?;
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
    let source = app.read().await?.sources().find(id).await?;
    let check = |what, well, detail: &str| SourceCheckResponse {
        what,
        well,
        detail: detail.to_owned(),
    };
    let mut checks = vec![match source.paused_at {
        None => check("paused", true, "the source is open"),
        Some(_) => check("paused", false, "the source is paused: nothing comes in"),
    }];
    if let Some(connector) = app.connectors.get(source.kind) {
        let tried = connector.check(&app.host, &source).await;
        checks.extend(tried.into_iter().map(SourceCheckResponse::from));
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

impl From<Check> for SourceCheckResponse {
    fn from(check: Check) -> Self {
        Self {
            what: check.what,
            well: check.well,
            detail: check.detail,
        }
    }
}
