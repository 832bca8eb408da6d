//! Who is past their retention term: shown first, then erased by a person's act; and erasing
//! one customer at once.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_listen::ErasureError;
use vigie_model::{At, CustomerId, Proof};
use vigie_store::{PastTerm, Standing};

use crate::{Answer, App, Problem, body::Asked, session::SignedIn};

/// Months for which data is kept after a person's last activity; absent means forever.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct TermsShown {
    /// People who bought.
    pub customers: Option<i64>,
    /// People who only wrote.
    pub contacts: Option<i64>,
    /// Accounts nobody is recognised behind.
    pub strangers: Option<i64>,
}

/// A person past their retention term.
#[derive(Serialize, ToSchema)]
pub struct PastTermShown {
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
pub struct RetentionShown {
    /// The terms that apply: the longest of all brands.
    pub terms: TermsShown,
    /// Number of people past their term, as far as they were counted.
    pub total: usize,
    /// Whether there are more than were counted.
    pub more: bool,
    /// The first people past their term.
    pub people: Vec<PastTermShown>,
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
    responses((status = 200, body = RetentionShown)),
)]
pub async fn show(State(app): State<App>, _: SignedIn) -> Answer<RetentionShown> {
    let mut session = app.read().await?;
    let (terms, now) = (session.retention_terms().await?, app.store.now());
    let mut people: Vec<PastTerm> = Vec::new();
    for standing in Standing::ALL {
        if let Some(bound) = terms.bound(standing, now) {
            people.extend(session.past_term(standing, bound, 0, COUNTED).await?);
        }
    }
    let shown = |it: &PastTerm| PastTermShown {
        id: it.id.to_string(),
        name: it.name.clone(),
        standing: it.standing.code(),
        last_at: it.last_at,
    };
    Ok(Json(RetentionShown {
        terms: TermsShown {
            customers: terms.customers,
            contacts: terms.contacts,
            strangers: terms.strangers,
        },
        total: people.len(),
        more: people.len() as i64 >= COUNTED,
        people: people.iter().take(SHOWN).map(shown).collect(),
    }))
}

/// The confirmation of an erasure.
#[derive(Deserialize, ToSchema)]
pub struct LetGoAsked {
    /// Number of people shown as past their term; no more than that are erased.
    pub total: usize,
}

/// Erases everybody past their term, everywhere; responds when done, with a proof that names
/// nobody.
#[utoipa::path(
    post,
    path = "/api/v1/retention/erasure",
    tag = "retention",
    request_body = LetGoAsked,
    responses((status = 200, body = Proof), (status = 409)),
)]
pub async fn let_go(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<LetGoAsked>,
) -> Answer<Proof> {
    let Json(now) = show(State(app.clone()), me.clone()).await?;
    if now.total > asked.total {
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
    responses((status = 200, body = Proof), (status = 404)),
)]
pub async fn erase(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
) -> Answer<Proof> {
    app.read().await?.customer(id).await?;
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
