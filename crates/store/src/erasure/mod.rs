//! How a person is erased, and who is past the term people are kept.

pub(crate) mod deletion;
mod person;

pub use person::{ErasureCounts, PersonTraces};
pub(crate) mod retention;
