//! One's own account: where one is signed in, and one's password.

use axum::{Json, extract::State};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, At};
use vigie_store::{FactDraft, OwnSession};

use crate::{
    ApiResult, AppState, Problem,
    api::{DoneResponse, done},
    body::JsonBody,
    passwords,
    session::SignedIn,
    sign_in_guard::Try,
};

/// A browser one is signed in with.
#[derive(Serialize, ToSchema)]
pub struct SessionResponse {
    pub id: String,
    /// What the browser calls itself.
    pub browser: String,
    /// The network it signed in from.
    pub network: String,
    pub created_at: At,
    /// When it was last used, to some minutes.
    pub seen_at: At,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl SessionResponse {
    fn of(session: OwnSession, me: &SignedIn) -> Self {
        Self {
            current: session.token_hash == me.token_hash,
            id: URL_SAFE_NO_PAD.encode(&session.token_hash),
            browser: session.browser,
            network: session.network,
            created_at: session.created_at,
            seen_at: session.seen_at,
        }
    }
}

/// Where one is signed in, the latest used first.
#[utoipa::path(
    get,
    path = "/api/v1/me/sessions",
    tag = "session",
    responses((status = 200, body = Vec<SessionResponse>)),
)]
pub async fn sessions(
    State(app): State<AppState>,
    me: SignedIn,
) -> ApiResult<Vec<SessionResponse>> {
    let now = app.store.now();
    let mut session = app.read().await?;
    let used_since = app.sessions_used_since();
    let sessions = session.sessions();
    let own = sessions.of_person(me.person.key, now, used_since).await?;
    let own = own.into_iter().map(|it| SessionResponse::of(it, &me));
    Ok(Json(own.collect()))
}

/// Signs out everywhere else.
#[utoipa::path(
    delete,
    path = "/api/v1/me/sessions",
    tag = "session",
    responses((status = 200, body = DoneResponse)),
)]
pub async fn end_others(State(app): State<AppState>, me: SignedIn) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let sessions = write.sessions();
    sessions.end_others(me.person.key, &me.token_hash).await?;
    write.fact(FactDraft::new(Act::PersonChanged).on("person", me.person.id.0));
    write.commit().await?;
    Ok(done())
}

/// A new password, by who knows the one there is.
#[derive(Deserialize, ToSchema)]
pub struct ChangePasswordRequest {
    pub current: String,
    pub new: String,
}

/// Changes one's password, and signs out everywhere else.
#[utoipa::path(
    put,
    path = "/api/v1/me/password",
    tag = "session",
    request_body = ChangePasswordRequest,
    responses((status = 200, body = DoneResponse), (status = 422), (status = 429)),
)]
pub async fn change_password(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<ChangePasswordRequest>,
) -> ApiResult<DoneResponse> {
    let (name, email) = (me.person.name.as_str(), me.person.email.as_str());
    passwords::check_strength(&request.new, &[name, email])?;
    check_current(&app, &me, request.current).await?;
    let hash = passwords::hash_chosen(request.new, &[name, email]).await?;

    let mut write = app.store.write(me.actor()).await?;
    let people = write.people();
    people.set_own_password(me.person.key, &hash).await?;
    let sessions = write.sessions();
    sessions.end_others(me.person.key, &me.token_hash).await?;
    write.tickets().revoke_resets(me.person.key).await?;
    write.fact(FactDraft::new(Act::PersonChanged).on("person", me.person.id.0));
    write.commit().await?;
    Ok(done())
}

/// Whoever sits at a browser that was left open does not know the password: they are slowed down
/// as guessers are.
async fn check_current(app: &AppState, me: &SignedIn, current: String) -> Result<(), Problem> {
    let one = Try {
        email: &me.person.email,
        from: "own account",
        known_browser: true,
        now: app.store.now(),
    };
    app.sign_in_guard.check(one)?;
    let found = app
        .read()
        .await?
        .people()
        .by_email(&me.person.email)
        .await?;
    if passwords::check(current, found.and_then(|(_, hash)| hash)).await? {
        app.sign_in_guard.succeeded(one);
        return Ok(());
    }
    app.sign_in_guard.failed(one);
    Err(Problem::unprocessable(
        "wrong_password",
        "this is not your password",
    ))
}
