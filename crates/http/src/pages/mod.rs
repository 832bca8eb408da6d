//! Customers' and colleagues' pages: rendered on the server, without JavaScript, in French and
//! English; they work on any telephone.

mod address;
mod colleague;
mod form;
pub mod person_copy;
mod private;
mod security_txt;
mod sending;
#[cfg(test)]
mod snapshots;
mod thread;

pub use address::ask_owner;

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{Response as HttpResponse, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use vigie_model::Lang;
use vigie_wording::{Catalogue, catalogue};

use crate::{AppState, Problem, multipart_form::LARGEST_FORM};

/// The routes of these pages.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/f/{code}", get(form::show).post(form::send))
        .route("/p/{token}", get(private::show).post(private::reply))
        .route("/p/{token}/files/{id}", get(private::file))
        .route("/a/{token}", get(address::show).post(address::answer))
        .route("/p/{token}/address", post(private::check_address))
        .route("/p/{token}/close", post(private::close))
        .route("/c/{word}", get(colleague::show).post(colleague::answer))
        .route("/c/{word}/files/{id}", get(colleague::file))
        .route("/.well-known/security.txt", get(security_txt::show))
        .route("/pages.css", get(style))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
}

/// Handles a panic: the caller learns that it is not their fault, the log that it happened.
pub fn on_panic(_: Box<dyn std::any::Any + Send>) -> HttpResponse<Body> {
    tracing::error!("a handler panicked");
    let detail = "something failed on our side; nothing was lost, try again";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "our_fault", detail).into_response()
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("pages.css")).into_response()
}

/// What every page has: its language and its title.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    pub lang: Lang,
    pub title: &'a str,
}

impl Page<'_> {
    /// The language it is offered in too.
    pub const fn other(&self) -> Lang {
        match self.lang {
            Lang::Fr => Lang::En,
            Lang::En => Lang::Fr,
        }
    }
}

/// Sends a page; a template that fails is our fault, and the reader is told so.
pub fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// A page with one sentence.
#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    page: Page<'a>,
    notice: &'a str,
}

/// A page that says what went wrong and what to do.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: Page<'a>,
    detail: &'a str,
}

fn error_page(lang: Lang, status: StatusCode, detail: &str) -> Response {
    let title = catalogue(lang).pages.sorry;
    let page = Page { lang, title };
    let mut answer = html(&ErrorPage { page, detail });
    *answer.status_mut() = status;
    answer
}

/// The page in place of one that cannot be shown: `missing` says what is not there, unless
/// something of ours failed.
fn failed(lang: Lang, error: &Problem, missing: &str) -> Response {
    let status = error.status();
    match status.is_server_error() {
        true => error_page(lang, status, refusal(catalogue(lang), error)),
        false => error_page(lang, StatusCode::NOT_FOUND, missing),
    }
}

/// Why what was sent is refused, in the reader's language; in English for what only a program
/// could have sent.
fn refusal<'a>(words: &Catalogue, error: &'a Problem) -> &'a str {
    let known = words.pages.refusals.get(error.kind());
    known.unwrap_or_else(|| error.detail())
}

/// The language in the query, else the first of the browser's that we speak, else French.
fn lang(requested: Option<&str>, headers: &axum::http::HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok()); // default: it names no language
    let browser = accepted.into_iter().flat_map(|value| value.split(','));
    let mut wanted = requested.into_iter().chain(browser).map(language_code);
    wanted
        .find_map(|code| match code.as_str() {
            "fr" => Some(Lang::Fr),
            "en" => Some(Lang::En),
            _ => None,
        })
        // default: Vigie began in French
        .unwrap_or(Lang::Fr)
}

/// `en` of ` en-GB;q=0.8`.
fn language_code(tag: &str) -> String {
    let code = tag.trim().chars().take_while(char::is_ascii_alphabetic);
    code.collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    #[test]
    fn the_first_language_we_speak_is_taken() {
        for (requested, accepted, expected) in [
            (Some("en"), "fr", Lang::En),
            (Some("de"), "en-GB", Lang::En),
            (None, "de, en;q=0.8, fr;q=0.7", Lang::En),
            (None, "FR-ca", Lang::Fr),
            (None, "", Lang::Fr),
            (None, "eng", Lang::Fr),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(lang(requested, &headers), expected, "{accepted}");
        }
    }
}
