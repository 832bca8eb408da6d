//! Signing in and out; the current user; one-time links.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, Actor, Lang, Role};
use vigie_store::{FactDraft, Person};

use crate::api::{DoneResponse, done, people::person::PersonResponse};
use crate::{
    ApiResult, AppState, Problem,
    app::client_address,
    body, passwords,
    session::{COOKIE, SignedIn},
};

const DAYS: i64 = 14;
const TRIES_PER_MINUTE: u32 = 10;

/// The credentials to sign in with.
#[derive(Deserialize, ToSchema)]
pub struct SignInRequest {
    pub email: String,
    pub password: String,
}

/// The current user, and what their requests must repeat.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeResponse {
    pub person: PersonResponse,
    /// The caller's rights, by code.
    pub rights: Vec<&'static str>,
    /// Repeat this in the header `x-vigie-csrf` of every act.
    pub csrf: String,
    /// Whether some brand is in rehearsal mode, so that nothing is sent.
    pub rehearsal: bool,
    /// Whether the connection is plain HTTP, which the UI shows.
    pub plain_http: bool,
    pub brand: String,
    /// The server's time, from which ages and delays are computed.
    pub now: vigie_model::At,
    /// The number of the last fact: a live stream started after it misses nothing of what is
    /// shown from here on.
    pub fact: i64,
    /// Host of the service that translates customers' messages, if any.
    pub translator: Option<String>,
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignInRequest,
    responses((status = 200, body = MeResponse), (status = 401), (status = 429)))]
pub async fn sign_in(State(app): State<AppState>, request: Request) -> Result<Response, Problem> {
    let from = client_address(&app, &request);
    let credentials: SignInRequest = body::json(&body::read_body(request, 16 * 1024).await?)?;
    app.check_rate_limit("sign_in_from", &from, TRIES_PER_MINUTE * 6)?;
    app.check_rate_limit(
        "sign_in_as",
        &credentials.email.trim().to_lowercase(),
        TRIES_PER_MINUTE,
    )?;
    let found = app
        .read()
        .await?
        .people()
        .by_email(credentials.email.trim())
        .await?;
    let (person, hash) = found.map_or((None, None), |(person, hash)| (Some(person), hash));
    let right = passwords::check(credentials.password, hash).await?;
    match person.filter(|person| right && person.disabled_at.is_none()) {
        Some(person) => open(&app, person).await,
        None => {
            let detail = "this address and password do not go together";
            Err(Problem::new(
                axum::http::StatusCode::UNAUTHORIZED,
                "wrong_credentials",
                detail,
            ))
        }
    }
}

async fn open(app: &AppState, person: Person) -> Result<Response, Problem> {
    let token = passwords::token(app.store.secret());
    let csrf = passwords::token(app.store.secret());
    let mut write = app.store.write(Actor::Person(person.id)).await?;
    let expires = write.at().plus_days(DAYS);
    write
        .sessions()
        .insert(&passwords::hash_token(&token), person.key, &csrf, expires)
        .await?;
    write.commit().await?;
    let me = me_of(app, SignedIn { person, csrf }).await?;
    Ok((CookieJar::new().add(cookie(app, token, DAYS)), Json(me)).into_response())
}

fn cookie(app: &AppState, token: String, days: i64) -> Cookie<'static> {
    let mut cookie = Cookie::new(COOKIE, token);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(app.config.secure_cookies);
    cookie.set_path("/");
    // The browser forgets the session when the server does; in seconds.
    let header = format!("{cookie}; Max-Age={}", days * 86_400);
    Cookie::parse(header).unwrap_or(cookie)
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "session",
    responses((status = 200, body = DoneResponse)),
)]
pub async fn sign_out(
    State(app): State<AppState>,
    me: SignedIn,
    jar: CookieJar,
) -> Result<Response, Problem> {
    if let Some(token) = jar.get(COOKIE) {
        let mut write = app.store.write(me.actor()).await?;
        write
            .sessions()
            .end(&passwords::hash_token(token.value()))
            .await?;
        write.commit().await?;
    }
    Ok((CookieJar::new().add(cookie(&app, String::new(), 0)), done()).into_response())
}

/// The current user.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "session",
    responses((status = 200, body = MeResponse)),
)]
pub async fn me(State(app): State<AppState>, me: SignedIn) -> ApiResult<MeResponse> {
    Ok(Json(me_of(&app, me).await?))
}

async fn me_of(app: &AppState, me: SignedIn) -> Result<MeResponse, Problem> {
    let mut session = app.read().await?;
    let (fact, brands) = (
        session.facts().last().await?,
        session.brands().list().await?,
    );
    let rights = crate::Right::ALL
        .iter()
        .filter(|right| crate::allows(me.person.role, **right));
    Ok(MeResponse {
        rights: rights.map(|right| right.code()).collect(),
        csrf: me.csrf,
        rehearsal: brands.iter().any(|brand| brand.settings.rehearsal),
        plain_http: !app.config.secure_cookies,
        brand: brands
            .first()
            .map(|brand| brand.name.clone())
            .unwrap_or_default(),
        now: app.store.now(),
        fact,
        translator: app
            .config
            .translator
            .as_ref()
            .map(|it| it.host().to_owned()),
        person: me.person.into(),
    })
}

/// What a user may change about themselves.
#[derive(Deserialize, ToSchema)]
pub struct UpdateMeRequest {
    /// Language of the interface.
    pub lang: Lang,
}

/// Changes the caller's language.
#[utoipa::path(
    patch,
    path = "/api/v1/me",
    tag = "session",
    request_body = UpdateMeRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn change_me(
    State(app): State<AppState>,
    me: SignedIn,
    body::JsonBody(request): body::JsonBody<UpdateMeRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let mut person = write.people().find(me.person.id).await?;
    person.lang = request.lang;
    write.people().save(&person).await?;
    write.fact(
        FactDraft::new(Act::PersonChanged)
            .on("person", person.id.0)
            .code("lang", request.lang.code()),
    );
    write.commit().await?;
    Ok(done())
}

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
    body::JsonBody(request): body::JsonBody<UseTicketRequest>,
) -> Result<Response, Problem> {
    app.check_rate_limit("ticket", &token, TRIES_PER_MINUTE)?;
    let hash = passwords::hash_chosen(request.password.clone()).await?;
    let token = passwords::hash_token(&token);
    let mut write = app.store.write(Actor::System).await?;
    let at = write.at();
    let ticket = write
        .tickets()
        .find(&token, at)
        .await?
        .ok_or_else(no_ticket)?;
    if !write.tickets().spend(&token).await? {
        return Err(no_ticket());
    }
    let person = match ticket.person_key {
        Some(key) => {
            write.people().set_password(key, &hash).await?;
            write.people().by_key(key).await?
        }
        None => {
            let email = ticket
                .email
                .clone()
                .unwrap_or_else(|| request.email.trim().to_lowercase());
            let name = request.name.trim();
            if vigie_recognise::email(&email).is_none() || name.is_empty() {
                return Err(Problem::unprocessable(
                    "name_or_email_missing",
                    "give your name and your e-mail address",
                ));
            }
            if write.people().by_email(&email).await?.is_some() {
                return Err(Problem::conflict(
                    "email_taken",
                    "there is already an account with this address: sign in",
                ));
            }
            write
                .people()
                .insert(&email, name, ticket.role, request.lang, Some(&hash))
                .await?
        }
    };
    write.fact(
        FactDraft::new(Act::PersonChanged)
            .on("person", person.id.0)
            .code("role", person.role.code()),
    );
    write.commit().await?;
    open(&app, person).await
}
