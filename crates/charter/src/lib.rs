//! How the brand writes: the editorial checks that a program can make on an answer before a
//! person sends it. First checks only; the charter's own file, its versions and the other
//! rules will come later.
//!
//! Pure: it depends only on [`vigie_model`]. It never writes anything itself: it only makes
//! remarks.

use serde::{Deserialize, Serialize};
use vigie_model::Visibility;

mod promise;
mod signature;

pub use promise::{DetectedPromise, find_promise};
pub use signature::is_signed;

/// How serious a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Shown, without preventing sending.
    Warn,
    /// Must be removed before sending.
    Block,
}

/// A remark on an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The rule: `unsigned`, `personal_data`.
    pub rule: &'static str,
    pub severity: Severity,
    /// First byte, when the remark is about a part of the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Remarks on an answer signed by `name`. `personal` are the spans of personal data found in
/// it: in public they block (check K7), in private they raise no remark.
pub fn remarks(
    text: &str,
    visibility: Visibility,
    name: &str,
    personal: &[(usize, usize)],
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if visibility == Visibility::Public {
        let exposed = |(start, end): &(usize, usize)| Remark {
            rule: "personal_data",
            severity: Severity::Block,
            start: *start,
            end: *end,
        };
        remarks.extend(personal.iter().map(exposed));
    }
    if !is_signed(text, name) {
        remarks.push(Remark {
            rule: "unsigned",
            severity: Severity::Warn,
            start: text.len(),
            end: text.len(),
        });
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_blocks_in_public_only() {
        let found = remarks(
            "Appelez 0612345678. Claire",
            Visibility::Public,
            "Claire Morvan",
            &[(8, 18)],
        );
        assert_eq!(
            found.first().map(|it| (it.rule, it.severity)),
            Some(("personal_data", Severity::Block))
        );
        assert!(
            remarks(
                "Appelez 0612345678. Claire",
                Visibility::Private,
                "Claire Morvan",
                &[(8, 18)]
            )
            .is_empty()
        );
    }
}
