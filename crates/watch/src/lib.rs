//! The watch language: queries that say which messages concern whom. The search box speaks a subset
//! of it today: words, "phrases", AND OR NOT, parentheses, `field:value`. A query is also matched
//! against one message as it comes, for the house's rules; the linter and the matcher of many
//! standing queries will live here too. It refuses to know where messages come from and who reads
//! the matches.

mod matching;
mod parse;
mod query;

pub use matching::Looked;
pub use parse::{Wrong, parse};
pub use query::{FIELDS, Query};
