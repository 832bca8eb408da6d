//! Customers' and colleagues' pages: rendered on the server, without JavaScript, in French and
//! English; they work on any telephone.

mod colleague;
mod copy_texts;
mod form;
pub mod person_copy;
mod private;
mod texts;

use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{Response as HttpResponse, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use vigie_model::Lang;

use crate::{AppState, Problem, html::escape, multipart_form::LARGEST_FORM};
use texts::texts;

/// The routes of these pages.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/f/{code}", get(form::show).post(form::send))
        .route("/p/{token}", get(private::show).post(private::reply))
        .route("/p/{token}/files/{id}", get(private::file))
        .route("/c/{word}", get(colleague::show).post(colleague::answer))
        .route("/c/{word}/files/{id}", get(colleague::file))
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

/// A complete page around a body.
fn page(lang: Lang, title: &str, body: &str) -> Response {
    let html = document(
        lang,
        title,
        "<link rel=\"stylesheet\" href=\"/pages.css\">",
        body,
    );
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// The HTML of a page; `style` is where its styles come from.
fn document(lang: Lang, title: &str, style: &str, body: &str) -> String {
    let (title, code) = (escape(title), lang.code());
    format!(
        "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta \
         name=\"robots\" content=\"noindex\">\
         <title>{title}</title>{style}</head><body><main>{body}</main></body></html>"
    )
}

/// A page that says what went wrong and what to do.
fn error_page(lang: Lang, status: StatusCode, detail: &str) -> Response {
    let texts = texts(lang);
    let body = format!(
        "<h1>{}</h1><p role=\"alert\">{}</p>",
        texts.sorry,
        escape(detail)
    );
    let mut answer = page(lang, texts.sorry, &body);
    *answer.status_mut() = status;
    answer
}

/// The language in the query, else the browser's, else French.
fn lang(requested: Option<&str>, headers: &axum::http::HeaderMap) -> Lang {
    let browser = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    match requested {
        Some("en") => Lang::En,
        Some("fr") => Lang::Fr,
        _ if browser.trim_start().to_lowercase().starts_with("en") => Lang::En,
        _ => Lang::Fr,
    }
}
