//! The API, one file of handlers per noun. Each handler reads what it needs, calls a domain
//! crate, and responds.

pub mod acts;
pub mod answers;
pub mod brands;
pub mod bulk;
pub mod cards;
mod case_shown;
pub mod cases;
pub mod causes;
pub mod colleagues;
pub mod corrections;
pub mod customers;
pub mod facts;
pub mod files;
pub mod first_contact;
pub mod friday;
pub mod health;
pub mod heard_after;
pub mod imports;
pub mod inbox;
pub mod invitations;
pub mod keys;
pub mod mailboxes;
pub mod messages;
pub mod moves;
pub mod orders;
pub mod outbox;
pub mod own_past;
pub mod people;
pub mod person_copy;
pub mod preferences;
pub mod questions;
pub mod refused;
pub mod reports;
pub mod retention;
pub mod rule_trial;
pub mod rules;
pub mod saved_searches;
pub mod saved_views;
pub mod search;
pub mod seen;
pub mod sessions;
pub mod shown;
pub mod sources;
pub mod tags;
pub mod teams;
pub mod timeline;
pub mod today;
pub mod translation;
pub mod visits;
pub mod webhooks;

use serde::Serialize;
use utoipa::ToSchema;

/// A response without content: the act is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    pub done: bool,
}

/// The response of an act that is done.
pub fn done() -> axum::Json<Done> {
    axum::Json(Done { done: true })
}
