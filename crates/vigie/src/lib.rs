//! The application: it connects the crates, provides time and randomness, and starts intake
//! and the HTTP server. Only this crate uses the machine's clock and random generator; no
//! other crate depends on it.

pub mod backup;
pub mod cli;
mod commands;
pub mod connections;
pub use commands::openapi::text as openapi_text;
mod control_socket;
pub mod doctor;
pub mod export;
pub mod observability;
pub mod server;
pub mod settings;
pub mod tasks;
pub mod tls;

pub use vigie_journey::Instance;
