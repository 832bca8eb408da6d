//! Erasing people.

pub mod retention;
