//! The history, for audits and for programs that follow it.

use axum::{Json, extract::State, http::HeaderMap};
use serde::Deserialize;
use utoipa::IntoParams;
use vigie_model::Fact;
use vigie_store::Scope;

use crate::{ApiResult, AppState, query::Query, session::program};

/// The range of facts to read.
#[derive(Deserialize, IntoParams)]
pub struct FactsQuery {
    /// The number of the last fact seen.
    #[serde(default)]
    pub after: i64,
    /// 1–1,000; 500 when absent.
    pub limit: Option<i64>,
}

/// Facts after a number, in order, without gaps. Scope `facts:read`.
#[utoipa::path(
    get,
    path = "/api/v1/facts",
    tag = "facts",
    params(FactsQuery),
    responses((status = 200, body = Vec<Fact>), (status = 401)),
)]
pub async fn list(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(params): Query<FactsQuery>,
) -> ApiResult<Vec<Fact>> {
    program(&app, &headers, Scope::FactsRead).await?;
    let limit = params.limit.unwrap_or(500).clamp(1, 1_000);
    Ok(Json(
        app.read().await?.facts().after(params.after, limit).await?,
    ))
}
