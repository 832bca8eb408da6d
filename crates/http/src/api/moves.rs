//! Splitting cases, joining them, and undoing either.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{CaseId, MessageId, MoveId};

use super::{Done, acts::begin, done};
use crate::{Answer, App, body::Asked, session::SignedIn};

/// A move just made.
#[derive(Serialize, ToSchema)]
pub struct Moved {
    /// Used to undo it.
    pub id: MoveId,
    /// Where the messages are now.
    pub case: CaseId,
}

/// The messages to split off.
#[derive(Deserialize, ToSchema)]
pub struct SplitAsked {
    /// Ids of the messages.
    pub messages: Vec<MessageId>,
}

/// Moves messages into a new case.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/split",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = SplitAsked,
    responses((status = 200, body = Moved), (status = 422)),
)]
pub async fn split(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<SplitAsked>,
) -> Answer<Moved> {
    let mut write = begin(&app, &me, id).await?;
    let (case, id) = vigie_desk::split(&mut write, id, &asked.messages).await?;
    write.commit().await?;
    Ok(Json(Moved { id, case }))
}

/// The case to join.
#[derive(Deserialize, ToSchema)]
pub struct JoinAsked {
    /// The case to join it into.
    pub into: CaseId,
}

/// Joins two cases.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/join",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = JoinAsked,
    responses((status = 200, body = Moved), (status = 422)),
)]
pub async fn join(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<JoinAsked>,
) -> Answer<Moved> {
    let mut write = begin(&app, &me, id).await?;
    let id = vigie_desk::join(&mut write, id, asked.into).await?;
    write.commit().await?;
    Ok(Json(Moved {
        id,
        case: asked.into,
    }))
}

/// Undoes a split or a join.
#[utoipa::path(delete, path = "/api/v1/moves/{id}", tag = "acts", params(("id" = MoveId, Path)),
    responses((status = 200, body = Done), (status = 409)))]
pub async fn undo(State(app): State<App>, me: SignedIn, Path(id): Path<MoveId>) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_desk::undo_move(&mut write, id).await?;
    write.commit().await?;
    Ok(done())
}
