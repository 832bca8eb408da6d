//! The background tasks, for administrators.

use axum::{Json, extract::State};

use crate::{ApiResult, AppState, session::SignedIn, tasks::TaskRun};

/// The background tasks of this process: when each last ran, how long it took, why it failed.
#[utoipa::path(
    get,
    path = "/api/v1/tasks",
    tag = "health",
    responses((status = 200, body = Vec<TaskRun>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<TaskRun>> {
    Ok(Json(app.tasks.tasks()))
}
