//! Users: roles, absence, a new password.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, At, Lang, PersonId, Role};
use vigie_store::{FactDraft, Person, Ticket, TicketPurpose};

use crate::api::people::invitations::{OneTimeLinkResponse, link};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A user as shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonResponse {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Language of the interface.
    pub lang: Lang,
    pub disabled: bool,
    pub absent_until: Option<At>,
}

impl From<Person> for PersonResponse {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            name: person.name,
            email: person.email,
            role: person.role,
            lang: person.lang,
            disabled: person.disabled_at.is_some(),
            absent_until: person.absent_until,
        }
    }
}

/// Every user.
#[utoipa::path(
    get,
    path = "/api/v1/people",
    tag = "people",
    responses((status = 200, body = Vec<PersonResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<PersonResponse>> {
    Ok(Json(
        app.read()
            .await?
            .people()
            .list()
            .await?
            .into_iter()
            .map(Into::into)
            .collect(),
    ))
}

/// Creates a link with which a user chooses a new password.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/password-reset",
    tag = "people",
    params(("id" = PersonId, Path)),
    responses((status = 200, body = OneTimeLinkResponse)),
)]
pub async fn reset(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<PersonId>,
) -> ApiResult<OneTimeLinkResponse> {
    let person = app.read().await?.people().find(id).await?;
    let purpose = TicketPurpose::Reset;
    link(
        &app,
        &me,
        Ticket {
            purpose,
            role: person.role,
            email: Some(person.email),
            person_key: Some(person.key),
        },
    )
    .await
}

/// The changes to a user; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct UpdatePersonRequest {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub disabled: Option<bool>,
    /// A past instant means back.
    pub absent_until: Option<At>,
}

/// Changes a user. One who leaves or goes away loses their open cases.
#[utoipa::path(
    patch,
    path = "/api/v1/people/{id}",
    tag = "people",
    params(("id" = PersonId, Path)),
    request_body = UpdatePersonRequest,
    responses((status = 200, body = PersonResponse), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<PersonId>,
    JsonBody(request): JsonBody<UpdatePersonRequest>,
) -> ApiResult<PersonResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let mut person = write.people().find(id).await?;
    let loses_power = request.role.is_some_and(|role| role != Role::Administrator)
        || request.disabled == Some(true);
    if id == me.person.id && loses_power {
        return Err(Problem::unprocessable(
            "not_yourself",
            "another administrator must do this, so that one always remains",
        ));
    }
    // Two administrators disable each other at the same instant: the second finds no other left.
    // Writes are serialised, so what is read here still holds at the commit.
    let other = |person: &vigie_store::Person| {
        person.role == Role::Administrator && person.disabled_at.is_none() && person.id != id
    };
    let mine = write.people().find(me.person.id).await?;
    let still_mine = mine.role == Role::Administrator && mine.disabled_at.is_none();
    if loses_power && (!still_mine || !write.people().list().await?.iter().any(other)) {
        return Err(Problem::unprocessable(
            "not_yourself",
            "another administrator must do this, so that one always remains",
        ));
    }
    if let Some(name) = request
        .name
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
    {
        person.name = name;
    }
    person.role = request.role.unwrap_or(person.role);
    if let Some(disabled) = request.disabled {
        person.disabled_at = disabled.then(|| write.at());
    }
    if let Some(until) = request.absent_until {
        person.absent_until = (until > write.at()).then_some(until);
    }
    write.people().save(&person).await?;
    if !person.available(write.at()) || person.role == Role::Reader {
        vigie_desk::release_owner(&mut write, person.key).await?;
    }
    let fact = FactDraft::new(Act::PersonChanged)
        .on("person", person.id.0)
        .code("role", person.role.code());
    write.fact(fact.number("disabled", person.disabled_at.is_some().into()));
    write.commit().await?;
    Ok(Json(person.into()))
}
