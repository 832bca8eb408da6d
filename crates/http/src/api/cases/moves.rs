//! Splitting cases, joining them, and undoing either.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{CaseId, MessageId, MoveId};

use crate::api::{DoneResponse, acting::begin, done};
use crate::{ApiResult, AppState, body::JsonBody, session::SignedIn};

/// A move just made.
#[derive(Serialize, ToSchema)]
pub struct MoveCreatedResponse {
    /// Used to undo it.
    pub id: MoveId,
    /// Where the messages are now.
    pub case: CaseId,
}

/// The messages to split off.
#[derive(Deserialize, ToSchema)]
pub struct SplitRequest {
    /// Ids of the messages.
    pub messages: Vec<MessageId>,
}

/// Moves messages into a new case.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/split",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = SplitRequest,
    responses((status = 200, body = MoveCreatedResponse), (status = 422)),
)]
pub async fn split(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<SplitRequest>,
) -> ApiResult<MoveCreatedResponse> {
    let mut write = begin(&app, &me, id).await?;
    let (case, id) = vigie_desk::split(&mut write, id, &request.messages).await?;
    write.commit().await?;
    Ok(Json(MoveCreatedResponse { id, case }))
}

/// The case to join.
#[derive(Deserialize, ToSchema)]
pub struct JoinRequest {
    /// The case to join it into.
    pub into: CaseId,
}

/// Joins two cases.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/join",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = JoinRequest,
    responses((status = 200, body = MoveCreatedResponse), (status = 422)),
)]
pub async fn join(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<JoinRequest>,
) -> ApiResult<MoveCreatedResponse> {
    let mut write = begin(&app, &me, id).await?;
    let id = vigie_desk::join(&mut write, id, request.into).await?;
    write.commit().await?;
    Ok(Json(MoveCreatedResponse {
        id,
        case: request.into,
    }))
}

/// Undoes a split or a join.
#[utoipa::path(delete, path = "/api/v1/moves/{id}", tag = "acts", params(("id" = MoveId, Path)),
    responses((status = 200, body = DoneResponse), (status = 409)))]
pub async fn undo(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<MoveId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_desk::undo_move(&mut write, id).await?;
    write.commit().await?;
    Ok(done())
}
