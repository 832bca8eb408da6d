//! Authentication: a signed-in user by cookie, or a program by key. One guard precedes every
//! route that requires a right; it also requires the CSRF token for every act that changes
//! something.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::cookie::CookieJar;
use vigie_model::{Actor, PersonId, Role};
use vigie_store::{ApiKey, Person, Scope};

use crate::{AppState, Problem, Right, allows, passwords::hash_token};

/// The session cookie.
const COOKIE: &str = "vigie_session";
/// The same over HTTPS: no other host and no plain page of this one can set it.
const HOST_COOKIE: &str = "__Host-vigie_session";

/// The name of the session's cookie.
pub const fn cookie_name(secure: bool) -> &'static str {
    match secure {
        true => HOST_COOKIE,
        false => COOKIE,
    }
}
/// The header that repeats the session's CSRF token.
pub const CSRF: &str = "x-vigie-csrf";

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub person: Person,
    /// The token their requests must repeat.
    pub csrf: String,
    /// SHA-256 of the token of their session.
    pub token_hash: Vec<u8>,
}

impl SignedIn {
    /// The user as the actor of facts.
    pub const fn actor(&self) -> Actor {
        Actor::Person(self.person.id)
    }

    /// Checks that the caller may change a saved search or view: their own, or as a lead a shared
    /// one.
    ///
    /// # Errors
    /// Missing for somebody else's private one, as if it did not exist; forbidden for a shared
    /// one.
    pub fn check_keeps(
        &self,
        keeper: PersonId,
        shared: bool,
        what: &'static str,
    ) -> Result<(), Problem> {
        match keeper == self.person.id {
            true => Ok(()),
            false if !shared => Err(Problem::not_found(what)),
            false if allows(self.person.role, Right::Lead) => Ok(()),
            false => Err(Problem::forbidden()),
        }
    }

    /// Whether the user is a volunteer, who sees only some cases.
    pub fn is_volunteer(&self) -> bool {
        self.person.role == Role::Volunteer
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::unauthenticated)
    }
}

/// Middleware for routes that require a right of a user.
pub async fn guard(
    State((app, right)): State<(AppState, Right)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let signed_in = signed_in(&app, request.headers()).await?;
    if !allows(signed_in.person.role, right) {
        return Err(Problem::forbidden());
    }
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if changes && !csrf_matches(request.headers(), &signed_in.csrf) {
        return Err(Problem::new(
            axum::http::StatusCode::FORBIDDEN,
            "csrf",
            "reload the page and try again",
        ));
    }
    request.extensions_mut().insert(signed_in);
    Ok(next.run(request).await)
}

async fn signed_in(app: &AppState, headers: &HeaderMap) -> Result<SignedIn, Problem> {
    let jar = CookieJar::from_headers(headers);
    let token = jar
        .get(cookie_name(app.config.secure_cookies))
        .ok_or_else(Problem::unauthenticated)?
        .value()
        .to_owned();
    let (token_hash, now) = (hash_token(&token), app.store.now());
    let used_since = app.sessions_used_since();
    let mut read = app.read().await?;
    let session = read.sessions().find(&token_hash, now, used_since).await?;
    drop(read);
    let session = session.ok_or_else(Problem::unauthenticated)?;
    if session.is_to_be_noted(now) {
        let mut write = app.store.write(Actor::Person(session.person.id)).await?;
        write.sessions().note_use(&token_hash).await?;
        write.commit().await?;
    }
    Ok(SignedIn {
        person: session.person,
        csrf: session.csrf,
        token_hash,
    })
}

/// Whether the caller has no session any more; an unreachable database ends none.
pub async fn signed_out(app: &AppState, headers: &HeaderMap) -> bool {
    signed_in(app, headers)
        .await
        .is_err_and(|error| error.status() == axum::http::StatusCode::UNAUTHORIZED)
}

fn csrf_matches(headers: &HeaderMap, csrf: &str) -> bool {
    headers
        .get(CSRF)
        .is_some_and(|sent| sent.as_bytes() == csrf.as_bytes())
}

/// A program with a key.
#[derive(Debug, Clone)]
pub struct Program(pub ApiKey);

/// The program behind a request, if its key has that scope.
pub async fn program(
    app: &AppState,
    headers: &HeaderMap,
    scope: Scope,
) -> Result<Program, Problem> {
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let token = header.strip_prefix("Bearer ").unwrap_or_default().trim();
    let wrong = || {
        Problem::new(
            axum::http::StatusCode::UNAUTHORIZED,
            "key_unknown",
            "send a valid key: Authorization: Bearer …",
        )
    };
    if token.is_empty() {
        return Err(wrong());
    }
    let key = app
        .read()
        .await?
        .api_keys()
        .by_hash(&hash_token(token))
        .await?
        .ok_or_else(wrong)?;
    if !key.scopes.contains(&scope) {
        let detail = format!("this key lacks the scope {}", scope.code());
        return Err(Problem::new(
            axum::http::StatusCode::FORBIDDEN,
            "key_scope",
            detail,
        ));
    }
    let stale = key
        .last_used_at
        .is_none_or(|at| at.plus_minutes(60) < app.store.now());
    if stale {
        let mut write = app.store.write(Actor::System).await?;
        write.api_keys().mark_used(key.key).await?;
        write.commit().await?;
    }
    Ok(Program(key))
}
