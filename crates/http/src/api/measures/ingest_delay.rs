//! The delay between writing and storage of messages, by source: shows a source that falls
//! behind.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_measure::quantile;
use vigie_model::{SourceId, SourceKind};

use crate::api::measures::first_contact::WaitResponse;
use crate::{ApiResult, AppState, session::SignedIn};

/// Number of latest messages used.
const MESSAGES: i64 = 5_000;

/// The delay between writing and storage, for one source.
#[derive(Serialize, ToSchema)]
pub struct IngestDelayResponse {
    pub source: SourceId,
    pub name: String,
    pub kind: SourceKind,
    /// The median, in minutes.
    pub median: Option<WaitResponse>,
    /// 95 % were stored within this delay, in minutes.
    pub p95: Option<WaitResponse>,
}

/// The delay between writing and storage, by source, of the last 5,000 messages; imports and
/// messages without a time are left out.
#[utoipa::path(
    get,
    path = "/api/v1/heard-after",
    tag = "sources",
    responses((status = 200, body = Vec<IngestDelayResponse>)),
)]
pub async fn ingest_delay(
    State(app): State<AppState>,
    _: SignedIn,
) -> ApiResult<Vec<IngestDelayResponse>> {
    let mut session = app.read().await?;
    let minutes = session.measures().ingest_delay(MESSAGES).await?;
    let sources = session.sources().list().await?.into_iter();
    let responses = sources.filter_map(|source| {
        let minutes = minutes.get(&source.key)?;
        Some(IngestDelayResponse {
            source: source.id,
            name: source.name,
            kind: source.kind,
            median: quantile(minutes, 0.5).map(WaitResponse::from),
            p95: quantile(minutes, 0.95).map(WaitResponse::from),
        })
    });
    Ok(Json(responses.collect()))
}
