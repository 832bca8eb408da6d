//! API keys: shown once, stored as a hash.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, ApiKeyId, At, SourceId};
use vigie_store::Scope;

use crate::api::{DoneResponse, acting::setting_fact, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, passwords, session::SignedIn};

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyResponse {
    pub id: ApiKeyId,
    pub name: String,
    /// To recognise it.
    pub prefix: String,
    pub scopes: Vec<&'static str>,
    /// The source it writes to.
    pub source: String,
    pub created_at: At,
    pub revoked_at: Option<At>,
    pub last_used_at: Option<At>,
}

/// Every key.
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    tag = "keys",
    responses((status = 200, body = Vec<ApiKeyResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<ApiKeyResponse>> {
    let mut session = app.read().await?;
    let sources = session.sources().list().await?;
    let keys = session
        .api_keys()
        .list()
        .await?
        .into_iter()
        .map(|it| ApiKeyResponse {
            source: sources
                .iter()
                .find(|source| source.key == it.source_key)
                .map(|it| it.name.clone())
                .unwrap_or_default(),
            id: it.id,
            name: it.name,
            prefix: it.prefix,
            scopes: it.scopes.iter().map(|scope| scope.code()).collect(),
            created_at: it.created_at,
            revoked_at: it.revoked_at,
            last_used_at: it.last_used_at,
        });
    Ok(Json(keys.collect()))
}

/// A new key.
#[derive(Deserialize, ToSchema)]
pub struct ApiKeyRequest {
    pub name: String,
    /// The `api` source it writes to.
    pub source: SourceId,
    /// `messages:write`, `orders:write`, `visits:write`, `facts:read`.
    pub scopes: Vec<String>,
}

/// A new key, shown only this once.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyCreatedResponse {
    pub id: ApiKeyId,
    /// The key itself: copy it now.
    pub key: String,
}

/// Creates a key.
#[utoipa::path(
    post,
    path = "/api/v1/keys",
    tag = "keys",
    request_body = ApiKeyRequest,
    responses((status = 200, body = ApiKeyCreatedResponse), (status = 422)),
)]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<ApiKeyRequest>,
) -> ApiResult<ApiKeyCreatedResponse> {
    let scopes: Option<Vec<Scope>> = request
        .scopes
        .iter()
        .map(|it| Scope::from_code(it))
        .collect();
    let scopes = scopes.filter(|it| !it.is_empty());
    let scopes = scopes.ok_or_else(|| {
        Problem::unprocessable(
            "scope_unknown",
            "choose among messages:write, orders:write and facts:read",
        )
    })?;
    if request.name.trim().is_empty() {
        return Err(Problem::unprocessable(
            "name_missing",
            "give the key a name",
        ));
    }
    let mut write = app.store.write(me.actor()).await?;
    let source = write.sources().find(request.source).await?;
    let connector = app.connectors.get(source.kind);
    if !connector.is_some_and(|it| it.capabilities().keyed) {
        return Err(Problem::unprocessable(
            "source_wrong",
            "a key writes to a source that programs post to",
        ));
    }
    let key = format!("vg_{}", passwords::token(write.secret()));
    let prefix: String = key.chars().take(9).collect();
    let id = write
        .api_keys()
        .insert(
            request.name.trim(),
            &prefix,
            &passwords::hash_token(&key),
            &scopes,
            &source,
        )
        .await?;
    write.fact(setting_fact(Act::KeyChanged, "key", id.0));
    write.commit().await?;
    Ok(Json(ApiKeyCreatedResponse { id, key }))
}

/// Revokes a key.
#[utoipa::path(
    delete,
    path = "/api/v1/keys/{id}",
    tag = "keys",
    params(("id" = ApiKeyId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn revoke(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<ApiKeyId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let key = write.api_keys().find(id).await?;
    write.api_keys().revoke(key.key).await?;
    write.fact(setting_fact(Act::KeyChanged, "key", id.0).code("state", "revoked"));
    write.commit().await?;
    Ok(done())
}
