//! A copy of everything stored about a person, on request (GDPR, articles 15 and 20).

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use vigie_model::{Act, Actor, CustomerId, Lang};
use vigie_store::FactDraft;

use crate::{AppState, Problem, pages::person_copy, query::Query, session::SignedIn};

/// The form of the copy.
#[derive(Deserialize, IntoParams)]
pub struct PersonCopyQuery {
    /// `json`, or `page` for people to read.
    #[serde(default)]
    pub form: String,
    /// The language of the page; the caller's own when absent.
    pub lang: Option<Lang>,
}

/// Everything stored about a customer: who they are, what they wrote and the answers, orders,
/// cases, promises, analyses, notes. The history records who took the copy.
#[utoipa::path(
    get,
    path = "/api/v1/customers/{id}/copy",
    tag = "customers",
    params(("id" = CustomerId, Path), PersonCopyQuery),
    responses((status = 200, body = Object), (status = 404)),
)]
pub async fn copy(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
    Query(params): Query<PersonCopyQuery>,
) -> Result<Response, Problem> {
    let mut snapshot = app.store.read_snapshot().await?;
    let customer = snapshot.customers().find(id).await?;
    let person = snapshot.traces().of_customer(customer.key).await?;
    let copied = snapshot.exports().copy_of(&person).await?;
    let zone = snapshot.brands().timezone().await?;
    drop(snapshot);
    let mut write = app.store.write(Actor::Person(me.person.id)).await?;
    write.fact(FactDraft::new(Act::PersonCopied).on("customer", customer.id.0));
    write.commit().await?;
    let page = params.form == "page";
    let (name, kind) = if page {
        ("copy.html", "text/html; charset=utf-8")
    } else {
        ("copy.json", "application/json; charset=utf-8")
    };
    let text = if page {
        // default: the language of the person who asks
        let lang = params.lang.unwrap_or(me.person.lang);
        person_copy::as_page(&copied, lang, &zone).map_err(|err| Problem::internal(&err))?
    } else {
        format!("{:#}", person_copy::as_json(&copied))
    };
    let named = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((named, text).into_response())
}
