//! Query strings: every refusal is a problem that names the field.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

use crate::Problem;

/// The fields of a query string.
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(params)) => Ok(Self(params)),
            Err(error) => Err(Problem::bad_request(
                "query_wrong_shape",
                detail(&error.body_text()),
            )),
        }
    }
}

/// Names the field; its value is not disclosed, since it may be a customer's text.
fn detail(said: &str) -> String {
    if let Some((field, _)) = said
        .split_once("missing field `")
        .and_then(|it| it.1.split_once('`'))
    {
        return format!("`{field}` is missing: write `{field}=…` after the `?` of the address");
    }
    let named = said
        .split(": ")
        .nth(1)
        .filter(|it| it.bytes().all(|it| it.is_ascii_lowercase() || it == b'_'));
    let field = named.map_or_else(|| "a field".to_owned(), |it| format!("`{it}`"));
    format!(
        "{field} has a wrong value after the `?` of the address: /api/v1/openapi.json says which \
            it takes"
    )
}
