//! The API, one file of handlers per noun. Each handler reads what it needs, calls a domain
//! crate, and responds.

pub mod answers;
pub mod brands;
pub mod bulk;
pub mod cards;
pub mod case_actions;
mod case_response;
pub mod cases;
pub mod causes;
pub mod colleagues;
pub mod connectors;
pub mod corrections;
pub mod customers;
pub mod facts;
pub mod files;
pub mod first_contact;
pub mod friday;
pub mod health;
pub mod import_insights;
pub mod imports;
pub mod inbox;
pub mod ingest_delay;
pub mod invitations;
pub mod keys;
pub mod mailboxes;
pub mod messages;
pub mod moves;
pub mod orders;
pub mod outbox;
pub mod people;
pub mod person_copy;
pub mod preferences;
pub mod questions;
pub mod read_state;
pub mod refused_items;
pub mod reports;
pub mod responses;
pub mod retention;
pub mod rule_trial;
pub mod rules;
pub mod saved_searches;
pub mod saved_views;
pub mod search;
pub mod sessions;
pub mod sources;
pub mod tags;
pub mod tasks;
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
pub struct DoneResponse {
    /// Always true.
    pub done: bool,
}

/// The response of an act that is done.
pub fn done() -> axum::Json<DoneResponse> {
    axum::Json(DoneResponse { done: true })
}
