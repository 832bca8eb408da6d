//! Why intake refuses an item: a stable code, and a sentence that names the place.

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, such as `text_missing`.
    pub problem: &'static str,
    /// A sentence naming the place; never the customer's own text.
    pub detail: String,
}

impl Refusal {
    /// Makes a refusal from its code and its sentence.
    pub fn new(problem: &'static str, detail: impl Into<String>) -> Self {
        Self {
            problem,
            detail: detail.into(),
        }
    }
}
