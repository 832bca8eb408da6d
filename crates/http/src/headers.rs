//! The headers of every response: what a browser may load, and what it must not do.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::AppState;

const STRICT: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri \
    'none'; form-action 'self'; \
    frame-ancestors 'none'";
/// The form may be embedded in the brand's own pages.
const EMBEDDABLE: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri \
    'none'; form-action 'self'";

/// A browser that came by HTTPS comes by nothing else for a year.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the headers to a response.
pub async fn add(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let form = request.uri().path().starts_with("/f/");
    // Addresses that open something to whoever holds them.
    let pages = ["/a/", "/c/", "/f/", "/p/"];
    let private = pages.iter().any(|it| request.uri().path().starts_with(it));
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    let policy = if form { EMBEDDABLE } else { STRICT };
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    if app.config.secure_cookies {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    // Such an address must not be sent in a Referer.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static(if private {
            "no-referrer"
        } else {
            "same-origin"
        }),
    );
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    answer
}
