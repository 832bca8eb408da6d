//! Request bodies: read whole within a limit, then as JSON; every refusal is a problem that
//! names the place.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use futures::StreamExt as _;
use serde::de::DeserializeOwned;

use crate::Problem;

/// A JSON body of at most 1 MiB.
pub struct JsonBody<T>(pub T);

const LARGEST: usize = 1024 * 1024;

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read_json(request, LARGEST).await.map(JsonBody)
    }
}

/// A body that says it is JSON: a form of another site can send text, but cannot say that.
pub async fn read_json<T: DeserializeOwned>(
    request: Request,
    largest: usize,
) -> Result<T, Problem> {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    let says_json = media_type.is_some_and(|it| it.as_bytes().starts_with(b"application/json"));
    if !says_json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "send JSON, with content-type: application/json",
        ));
    }
    json(&read_body(request, largest).await?)
}

/// The whole body, or 413 beyond `largest` bytes; at once, without reading it, when its length is
/// declared.
pub async fn read_body(request: Request, largest: usize) -> Result<Bytes, Problem> {
    if declared_length(&request) > Some(largest as u64) {
        return Err(too_large(largest));
    }
    let mut stream = request.into_body().into_data_stream();
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|_| {
            Problem::bad_request("body_broken", "the body breaks off: send it again")
        })?;
        if bytes.len() + part.len() > largest {
            return Err(too_large(largest));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes.into())
}

/// The length of its body that a request declares.
pub fn declared_length(request: &Request) -> Option<u64> {
    let length = request.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok() // default: what is no length is found out as it is read
}

fn too_large(largest: usize) -> Problem {
    let detail = format!(
        "the body is over {} MiB: send less at once",
        largest.div_ceil(1024 * 1024)
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}

/// JSON of a known shape. The error message is our own: the library's could quote the body.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if let Err(error) = std::str::from_utf8(bytes) {
        let detail = format!("the body is not UTF-8: byte {}", error.valid_up_to());
        return Err(Problem::bad_request("not_json", detail));
    }
    serde_json::from_slice(bytes).map_err(|err| {
        let place = format!("line {} column {}", err.line(), err.column());
        match err.classify() {
            serde_json::error::Category::Data => {
                Problem::bad_request("wrong_shape", format!("{} ({place})", safe_message(&err)))
            }
            _ => Problem::bad_request("not_json", format!("the body is not JSON: {place}")),
        }
    })
}

/// "missing field `x`" and "unknown variant" are useful; the value found is not disclosed.
fn safe_message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let helpful = text.starts_with("missing field") || text.starts_with("invalid type");
    if helpful {
        text.split(" at line").next().unwrap_or_default().to_owned()
    } else {
        "a field has a wrong value".into()
    }
}
