//! The stored record of a decision: enough to show it, and to replay it identically.

use serde::{Deserialize, Serialize};

use crate::{Situation, TriageResult};

/// What was known, and what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What was known.
    pub situation: Situation,
    /// What was decided.
    pub weighed: TriageResult,
}

impl Decision {
    /// Reads a stored record; `None` for a case that was not weighed.
    pub fn read(record: &str) -> Option<Self> {
        serde_json::from_str(record).ok() // default: what an older version weighed is weighed again
    }

    /// The decision as it is stored.
    pub fn record(&self) -> String {
        // default: numbers and codes alone are always written
        serde_json::to_string(self).unwrap_or_else(|_| "{}".into())
    }
}
