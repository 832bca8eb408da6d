//! Patterns that are written in the code. One that is not well-formed is a mistake of ours, which
//! the first mail of any test tells: none of them depends on what comes in.

use regex::{Regex, RegexSet};

/// A pattern over text.
#[expect(
    clippy::expect_used,
    reason = "a pattern of ours, the same at every start"
)]
pub fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of ours is well-formed")
}

/// A pattern over bytes.
#[expect(
    clippy::expect_used,
    reason = "a pattern of ours, the same at every start"
)]
pub fn bytes_pattern(text: &str) -> regex::bytes::Regex {
    regex::bytes::Regex::new(text).expect("a pattern of ours is well-formed")
}

/// Patterns over text, any of which may match.
#[expect(
    clippy::expect_used,
    reason = "patterns of ours, the same at every start"
)]
pub fn any_of<Pattern: AsRef<str>>(patterns: impl IntoIterator<Item = Pattern>) -> RegexSet {
    RegexSet::new(patterns).expect("patterns of ours are well-formed")
}
