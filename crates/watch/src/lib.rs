//! The watch language: queries that say which messages concern whom. The search box speaks a subset of it today: words,
//! "phrases", AND OR NOT, parentheses, `field:value`. The linter and the standing-query matcher will live here too. It
//! refuses to know where messages come from and who reads the matches.

mod parse;
mod query;

pub use parse::{Wrong, parse};
pub use query::{FIELDS, Query};
