//! One-time links: what they open, and their use.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, Actor, Lang, PersonKey, Role};
use vigie_store::{FactDraft, Person, Ticket, Write};

use super::sessions::{MeResponse, TRIES_PER_MINUTE, Visitor, open};
use crate::{ApiResult, AppState, Problem, app::client_address, body, passwords};

/// What a one-time link opens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketResponse {
    /// `join` or `reset`.
    pub purpose: &'static str,
    pub role: Role,
    /// If the link sets one.
    pub email: Option<String>,
}

/// Describes a one-time link.
#[utoipa::path(
    get,
    path = "/api/v1/tickets/{token}",
    tag = "session",
    params(("token" = String, Path)),
    responses((status = 200, body = TicketResponse), (status = 404)),
)]
pub async fn ticket(
    State(app): State<AppState>,
    Path(token): Path<String>,
) -> ApiResult<TicketResponse> {
    let found = app
        .read()
        .await?
        .tickets()
        .find(&passwords::hash_token(&token), app.store.now())
        .await?;
    let ticket = found.ok_or_else(no_ticket)?;
    Ok(Json(TicketResponse {
        purpose: ticket.purpose.code(),
        role: ticket.role,
        email: ticket.email,
    }))
}

fn no_ticket() -> Problem {
    let detail = "this link was used or has expired: ask for a new one";
    Problem::new(axum::http::StatusCode::NOT_FOUND, "link_over", detail)
}

/// The use of a one-time link.
#[derive(Deserialize, ToSchema)]
pub struct UseTicketRequest {
    /// The name that will sign answers; for a new account.
    #[serde(default)]
    pub name: String,
    /// For a new account whose link sets none.
    #[serde(default)]
    pub email: String,
    pub password: String,
    /// Language of the interface.
    #[serde(default = "french")]
    pub lang: Lang,
}

const fn french() -> Lang {
    Lang::Fr
}

/// Uses a one-time link: creates the account or sets the new password, and signs in.
#[utoipa::path(
    post,
    path = "/api/v1/tickets/{token}",
    tag = "session",
    params(("token" = String, Path)),
    request_body = UseTicketRequest,
    responses((status = 200, body = MeResponse), (status = 404), (status = 422)),
)]
pub async fn use_ticket(
    State(app): State<AppState>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    app.check_rate_limit("ticket", &client_address(&app, &request), TRIES_PER_MINUTE)?;
    let visitor = Visitor::of(&app, &request);
    let token = passwords::hash_token(&token);
    let found = app
        .read()
        .await?
        .tickets()
        .find(&token, app.store.now())
        .await?;
    let ticket = found.ok_or_else(no_ticket)?;
    let request: UseTicketRequest = body::read_json(request, 16 * 1024).await?;
    let account = NewAccount::of(&ticket, &request)?;
    // Slow on purpose: only for who holds a ticket, and could spend it.
    let hash = passwords::hash_chosen(request.password.clone(), &account.words()).await?;

    let mut write = app.store.write(Actor::System).await?;
    if !write.tickets().spend(&token).await? {
        return Err(no_ticket());
    }
    let person = match ticket.person_key {
        Some(key) => reset(&mut write, key, &hash).await?,
        None => join(&mut write, &ticket, &account, request.lang, &hash).await?,
    };
    write.fact(
        FactDraft::new(Act::PersonChanged)
            .on("person", person.id.0)
            .code("role", person.role.code()),
    );
    write.commit().await?;
    open(&app, person, visitor).await
}

/// Whose account it is, as the ticket or its holder says.
struct NewAccount {
    name: String,
    email: String,
}

impl NewAccount {
    fn of(ticket: &Ticket, request: &UseTicketRequest) -> Result<Self, Problem> {
        let (name, given) = (request.name.trim(), request.email.trim().to_lowercase());
        let email = ticket.email.clone().unwrap_or(given); // default: the holder says it
        let lacks = vigie_recognise::email(&email).is_none() || name.is_empty();
        if ticket.person_key.is_none() && lacks {
            return Err(Problem::unprocessable(
                "name_or_email_missing",
                "give your name and your e-mail address",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            email,
        })
    }

    /// What a password must not be made of.
    fn words(&self) -> [&str; 2] {
        [&self.name, &self.email]
    }
}

/// Sets the new password of an account; a disabled one has no way back in by a link.
async fn reset(write: &mut Write, key: PersonKey, hash: &str) -> Result<Person, Problem> {
    let person = write.people().by_key(key).await?;
    if person.disabled_at.is_some() {
        return Err(no_ticket());
    }
    write.people().set_password(key, hash).await?;
    write.tickets().revoke_resets(key).await?;
    Ok(person)
}

async fn join(
    write: &mut Write,
    ticket: &Ticket,
    account: &NewAccount,
    lang: Lang,
    hash: &str,
) -> Result<Person, Problem> {
    if write.people().by_email(&account.email).await?.is_some() {
        return Err(Problem::conflict(
            "email_taken",
            "there is already an account with this address: sign in",
        ));
    }
    let (email, name) = (&account.email, &account.name);
    let people = write.people();
    Ok(people
        .insert(email, name, ticket.role, lang, Some(hash))
        .await?)
}
