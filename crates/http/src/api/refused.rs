//! What the door refused, with its reason; replayed once its cause is gone.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_listen::Extras;
use vigie_model::{At, RefusedId};

use super::messages::{ItemResult, receive};
use crate::{Answer, App, Problem, body, query::Query, session::SignedIn};

/// Which items.
#[derive(Deserialize, IntoParams)]
pub struct RefusedAsked {
    /// Replayed ones too.
    #[serde(default)]
    pub all: bool,
    /// The `next` of the page before.
    pub before: Option<i64>,
}

/// A refused item.
#[derive(Serialize, ToSchema)]
pub struct RefusedShown {
    /// Id.
    pub id: RefusedId,
    /// The source's name.
    pub source: String,
    /// The source's id for it.
    pub external_id: Option<String>,
    /// When.
    pub at: At,
    /// Stable code of the reason.
    pub problem: String,
    /// The reason in words.
    pub detail: String,
    /// What came.
    pub payload: String,
    /// Replayed since.
    pub replayed_at: Option<At>,
}

/// A page.
#[derive(Serialize, ToSchema)]
pub struct RefusedPage {
    /// Newest first.
    pub items: Vec<RefusedShown>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

const PAGE: i64 = 50;

/// What the door refused.
#[utoipa::path(
    get,
    path = "/api/v1/refused",
    tag = "refused",
    params(RefusedAsked),
    responses((status = 200, body = RefusedPage)),
)]
pub async fn list(
    State(app): State<App>,
    _: SignedIn,
    Query(asked): Query<RefusedAsked>,
) -> Answer<RefusedPage> {
    let items = app
        .read()
        .await?
        .list_refused(asked.all, asked.before, PAGE)
        .await?;
    let next = items
        .last()
        .filter(|_| items.len() as i64 == PAGE)
        .map(|it| it.key);
    let shown = items.into_iter().map(|it| RefusedShown {
        id: it.id,
        source: it.source_name,
        external_id: it.external_id,
        at: it.at,
        problem: it.problem,
        detail: it.detail,
        payload: it.payload,
        replayed_at: it.replayed_at,
    });
    Ok(Json(RefusedPage {
        items: shown.collect(),
        next,
    }))
}

/// Replays an item, as it came or mended.
#[derive(Deserialize, ToSchema)]
pub struct ReplayAsked {
    /// The item mended; as it came when absent.
    #[schema(value_type = Option<Object>)]
    pub item: Option<serde_json::Value>,
}

/// Replays a refused item through the door.
#[utoipa::path(
    post,
    path = "/api/v1/refused/{id}/replay",
    tag = "refused",
    params(("id" = RefusedId, Path)),
    request_body = ReplayAsked,
    responses((status = 200, body = ItemResult), (status = 409)),
)]
pub async fn replay(
    State(app): State<App>,
    _: SignedIn,
    Path(id): Path<RefusedId>,
    body::Asked(asked): body::Asked<ReplayAsked>,
) -> Answer<ItemResult> {
    let mut session = app.read().await?;
    let refused = session.refused(id).await?;
    let source = session.source_by_key(refused.source_key).await?.id;
    drop(session);
    if refused.replayed_at.is_some() {
        return Err(Problem::conflict(
            "replayed_already",
            "this item was replayed already",
        ));
    }
    let item = match asked.item {
        Some(item) => item,
        None => body::json(refused.payload.as_bytes())?,
    };
    let extras = Extras {
        replayed: Some(id),
        ..Extras::default()
    };
    let answer = receive(&app, source, vec![item], extras).await?;
    answer
        .0
        .results
        .into_iter()
        .next()
        .map(Json)
        .ok_or_else(|| Problem::missing("item"))
}
