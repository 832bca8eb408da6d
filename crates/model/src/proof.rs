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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_add_up_and_keep_the_last_fact() {
        let one = ErasureReport {
            fact: 7,
            people: 1,
            messages: 2,
            cases: 3,
            orders: 4,
            refused: 5,
            files: 6,
            copies: 1,
            looked_for: 9,
            found_in: vec!["store.db".into()],
        };
        let mut all = ErasureReport {
            fact: 9,
            ..one.clone()
        };
        all.add(&one);
        all.add(&one);
        let expected = ErasureReport {
            fact: 9,
            people: 3,
            messages: 6,
            cases: 9,
            orders: 12,
            refused: 15,
            files: 18,
            ..one
        };
        assert_eq!(all, expected);
    }
}
