//! The proof of an erasure: counts only, nothing that identifies anybody.

use serde::{Deserialize, Serialize};

/// What was erased, without saying whose data it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErasureReport {
    /// Number of the last fact that records the erasure.
    pub fact: i64,
    pub people: usize,
    /// Messages, theirs and the answers to them.
    pub messages: usize,
    pub cases: usize,
    pub orders: u64,
    /// Items that intake had refused.
    pub refused: u64,
    /// Attachments and raw mails.
    pub files: usize,
    /// Copies of the database made before upgrades, deleted entirely.
    pub copies: usize,
    /// Number of traces searched for in every file of the data folder.
    pub looked_for: usize,
    /// Names of the files that still contain one, never their contents.
    pub found_in: Vec<String>,
}

impl ErasureReport {
    /// Adds the counts of another proof.
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
