//! What people look at to know how it goes.

pub mod facts;
pub mod first_contact;
pub mod friday;
pub mod health;
pub mod ingest_delay;
pub mod tasks;
pub mod today;
