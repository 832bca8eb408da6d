//! One act on many cases in one request, undone in one request.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::{BulkAction, BulkOutcome};
use vigie_model::{BulkId, CaseId};

use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// An act on many cases.
#[derive(Deserialize, ToSchema)]
pub struct BulkRequest {
    /// 1 to 500 cases.
    pub cases: Vec<CaseId>,
    /// The act performed on each case.
    #[serde(flatten)]
    pub act: BulkAction,
}

/// A case that was not changed.
#[derive(Serialize, ToSchema)]
pub struct SkippedCase {
    pub case: CaseId,
    /// Why, as a stable code.
    pub problem: String,
    /// Why, as a sentence.
    pub detail: String,
}

/// The result of a bulk act.
#[derive(Serialize, ToSchema)]
pub struct BulkResponse {
    /// Used to undo it.
    pub id: BulkId,
    pub done: Vec<CaseId>,
    /// Cases that were not changed.
    pub left: Vec<SkippedCase>,
}

fn to_response(outcome: BulkOutcome) -> BulkResponse {
    let skipped = outcome.skipped.into_iter().map(|(case, error)| {
        let problem = Problem::from(error);
        SkippedCase {
            case,
            problem: problem.kind().to_owned(),
            detail: problem.detail().to_owned(),
        }
    });
    BulkResponse {
        id: outcome.id,
        done: outcome.done,
        left: skipped.collect(),
    }
}

/// Performs one act on many cases.
#[utoipa::path(
    post,
    path = "/api/v1/bulk",
    tag = "acts",
    request_body = BulkRequest,
    responses((status = 200, body = BulkResponse), (status = 422)),
)]
pub async fn act(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<BulkRequest>,
) -> ApiResult<BulkResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let outcome =
        vigie_desk::act_on_many(&mut write, &me.person, &request.cases, &request.act).await?;
    write.commit().await?;
    Ok(Json(to_response(outcome)))
}

/// Undoes an act on many cases; those changed since stay as they are and are listed.
#[utoipa::path(delete, path = "/api/v1/bulk/{id}", tag = "acts", params(("id" = BulkId, Path)),
    responses((status = 200, body = BulkResponse), (status = 403), (status = 404), (status = 409)))]
pub async fn undo(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<BulkId>,
) -> ApiResult<BulkResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let outcome = vigie_desk::undo_act_on_many(&mut write, &me.person, id).await?;
    write.commit().await?;
    Ok(Json(to_response(outcome)))
}
