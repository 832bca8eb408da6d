//! The house: it wires the rooms together, gives them time and chance, and opens the doors. Only
//! here are the clock and the random generator of the machine touched; nobody knows this crate.

pub mod backup;
pub mod bench;
pub mod chance;
pub mod cli;
mod commands;
pub use commands::openapi::text as openapi_text;
pub mod demo;
pub mod doctor;
pub mod erasing;
pub mod exporting;
mod hear;
pub mod house;
pub mod journey;
pub mod mailbox;
pub mod observing;
pub mod past;
mod process;
pub mod secured;
pub mod serving;
pub mod settings;
mod side_door;
pub mod weighing;

pub use house::House;
