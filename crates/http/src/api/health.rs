//! Whether the house is alive, and whether it can take what comes: for whoever watches it or sends
//! it callers.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Answer, App, Problem};

/// How it goes.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `alive` or `ready`.
    pub status: &'static str,
}

/// The process answers.
#[utoipa::path(
    get,
    path = "/api/v1/health/live",
    tag = "health",
    responses((status = 200, body = Health)),
)]
pub async fn live() -> Json<Health> {
    Json(Health { status: "alive" })
}

/// The database answers, and nobody asked the house to stop: it takes what comes.
#[utoipa::path(
    get,
    path = "/api/v1/health/ready",
    tag = "health",
    responses((status = 200, body = Health), (status = 503)),
)]
pub async fn ready(State(app): State<App>) -> Answer<Health> {
    if *app.stopping.borrow() {
        return Err(not_ready(
            "stopping",
            "the house is stopping: send callers to another, or wait until it is back",
        ));
    }
    let answered = async { app.store.read().await?.last_fact().await };
    if let Err(why) = answered.await {
        tracing::warn!(%why, "the database does not answer");
        return Err(not_ready(
            "database_away",
            "the database does not answer: run vigie doctor",
        ));
    }
    Ok(Json(Health { status: "ready" }))
}

fn not_ready(problem: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, problem, detail)
}
