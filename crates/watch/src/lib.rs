//! The watch language: queries that select messages. The search box supports a subset of it
//! today: words, "phrases", AND OR NOT, parentheses, `field:value`. A query is also matched
//! against one message as it arrives, for triage rules; the linter and the matcher of many
//! standing queries will be here too. It does not know where messages come from or who reads
//! the matches.

mod matching;
mod parse;
mod query;

pub use matching::MessageView;
pub use parse::{ParseError, parse};
pub use query::{FIELDS, Query};
