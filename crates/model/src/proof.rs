//! What an erasure leaves behind: numbers, and nothing of whom.

use serde::{Deserialize, Serialize};

/// What was erased, without a word of whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proof {
    /// Number of the last fact that says so.
    pub fact: i64,
    /// People.
    pub people: usize,
    /// Messages, theirs and the answers to them.
    pub messages: usize,
    /// Cases.
    pub cases: usize,
    /// Orders.
    pub orders: u64,
    /// Items the door had refused.
    pub refused: u64,
    /// Files and raw mails.
    pub files: usize,
    /// Copies of the database made before upgrades, deleted whole.
    pub copies: usize,
    /// How many traces were looked for in every file of the folder.
    pub looked_for: usize,
    /// Files that still hold one: names, never contents.
    pub found_in: Vec<String>,
}

impl Proof {
    /// Both.
    pub fn add(&mut self, other: &Self) {
        self.fact = self.fact.max(other.fact);
        self.people += other.people;
        self.messages += other.messages;
        self.cases += other.cases;
        self.orders += other.orders;
        self.refused += other.refused;
        self.files += other.files;
    }
}
