//! How a customer wants to be written to; seen wherever somebody is about to write.

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, At, Channel, CustomerId, Lang};
use vigie_store::{FactDraft, Preference, Preferred};

use super::{Done, done};
use crate::{Answer, App, body::Asked, session::SignedIn};

/// What a customer prefers.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceShown {
    /// The way they want to be answered.
    pub channel: Option<Channel>,
    /// Their language.
    pub lang: Option<Lang>,
    /// Only in answer to their own words.
    pub silent: bool,
    /// Since.
    pub at: At,
}

impl From<Preference> for PreferenceShown {
    fn from(it: Preference) -> Self {
        let Preferred {
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

/// What a customer told they prefer; nothing at all forgets it.
#[derive(Deserialize, ToSchema)]
pub struct PreferenceAsked {
    /// The way they want to be answered.
    pub channel: Option<Channel>,
    /// Their language.
    pub lang: Option<Lang>,
    /// Only in answer to their own words.
    #[serde(default)]
    pub silent: bool,
}

/// Notes what a customer prefers.
#[utoipa::path(
    put,
    path = "/api/v1/customers/{id}/preference",
    tag = "customers",
    params(("id" = CustomerId, Path)),
    request_body = PreferenceAsked,
    responses((status = 200, body = Done), (status = 404)),
)]
pub async fn note(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
    Asked(asked): Asked<PreferenceAsked>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    let customer = write.customer(id).await?;
    let preferred = Preferred {
        channel: asked.channel,
        lang: asked.lang,
        silent: asked.silent,
    };
    write.note_preference(customer.key, &preferred).await?;
    write.fact(FactDraft::new(Act::PreferenceNoted).on("customer", id.0));
    write.commit().await?;
    Ok(done())
}
