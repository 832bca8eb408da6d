//! What follows the `?` of an address: every refusal is a problem that names the field.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

use crate::Problem;

/// The fields of an address.
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(asked)) => Ok(Self(asked)),
            // What was written there does not leave: it may be a customer's words.
            Err(why) => {
                let said = why.body_text();
                let missing = said.split_once("missing field `").and_then(|it| it.1.split_once('`')).map(|it| it.0);
                let detail = match missing {
                    Some(field) => format!("`{field}` is missing after the `?` of the address"),
                    None => "a field after the `?` of the address has a wrong value".to_owned(),
                };
                Err(Problem::bad("query_wrong_shape", detail))
            }
        }
    }
}
