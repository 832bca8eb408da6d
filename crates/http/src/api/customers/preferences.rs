//! How a customer wants to be contacted; shown wherever somebody is about to write.

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, At, Channel, CustomerId, Lang};
use vigie_store::{FactDraft, Preference, PreferenceValues};

use crate::api::{DoneResponse, done};
use crate::{ApiResult, AppState, body::JsonBody, session::SignedIn};

/// What a customer prefers.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceResponse {
    /// The channel they want to be answered on.
    pub channel: Option<Channel>,
    pub lang: Option<Lang>,
    /// Contact them only in answer to their own messages.
    pub silent: bool,
    pub at: At,
}

impl From<Preference> for PreferenceResponse {
    fn from(it: Preference) -> Self {
        let PreferenceValues {
            channel,
            lang,
            silent,
        } = it.preferred;
        Self {
            channel,
            lang,
            silent,
            at: it.made_at,
        }
    }
}

/// A customer's stated preference; an empty one deletes it.
#[derive(Deserialize, ToSchema)]
pub struct PreferenceRequest {
    /// The channel they want to be answered on.
    pub channel: Option<Channel>,
    pub lang: Option<Lang>,
    /// Contact them only in answer to their own messages.
    #[serde(default)]
    pub silent: bool,
}

/// Records what a customer prefers.
#[utoipa::path(
    put,
    path = "/api/v1/customers/{id}/preference",
    tag = "customers",
    params(("id" = CustomerId, Path)),
    request_body = PreferenceRequest,
    responses((status = 200, body = DoneResponse), (status = 404)),
)]
pub async fn note(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
    JsonBody(request): JsonBody<PreferenceRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let customer = write.customers().find(id).await?;
    let preferred = PreferenceValues {
        channel: request.channel,
        lang: request.lang,
        silent: request.silent,
    };
    write.preferences().note(customer.key, &preferred).await?;
    write.fact(FactDraft::new(Act::PreferenceNoted).on("customer", id.0));
    write.commit().await?;
    Ok(done())
}
