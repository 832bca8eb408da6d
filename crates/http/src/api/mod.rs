//! The API, one file of handlers per noun. Each handler reads what it needs, calls a domain
//! crate, and responds.

pub mod acting;
pub mod cases;
pub mod customers;
pub mod erasure;
pub mod measures;
pub mod messages;
pub mod outgoing;
pub mod past;
pub mod people;
pub mod searching;
pub mod settings;

use serde::Serialize;
use utoipa::ToSchema;

/// A response without content: the act is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoneResponse {
    /// Always true.
    pub done: bool,
}

/// The response of an act that is done.
pub fn done() -> axum::Json<DoneResponse> {
    axum::Json(DoneResponse { done: true })
}
