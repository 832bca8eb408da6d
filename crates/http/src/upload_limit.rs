//! Refuses an upload before anything of it is read, when too many are under way.

use axum::{
    body::HttpBody as _,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{AppState, Problem, app::client_address, body::declared_length};

/// A body that is not declared to be larger is small, in bytes.
const SMALL: u64 = 64 * 1024;

/// Takes a place for whatever has a large body, until it is answered.
pub async fn limit(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if is_small(&request) {
        return next.run(request).await;
    }
    let address = client_address(&app, &request);
    match app.upload_places.take(address) {
        Some(_place) => next.run(request).await,
        None => too_many().into_response(),
    }
}

fn too_many() -> Problem {
    let detail = "too much is being sent at once: send it again in a while";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "uploads_too_many", detail)
}

/// Whether a request has no body, or says that it is small.
fn is_small(request: &Request) -> bool {
    let length = declared_length(request);
    request.body().is_end_stream() || length.is_some_and(|length| length <= SMALL)
}
