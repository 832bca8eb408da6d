//! The secret of a source: it signs the webhook's answers, and the tokens by which the shop vouches
//! for its customers.

use axum::{
    Json,
    extract::{Path, State},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{Act, SourceId};
use vigie_store::{FactDraft, Write};

use super::connectors;
use crate::{ApiResult, AppState, Problem, session::SignedIn};

/// A secret, shown only this once.
#[derive(Serialize, ToSchema)]
pub struct SecretResponse {
    pub secret: String,
}

/// Generates a secret in the form Standard Webhooks requires.
pub fn webhook_secret(write: &mut Write) -> String {
    format!("whsec_{}", STANDARD.encode(write.secret()))
}

/// Gives a source another secret: what was signed with the one before is refused from now on.
#[utoipa::path(
    post,
    path = "/api/v1/sources/{id}/secret",
    tag = "sources",
    params(("id" = SourceId, Path)),
    responses((status = 200, body = SecretResponse), (status = 404), (status = 422)),
)]
pub async fn replace_secret(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<SourceId>,
) -> ApiResult<SecretResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let mut source = write.sources().find(id).await?;
    let connector = connectors::find(&app, source.kind)?;
    if !connector.capabilities().takes_tokens {
        let detail = "nothing is signed with a secret of ours for this source";
        return Err(Problem::unprocessable("source_without_secret", detail));
    }
    source.secret = webhook_secret(&mut write);
    write.sources().save(&source).await?;
    write.fact(FactDraft::new(Act::SourceChanged).on("source", id.0));
    write.commit().await?;
    let secret = source.secret;
    Ok(Json(SecretResponse { secret }))
}
