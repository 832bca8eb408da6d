//! Why the door refuses an item: a stable code, and words that name the place.

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, as `text_missing`.
    pub problem: &'static str,
    /// In words, naming the place; never the customer's own words.
    pub detail: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(problem: &'static str, detail: impl Into<String>) -> Self {
        Self {
            problem,
            detail: detail.into(),
        }
    }
}
