//! How many requests there were and how long they took, by route: paths contain ids and
//! private tokens and are not recorded.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};

/// The pattern of a request's route, such as `/api/v1/cases/{id}`; the UI's own pages and
/// files are `other`.
pub fn route(request: &Request) -> String {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |it| it.as_str().to_owned())
}

/// Counts and times a request.
pub async fn measure(request: Request, next: Next) -> Response {
    let labels = [
        ("route", route(&request)),
        ("method", request.method().to_string()),
    ];
    let started = Instant::now();
    let answer = next.run(request).await;
    let status = answer.status().as_u16().to_string();
    metrics::histogram!("vigie_http_request_seconds", &labels)
        .record(started.elapsed().as_secs_f64());

    let [route, method] = labels;
    let labels = [route, method, ("status", status)];
    metrics::counter!("vigie_http_requests_total", &labels).increment(1);
    answer
}
