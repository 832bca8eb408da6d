//! `POST /api/v1/visits`: a site, an application or a till reports visits.

use axum::{Json, extract::Request, extract::State};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vigie_listen::visits;
use vigie_store::Scope;

use crate::api::messages::message::{ItemProblem, read_each, values, with_problems};
use crate::{ApiResult, AppState, session::program};

const PER_MINUTE: u32 = 6_000;

/// The outcome of one visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitResult {
    /// If it could be read.
    pub id: Option<String>,
    /// `created`, `unchanged` or `refused`.
    pub status: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ItemProblem>,
}

/// The outcomes of all visits, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitResultsResponse {
    /// One per visit.
    pub results: Vec<VisitResult>,
}

/// Accepts one visit or an array of at most 1,000. Scope `visits:write`. Only people who
/// signed in and agreed to be remembered.
#[utoipa::path(
    post,
    path = "/api/v1/visits",
    tag = "visits",
    request_body(
        content = Object,
        description = "one object or an array: id, at, place?, consent (true), \
            visitor{customer_id?, email?, name?}",
    ),
    responses(
        (status = 200, body = VisitResultsResponse),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 413),
        (status = 429),
    ),
)]
pub async fn post(
    State(app): State<AppState>,
    request: Request,
) -> ApiResult<VisitResultsResponse> {
    let program = program(&app, request.headers(), Scope::VisitsWrite).await?;
    app.check_rate_limit("visits", &program.0.prefix, PER_MINUTE)?;
    let values = values(request).await?;
    let source = app
        .read()
        .await?
        .sources()
        .by_key(program.0.source_key)
        .await?
        .id;
    let now = app.store.now();
    let (good, problems) = read_each(&values, |value| visits::read(value, now));
    let created = app.intake.receive_visits(source, good).await?;
    let statuses = with_problems(
        problems,
        created
            .into_iter()
            .map(|new| if new { "created" } else { "unchanged" })
            .collect(),
    )?;
    let id = |value: &Value| {
        value
            .get("id")
            .and_then(Value::as_str)
            .map(|it| it.chars().take(200).collect())
    };
    let result = |(value, (status, problem))| VisitResult {
        id: id(value),
        status,
        problem,
    };
    let results = values.iter().zip(statuses).map(result).collect();
    Ok(Json(VisitResultsResponse { results }))
}
