//! What is known of a case at one instant, as numbers: enough to weigh it, and to weigh it again
//! identically.

use serde::{Deserialize, Serialize};
use vigie_model::{At, Gate, Harm, Kind};

/// Who speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Speaker {
    /// A recognised customer.
    pub known: bool,
    /// A regulated complaint.
    pub regulated: bool,
    /// Earlier unsolved contacts on the same cause.
    pub earlier_unsolved_same_cause: u32,
}

/// A rumour's file, as the rumour desk sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rumour {
    /// Level of the file, 0–4.
    pub level: u8,
    /// Mean spread number.
    pub r_mean: f64,
    /// Lower 95 % bound of the spread number.
    pub r_low: f64,
    /// Expected viewers in the next 24 hours.
    pub viewers: f64,
    /// Harm potential of a claim checked false, 0–10.
    pub harm: u8,
}

/// What the house knows around the message; absent means unknown and gives no points.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// The cause named, by its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Distinct customers with the same cause in seven days, this one included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers_same_cause_7d: Option<u32>,
    /// The cause was never seen before.
    pub new_cause: bool,
    /// A deadline: the customer's, the law's, a promise's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<At>,
    /// Delay aimed at, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_minutes: Option<u32>,
    /// Expected handling time, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handling_minutes: Option<u32>,
    /// The person is blocked right now.
    pub blocked: bool,
    /// Expected loss, decile 1–10 of the brand's own base (silences only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_loss_decile: Option<u8>,
    /// The rumour's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rumour: Option<Rumour>,
}

/// A case at one instant. Clocks are already minutes, so that the decision replays without a
/// calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Situation {
    /// What it is.
    pub kind: Kind,
    /// Worst harm told.
    pub harm: Harm,
    /// Hard gates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// A question or a promise is inside.
    #[serde(default)]
    pub asks: bool,
    /// A silence, not words.
    #[serde(default)]
    pub silence: bool,
    /// Who speaks.
    #[serde(default)]
    pub customer: Speaker,
    /// What is known around.
    #[serde(default)]
    pub context: Context,
    /// Opening minutes since the customer waits.
    pub elapsed_minutes: f64,
    /// Opening minutes until the deadline, handling time taken off; absent without a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack_minutes: Option<f64>,
    /// Business days without a human act.
    #[serde(default)]
    pub untouched_days: u32,
    /// Moved by hand: −1, 0, +1 queue.
    #[serde(default)]
    pub moved: i8,
    /// Moved by a rule of the house: −1, 0, +1 queue.
    #[serde(default, skip_serializing_if = "is_still")]
    pub ruled: i8,
}

/// Decisions stored before there were rules read the same.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_still(step: &i8) -> bool {
    *step == 0
}

impl Situation {
    /// Expected handling time, minutes; 12 when unknown.
    pub fn handling(&self) -> f64 {
        self.context
            .handling_minutes
            .map_or(crate::MEAN_HANDLING, f64::from)
    }
}
