//! What is counted for people to look at.

pub(crate) mod first_contact;
pub(crate) mod ingest_delay;
pub(crate) mod reports;
pub(crate) mod week;
