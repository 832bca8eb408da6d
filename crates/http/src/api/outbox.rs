//! Answers on their way: the delivery log, replay, and what a person decides of the uncertain ones.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CaseId, MessageId, OutState, OutboxId};

use super::{Done, done};
use crate::{Answer, App, body::Asked, query::Query, session::SignedIn};

/// An answer on its way.
#[derive(Serialize, ToSchema)]
pub struct OutgoingShown {
    /// Id; also the `webhook-id`.
    pub id: OutboxId,
    /// Case.
    pub case: CaseId,
    /// Message.
    pub message: MessageId,
    /// State.
    pub state: OutState,
    /// Not before.
    pub not_before: At,
    /// Attempts.
    pub attempts: i64,
    /// Queued.
    pub made_at: At,
    /// Each attempt.
    pub log: Vec<AttemptShown>,
}

/// An attempt.
#[derive(Serialize, ToSchema)]
pub struct AttemptShown {
    /// When.
    pub at: At,
    /// HTTP status.
    pub status: Option<i64>,
    /// What went wrong, in plain words.
    pub error: Option<String>,
    /// How long it took.
    pub milliseconds: i64,
}

/// Which answers.
#[derive(Deserialize, IntoParams)]
pub struct OutboxAsked {
    /// Only those a person must decide.
    #[serde(default)]
    pub stuck: bool,
}

/// The last hundred answers.
#[utoipa::path(
    get,
    path = "/api/v1/outbox",
    tag = "outbox",
    params(OutboxAsked),
    responses((status = 200, body = Vec<OutgoingShown>)),
)]
pub async fn list(
    State(app): State<App>,
    _: SignedIn,
    Query(asked): Query<OutboxAsked>,
) -> Answer<Vec<OutgoingShown>> {
    let states = if asked.stuck {
        vec![OutState::Refused, OutState::Uncertain]
    } else {
        OutState::ALL.to_vec()
    };
    let mut session = app.read().await?;
    let mut shown = Vec::new();
    for out in session.list_outgoing(&states, None, 100).await? {
        let log = session.deliveries(out.key).await?.into_iter();
        let log = log.map(|it| AttemptShown {
            at: it.at,
            status: it.status,
            error: it.error,
            milliseconds: it.milliseconds,
        });
        let case = session.case_by_key(out.case_key).await?.id;
        shown.push(OutgoingShown {
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
    Ok(Json(shown))
}

/// Sends a refused or uncertain answer again, under the same id.
#[utoipa::path(
    post,
    path = "/api/v1/outbox/{id}/replay",
    tag = "outbox",
    params(("id" = OutboxId, Path)),
    responses((status = 200, body = Done), (status = 409)),
)]
pub async fn replay(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<OutboxId>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_respond::replay(&mut write, id).await?;
    write.commit().await?;
    Ok(done())
}

/// What became of an uncertain answer.
#[derive(Deserialize, ToSchema)]
pub struct DecisionAsked {
    /// It arrived.
    pub sent: bool,
}

/// Decides of an uncertain answer.
#[utoipa::path(
    put,
    path = "/api/v1/outbox/{id}/decision",
    tag = "outbox",
    params(("id" = OutboxId, Path)),
    request_body = DecisionAsked,
    responses((status = 200, body = Done), (status = 409)),
)]
pub async fn decide(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<OutboxId>,
    Asked(asked): Asked<DecisionAsked>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_respond::decide(&mut write, id, asked.sent).await?;
    write.commit().await?;
    Ok(done())
}
