//! The house: it wires the rooms together, gives them time and chance, and opens the doors. Only
//! here are the clock and the random generator of the machine touched; nobody knows this crate.

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
