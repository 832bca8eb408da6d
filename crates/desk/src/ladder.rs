//! The ladder of a complaint: heard, understood, taken into account, solved. Each step is
//! derived from what people did; a step without its act is not reached, nor is any step above
//! it (row A17).

use serde::{Deserialize, Serialize};

/// A step of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LadderStep {
    /// A person answered.
    Heard,
    /// The cause was named.
    Understood,
    /// A promise was made, or a remedy started.
    TakenIntoAccount,
    /// Closed with evidence.
    Solved,
}

/// The acts the steps are derived from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ladder {
    /// A person answered the customer.
    pub answered: bool,
    /// Whether a cause is currently named.
    pub cause_named: bool,
    /// A promise was made, kept or not.
    pub promised: bool,
    /// Closed as solved with evidence.
    pub proved: bool,
}

/// The steps reached, lowest first. Evidence implies that the problem was taken into account.
pub fn ladder(acts: Ladder) -> Vec<LadderStep> {
    let reached = [
        (LadderStep::Heard, acts.answered),
        (LadderStep::Understood, acts.cause_named),
        (LadderStep::TakenIntoAccount, acts.promised || acts.proved),
        (LadderStep::Solved, acts.proved),
    ];
    reached
        .into_iter()
        .take_while(|(_, done)| *done)
        .map(|(step, _)| step)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_is_reached_over_a_missing_one() {
        let acts = Ladder {
            answered: true,
            cause_named: false,
            promised: true,
            proved: true,
        };
        assert_eq!(ladder(acts), [LadderStep::Heard]);
        let acts = Ladder {
            cause_named: true,
            ..acts
        };
        assert_eq!(
            ladder(acts),
            [
                LadderStep::Heard,
                LadderStep::Understood,
                LadderStep::TakenIntoAccount,
                LadderStep::Solved
            ]
        );
        assert!(
            ladder(Ladder {
                answered: false,
                ..acts
            })
            .is_empty()
        );
    }
}
