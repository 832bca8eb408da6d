//! The embedded UI: assets are cached for a year, the page itself never; unknown paths outside
//! the API serve the application's page.

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use vigie_model::Lang;
use vigie_wording::catalogue;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Dist;

/// The page shown when the UI was not built.
#[derive(Template)]
#[template(path = "not_built.html")]
struct NotBuiltPage {
    sentences: [(Lang, &'static str); 2],
}

impl NotBuiltPage {
    fn new() -> Self {
        let in_language = |lang| (lang, catalogue(lang).ui.not_built);
        Self {
            sentences: [Lang::En, Lang::Fr].map(in_language),
        }
    }
}

/// Serves a file of the UI, or the application's page.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("f/") || path.starts_with("p/") {
        return crate::Problem::not_found("route").into_response();
    }
    if path.starts_with("assets/") {
        return file(path, &headers, "public, max-age=31536000, immutable")
            .unwrap_or_else(|| StatusCode::NOT_FOUND.into_response());
    }
    file(path, &headers, "no-cache")
        .or_else(|| file("index.html", &headers, "no-cache"))
        .unwrap_or_else(|| crate::pages::html(&NotBuiltPage::new()))
}

fn file(path: &str, headers: &HeaderMap, cache: &'static str) -> Option<Response> {
    let plain = Dist::get(path).filter(|_| !path.is_empty())?;
    let accepts = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let squeezed = accepts
        .contains("gzip")
        .then(|| Dist::get(&format!("{path}.gz")))
        .flatten();
    let media = media_type(path);
    let mut answer = match squeezed {
        Some(file) => ([(header::CONTENT_ENCODING, "gzip")], file.data).into_response(),
        None => plain.data.into_response(),
    };
    let set = answer.headers_mut();
    set.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media),
    );
    set.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static(cache),
    );
    set.insert(
        header::VARY,
        header::HeaderValue::from_static("accept-encoding"),
    );
    Some(answer)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}
