//! Items that intake refused, with the reason; replayed once the cause is gone.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_listen::BatchContext;
use vigie_model::{At, RefusedId};

use crate::api::messages::message::{ItemResult, receive};
use crate::{ApiResult, AppState, Problem, body, query::Query, session::SignedIn};

/// Which items to list.
#[derive(Deserialize, IntoParams)]
pub struct RefusedItemsQuery {
    /// Includes replayed items.
    #[serde(default)]
    pub all: bool,
    /// The `next` of the previous page.
    pub before: Option<i64>,
}

/// A refused item.
#[derive(Serialize, ToSchema)]
pub struct RefusedItemResponse {
    pub id: RefusedId,
    pub source: String,
    /// The source's id for the item.
    pub external_id: Option<String>,
    pub at: At,
    /// Stable code of the reason.
    pub problem: String,
    /// The reason as a sentence.
    pub detail: String,
    /// The item as received.
    pub payload: String,
    pub replayed_at: Option<At>,
}

/// A page of refused items.
#[derive(Serialize, ToSchema)]
pub struct RefusedItemsResponse {
    /// Newest first.
    pub items: Vec<RefusedItemResponse>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

const PAGE: i64 = 50;

/// Lists the items that intake refused.
#[utoipa::path(
    get,
    path = "/api/v1/refused",
    tag = "refused",
    params(RefusedItemsQuery),
    responses((status = 200, body = RefusedItemsResponse)),
)]
pub async fn list(
    State(app): State<AppState>,
    _: SignedIn,
    Query(params): Query<RefusedItemsQuery>,
) -> ApiResult<RefusedItemsResponse> {
    let items = app
        .read()
        .await?
        .refused_items()
        .list(params.all, params.before, PAGE)
        .await?;
    let next = items
        .last()
        .filter(|_| items.len() as i64 == PAGE)
        .map(|it| it.key);
    let responses = items.into_iter().map(|it| RefusedItemResponse {
        id: it.id,
        source: it.source_name,
        external_id: it.external_id,
        at: it.at,
        problem: it.problem,
        detail: it.detail,
        payload: it.payload,
        replayed_at: it.replayed_at,
    });
    Ok(Json(RefusedItemsResponse {
        items: responses.collect(),
        next,
    }))
}

/// A replay of an item, unchanged or corrected.
#[derive(Deserialize, ToSchema)]
pub struct ReplayRefusedRequest {
    /// The corrected item; unchanged when absent.
    #[schema(value_type = Option<Object>)]
    pub item: Option<serde_json::Value>,
}

/// Replays a refused item through intake.
#[utoipa::path(
    post,
    path = "/api/v1/refused/{id}/replay",
    tag = "refused",
    params(("id" = RefusedId, Path)),
    request_body = ReplayRefusedRequest,
    responses((status = 200, body = ItemResult), (status = 409)),
)]
pub async fn replay(
    State(app): State<AppState>,
    _: SignedIn,
    Path(id): Path<RefusedId>,
    body::JsonBody(request): body::JsonBody<ReplayRefusedRequest>,
) -> ApiResult<ItemResult> {
    let mut session = app.read().await?;
    let refused = session.refused_items().find(id).await?;
    let source = session.sources().by_key(refused.source_key).await?.id;
    drop(session);
    if refused.replayed_at.is_some() {
        return Err(Problem::conflict(
            "replayed_already",
            "this item was replayed already",
        ));
    }
    let item = match request.item {
        Some(item) => item,
        None => body::json(refused.payload.as_bytes())?,
    };
    let extras = BatchContext {
        replayed: Some(id),
        ..BatchContext::default()
    };
    let answer = receive(&app, source, vec![item], extras).await?;
    answer
        .0
        .results
        .into_iter()
        .next()
        .map(Json)
        .ok_or_else(|| Problem::not_found("item"))
}
