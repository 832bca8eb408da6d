//! Signing in and out; the current user.

use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, Lang};
use vigie_store::{FactDraft, NewSession, Person};

use super::new_browser;
use crate::api::{DoneResponse, done, people::person::PersonResponse};
use crate::{
    ApiResult, AppState, Problem,
    app::client_address,
    body, passwords,
    session::{SignedIn, cookie_name},
    sign_in_guard::Try,
};

const DAYS: i64 = 14;
/// The cookie by which a browser that opened an account before is known.
const fn browser_cookie(secure: bool) -> &'static str {
    match secure {
        true => "__Host-vigie_browser",
        false => "vigie_browser",
    }
}
/// How long a browser is known.
const KNOWN_DAYS: i64 = 365;
/// Tries from one network: a company signs in from one in the morning.
pub const TRIES_PER_MINUTE: u32 = 60;

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
    app.check_rate_limit("sign_in_from", &from, TRIES_PER_MINUTE)?;
    let browser = browser(&app, &request);
    let mut visitor = Visitor::of(&app, &request);
    let credentials: SignInRequest = body::read_json(request, 16 * 1024).await?;
    let email = credentials.email.trim().to_lowercase();
    let account = account(&app, &email, browser).await?;

    let one = Try {
        email: &email,
        from: &from,
        known_browser: account.known_browser,
        now: app.store.now(),
    };
    app.sign_in_guard.check(one)?;
    visitor.is_new = !account.known_browser;
    let Some(person) = account.opened_by(credentials.password).await? else {
        app.sign_in_guard.failed(one);
        return Err(wrong_credentials());
    };
    app.sign_in_guard.succeeded(one);
    open(&app, person, visitor).await
}

/// Where somebody signs in from.
pub struct Visitor {
    network: String,
    /// What their browser calls itself.
    browser: String,
    /// Whether the account was not opened in this browser before.
    is_new: bool,
}

/// The longest name a browser gives itself that is kept, in characters.
const LONGEST_NAME: usize = 200;

impl Visitor {
    /// Read before the body is.
    pub fn of(app: &AppState, request: &Request) -> Self {
        let name = request.headers().get(header::USER_AGENT);
        // default: a browser may leave its name out
        let name = name.and_then(|name| name.to_str().ok()).unwrap_or_default();
        Self {
            network: client_address(app, request),
            browser: name.chars().take(LONGEST_NAME).collect(),
            is_new: false,
        }
    }
}

/// What this browser keeps of who signed in with it.
fn browser(app: &AppState, request: &Request) -> Option<String> {
    let cookies = CookieJar::from_headers(request.headers());
    let cookie = cookies.get(browser_cookie(app.config.secure_cookies))?;
    Some(cookie.value().to_owned())
}

/// What there is under an address; nothing for one that nobody has.
#[derive(Default)]
struct Account {
    person: Option<Person>,
    hash: Option<String>,
    /// Whether this browser opened it before.
    known_browser: bool,
}

impl Account {
    /// Its person, if the password is theirs and they may sign in.
    async fn opened_by(self, password: String) -> Result<Option<Person>, Problem> {
        let right = passwords::check(password, self.hash).await?;
        Ok(self.person.filter(|it| right && it.disabled_at.is_none()))
    }
}

async fn account(app: &AppState, email: &str, browser: Option<String>) -> Result<Account, Problem> {
    let mut session = app.read().await?;
    let Some((person, hash)) = session.people().by_email(email).await? else {
        return Ok(Account::default());
    };
    let known = session.reply_tokens().for_browser_of(person.id).await?;
    Ok(Account {
        person: Some(person),
        hash,
        known_browser: browser == Some(known),
    })
}

fn wrong_credentials() -> Problem {
    let detail = "this address and password do not go together";
    Problem::new(StatusCode::UNAUTHORIZED, "wrong_credentials", detail)
}

/// Signs a person in.
pub async fn open(app: &AppState, person: Person, visitor: Visitor) -> Result<Response, Problem> {
    let token = passwords::token(app.store.secret());
    let csrf = passwords::token(app.store.secret());
    let me = SignedIn {
        token_hash: passwords::hash_token(&token),
        person,
        csrf,
    };
    let browser = begin(app, &me, visitor).await?;
    let me = me_of(app, me).await?;
    let secure = app.config.secure_cookies;
    let cookies = CookieJar::new()
        .add(cookie(app, cookie_name(secure), token, DAYS))
        .add(cookie(app, browser_cookie(secure), browser, KNOWN_DAYS));
    Ok((cookies, Json(me)).into_response())
}

/// Stores a session; returns by what the browser is known from now on.
async fn begin(app: &AppState, me: &SignedIn, visitor: Visitor) -> Result<String, Problem> {
    let mut write = app.store.write(me.actor()).await?;
    if visitor.is_new {
        let (network, site) = (&visitor.network, &app.config.public_address);
        new_browser::notify(&mut write, &me.person, network, site).await?;
    }
    let session = NewSession {
        token_hash: me.token_hash.clone(),
        person_key: me.person.key,
        csrf: &me.csrf,
        expires_at: write.at().plus_days(DAYS),
        browser: visitor.browser,
        network: visitor.network,
    };
    write.sessions().insert(session).await?;
    let browser = write.reply_tokens().for_browser_of(me.person.id).await?;
    write.commit().await?;
    Ok(browser)
}

fn cookie(app: &AppState, name: &'static str, value: String, days: i64) -> Cookie<'static> {
    let cookie = Cookie::build((name, value))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.secure_cookies)
        .path("/")
        .build();
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
pub async fn sign_out(State(app): State<AppState>, me: SignedIn) -> Result<Response, Problem> {
    let mut write = app.store.write(me.actor()).await?;
    write.sessions().end(&me.token_hash).await?;
    write.commit().await?;
    let name = cookie_name(app.config.secure_cookies);
    Ok((
        CookieJar::new().add(cookie(&app, name, String::new(), 0)),
        done(),
    )
        .into_response())
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
