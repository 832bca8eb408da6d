//! Whether the application is alive, and whether it can take requests: for monitoring and load
//! balancers.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiResult, AppState, Problem};

/// The health of the application.
#[derive(Serialize, ToSchema)]
pub struct HealthResponse {
    /// `alive` or `ready`.
    pub status: &'static str,
}

/// Alive: the process responds.
#[utoipa::path(
    get,
    path = "/api/v1/health/live",
    tag = "health",
    responses((status = 200, body = HealthResponse)),
)]
pub async fn live() -> Json<HealthResponse> {
    Json(HealthResponse { status: "alive" })
}

/// Ready: the database responds, and no shutdown was requested.
#[utoipa::path(
    get,
    path = "/api/v1/health/ready",
    tag = "health",
    responses((status = 200, body = HealthResponse), (status = 503)),
)]
pub async fn ready(State(app): State<AppState>) -> ApiResult<HealthResponse> {
    if *app.stopping.borrow() {
        return Err(not_ready(
            "stopping",
            "Vigie is stopping: send callers to another, or wait until it is back",
        ));
    }
    let answered = async { app.store.read().await?.facts().last().await };
    if let Err(error) = answered.await {
        tracing::warn!(%error, "the database does not answer");
        return Err(not_ready(
            "database_away",
            "the database does not answer: run vigie doctor",
        ));
    }
    Ok(Json(HealthResponse { status: "ready" }))
}

fn not_ready(problem: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, problem, detail)
}
