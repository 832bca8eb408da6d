//! What is known of a case at one instant, as numbers: enough to weigh it, and to weigh it again
//! identically.

use serde::{Deserialize, Serialize};
use vigie_model::{At, Gate, Harm, Kind};

/// What is known about the customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TriageCustomer {
    /// Whether this is a recognised customer.
    pub known: bool,
    /// Whether they only say so: nothing proves it yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub claimed: bool,
    /// Whether the complaint is a regulated one.
    pub regulated: bool,
    /// Earlier unsolved contacts on the same cause.
    pub earlier_unsolved_same_cause: u32,
}

/// The assessment of a rumour, as people entered it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rumour {
    /// Level of the rumour, 0–4.
    pub level: u8,
    /// Mean spread number.
    pub r_mean: f64,
    /// Lower 95 % bound of the spread number.
    pub r_low: f64,
    /// Expected viewers in the next 24 hours.
    pub viewers: f64,
    /// Potential harm of a claim checked false, 0–10.
    pub harm: u8,
}

/// The known context of the message; absent means unknown and gives no points.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TriageContext {
    /// Code of the named cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Distinct customers with the same cause in seven days, this one included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers_same_cause_7d: Option<u32>,
    /// Whether the cause was never seen before.
    pub new_cause: bool,
    /// A deadline: the customer's, the law's, or a promise's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<At>,
    /// Target delay, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_minutes: Option<u32>,
    /// Expected handling time, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handling_minutes: Option<u32>,
    /// Whether the person is blocked right now.
    pub blocked: bool,
    /// Expected loss, as a decile (1–10) of the brand's own base (silences only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_loss_decile: Option<u8>,
    /// The rumour's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rumour: Option<Rumour>,
}

/// A case at one instant. Times are already in minutes, so that the decision replays without a
/// calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Situation {
    pub kind: Kind,
    /// The worst harm stated.
    pub harm: Harm,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// Whether it contains a question or a promise.
    #[serde(default)]
    pub asks: bool,
    /// Whether it is a silence rather than a message.
    #[serde(default)]
    pub silence: bool,
    #[serde(default)]
    pub customer: TriageCustomer,
    /// The known context.
    #[serde(default)]
    pub context: TriageContext,
    /// Opening minutes for which the customer has been waiting.
    pub elapsed_minutes: f64,
    /// Opening minutes until the deadline, minus handling time; absent without a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack_minutes: Option<f64>,
    /// Business days without a human act.
    #[serde(default)]
    pub untouched_days: u32,
    /// Moved by hand: −1, 0, +1 queue.
    #[serde(default)]
    pub moved: i8,
    /// Moved by a triage rule: −1, 0, +1 queue.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ruled: i8,
}

/// Not serialised when 0: decisions stored before rules existed read the same.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(step: &i8) -> bool {
    *step == 0
}

impl Situation {
    /// Expected handling time in minutes; 12 when unknown.
    pub fn handling(&self) -> f64 {
        self.context
            .handling_minutes
            .map_or(crate::MEAN_HANDLING, f64::from)
    }
}
