//! Who is past their retention term: shown first, then erased by a person's act; and erasing
//! one customer at once.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_listen::ErasureError;
use vigie_model::{At, CustomerId, ErasureReport};
use vigie_store::{ExpiredPerson, RetentionClass};

use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// Months for which data is kept after a person's last activity; absent means forever.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct BrandRetention {
    /// People who bought.
    pub customers: Option<i64>,
    /// People who only wrote.
    pub contacts: Option<i64>,
    /// Accounts nobody is recognised behind.
    pub strangers: Option<i64>,
}

/// A person past their retention term.
#[derive(Serialize, ToSchema)]
pub struct ExpiredPersonResponse {
    /// Id of the customer, or of a stranger's author.
    pub id: String,
    pub name: String,
    /// `customer`, `contact` or `stranger`.
    pub standing: &'static str,
    /// Their last activity.
    pub last_at: At,
}

/// Who would be erased.
#[derive(Serialize, ToSchema)]
pub struct RetentionResponse {
    /// The terms that apply: the longest of all brands.
    pub terms: BrandRetention,
    /// Number of people past their term, as far as they were counted.
    pub total: usize,
    /// Whether there are more than were counted.
    pub more: bool,
    /// The first people past their term.
    pub people: Vec<ExpiredPersonResponse>,
}

/// Largest number of people counted.
const COUNTED: i64 = 10_000;
/// Largest number of people shown.
const SHOWN: usize = 100;

/// Who would be erased if the terms were applied now. Nothing is erased.
#[utoipa::path(
    get,
    path = "/api/v1/retention",
    tag = "retention",
    responses((status = 200, body = RetentionResponse)),
)]
pub async fn show(State(app): State<AppState>, _: SignedIn) -> ApiResult<RetentionResponse> {
    let mut session = app.read().await?;
    let (terms, now) = (session.retention().terms().await?, app.store.now());
    let mut people: Vec<ExpiredPerson> = Vec::new();
    for class in RetentionClass::ALL {
        if let Some(bound) = terms.cutoff(class, now) {
            people.extend(
                session
                    .retention()
                    .expired_people(class, bound, 0, COUNTED)
                    .await?,
            );
        }
    }
    let to_response = |it: &ExpiredPerson| ExpiredPersonResponse {
        id: it.id.to_string(),
        name: it.name.clone(),
        standing: it.standing.code(),
        last_at: it.last_at,
    };
    Ok(Json(RetentionResponse {
        terms: BrandRetention {
            customers: terms.customers,
            contacts: terms.contacts,
            strangers: terms.strangers,
        },
        total: people.len(),
        more: people.len() as i64 >= COUNTED,
        people: people.iter().take(SHOWN).map(to_response).collect(),
    }))
}

/// The confirmation of an erasure.
#[derive(Deserialize, ToSchema)]
pub struct PurgeRequest {
    /// Number of people shown as past their term; no more than that are erased.
    pub total: usize,
}

/// Erases everybody past their term, everywhere; responds when done, with a proof that names
/// nobody.
#[utoipa::path(
    post,
    path = "/api/v1/retention/erasure",
    tag = "retention",
    request_body = PurgeRequest,
    responses((status = 200, body = ErasureReport), (status = 409)),
)]
pub async fn purge_expired(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<PurgeRequest>,
) -> ApiResult<ErasureReport> {
    let Json(now) = show(State(app.clone()), me.clone()).await?;
    if now.total > request.total {
        return Err(Problem::conflict(
            "more_past_term",
            "others are past their term since: look again before you erase",
        ));
    }
    app.erasure
        .purge_expired(me.person.id)
        .await
        .map(Json)
        .map_err(not_erased)
}

/// Erases a customer everywhere: messages, answers, orders, files, index; responds with a
/// proof that names nobody.
#[utoipa::path(
    delete,
    path = "/api/v1/customers/{id}",
    tag = "customers",
    params(("id" = CustomerId, Path)),
    responses((status = 200, body = ErasureReport), (status = 404)),
)]
pub async fn erase(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
) -> ApiResult<ErasureReport> {
    app.read().await?.customers().find(id).await?;
    app.erasure
        .erase(me.person.id, id)
        .await
        .map(Json)
        .map_err(not_erased)
}

fn not_erased(error: ErasureError) -> Problem {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    tracing::error!(cause, "an erasure stopped");
    Problem::new(
        axum::http::StatusCode::INTERNAL_SERVER_ERROR,
        "erasure_stopped",
        "the erasure stopped before its end: ask again, it goes on; see vigie doctor",
    )
}
