//! Who is past their term: seen before anything goes, then erased by a person's act; and erasing
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

/// Months people are kept after the last that came from them; absent is for ever.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct TermsShown {
    /// Who bought.
    pub customers: Option<i64>,
    /// Who only spoke.
    pub contacts: Option<i64>,
    /// Accounts nobody is recognised behind.
    pub strangers: Option<i64>,
}

/// Somebody past their term.
#[derive(Serialize, ToSchema)]
pub struct PastTermShown {
    /// Customer, or account of a stranger.
    pub id: String,
    /// Name.
    pub name: String,
    /// `customer`, `contact` or `stranger`.
    pub standing: &'static str,
    /// The last that came from them.
    pub last_at: At,
}

/// Who would go.
#[derive(Serialize, ToSchema)]
pub struct RetentionShown {
    /// The terms of the house: the longest of its brands.
    pub terms: TermsShown,
    /// How many are past their term, as far as they were counted.
    pub total: usize,
    /// There are more than were counted.
    pub more: bool,
    /// The first of them.
    pub people: Vec<PastTermShown>,
}

/// People counted at most.
const COUNTED: i64 = 10_000;
/// People shown at most.
const SHOWN: usize = 100;

/// Who would go if the terms were applied now. Nothing is erased.
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

/// Who was seen before saying yes.
#[derive(Deserialize, ToSchema)]
pub struct LetGoAsked {
    /// How many people were shown as past their term: more than that are not erased unseen.
    pub total: usize,
}

/// Erases everybody past their term, everywhere; answers when it is done, with a proof that names
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

/// Erases a customer everywhere: words, answers, orders, files, index; answers with a proof that
/// names nobody.
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
