//! The application: it connects the crates, provides time and randomness, and starts intake
//! and the HTTP server. Only this crate uses the machine's clock and random generator; no
//! other crate depends on it.

pub mod backup;
pub mod cli;
mod commands;
pub use commands::openapi::text as openapi_text;
pub mod doctor;
pub mod exporting;
pub mod observing;
pub mod secured;
pub mod serving;
pub mod settings;
mod side_door;

pub use vigie_journey::Instance;
