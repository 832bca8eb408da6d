//! Outgoing answers: the delivery log, replay, and a person's decision on the uncertain ones.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CaseId, MessageId, OutState, OutboxId};

use crate::api::{DoneResponse, done};
use crate::{ApiResult, AppState, body::JsonBody, query::Query, session::SignedIn};

/// An outgoing answer.
#[derive(Serialize, ToSchema)]
pub struct OutgoingResponse {
    /// Also the `webhook-id`.
    pub id: OutboxId,
    pub case: CaseId,
    pub message: MessageId,
    pub state: OutState,
    /// Earliest time of the next attempt.
    pub not_before: At,
    pub attempts: i64,
    pub made_at: At,
    pub log: Vec<DeliveryAttemptResponse>,
}

/// A delivery attempt.
#[derive(Serialize, ToSchema)]
pub struct DeliveryAttemptResponse {
    pub at: At,
    /// HTTP status.
    pub status: Option<i64>,
    /// What went wrong, as a sentence.
    pub error: Option<String>,
    /// Duration of the attempt.
    pub milliseconds: i64,
}

/// Which answers to list.
#[derive(Deserialize, IntoParams)]
pub struct OutboxQuery {
    /// Only those that need a person's decision.
    #[serde(default)]
    pub stuck: bool,
}

/// The last hundred outgoing answers.
#[utoipa::path(
    get,
    path = "/api/v1/outbox",
    tag = "outbox",
    params(OutboxQuery),
    responses((status = 200, body = Vec<OutgoingResponse>)),
)]
pub async fn list(
    State(app): State<AppState>,
    _: SignedIn,
    Query(params): Query<OutboxQuery>,
) -> ApiResult<Vec<OutgoingResponse>> {
    let states = if params.stuck {
        vec![OutState::Refused, OutState::Uncertain]
    } else {
        OutState::ALL.to_vec()
    };
    let mut session = app.read().await?;
    let mut responses = Vec::new();
    for out in session.outbox().list(&states, None, 100).await? {
        let log = session.outbox().deliveries(out.key).await?.into_iter();
        let log = log.map(|it| DeliveryAttemptResponse {
            at: it.at,
            status: it.status,
            error: it.error,
            milliseconds: it.milliseconds,
        });
        let case = session.cases().by_key(out.case_key).await?.id;
        responses.push(OutgoingResponse {
            id: out.id,
            case,
            message: out.message,
            state: out.state,
            not_before: out.not_before,
            attempts: out.attempts,
            made_at: out.made_at,
            log: log.collect(),
        });
    }
    Ok(Json(responses))
}

/// Sends a refused or uncertain answer again, under the same id.
#[utoipa::path(
    post,
    path = "/api/v1/outbox/{id}/replay",
    tag = "outbox",
    params(("id" = OutboxId, Path)),
    responses((status = 200, body = DoneResponse), (status = 409)),
)]
pub async fn replay(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<OutboxId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_respond::replay(&mut write, id).await?;
    write.commit().await?;
    Ok(done())
}

/// The outcome of an uncertain answer.
#[derive(Deserialize, ToSchema)]
pub struct DeliveryDecisionRequest {
    /// Whether it arrived.
    pub sent: bool,
}

/// Decides the outcome of an uncertain answer.
#[utoipa::path(
    put,
    path = "/api/v1/outbox/{id}/decision",
    tag = "outbox",
    params(("id" = OutboxId, Path)),
    request_body = DeliveryDecisionRequest,
    responses((status = 200, body = DoneResponse), (status = 409)),
)]
pub async fn decide(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<OutboxId>,
    JsonBody(request): JsonBody<DeliveryDecisionRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_respond::decide(&mut write, id, request.sent).await?;
    write.commit().await?;
    Ok(done())
}
