//! Separates the important from the urgent, with reasons: integer points on two axes, hard
//! gates before any score, four queues, and one order in which a customer's complaint never
//! comes after a prospect.
//!
//! It depends only on [`vigie_model`]: no database, no network, no clock. The same situation
//! always gives the same result.
//!
//! The factors, their points and the worked fixtures are the project's own model, version
//! [`RULES`].

mod calendar;
mod decision;
mod input;
mod order;
mod points;
mod queue;
mod situation;
mod subject;
mod weigh;

pub use calendar::{Calendar, InvalidOpeningHours};
pub use decision::Decision;
pub use input::TriageInput;
pub use order::{Tier, rank, tier};
pub use points::{Axis, Factor, Reason};
pub use situation::{Rumour, Situation, TriageContext, TriageCustomer};
pub use subject::Subject;
pub use weigh::{Counterfactual, CounterfactualFactor, TriageResult, queue_ruled, weigh};

/// The version of the rules, stored with every decision.
pub const RULES: &str = "triage-1";

/// Importance at or above which a case is important.
pub const IMPORTANT: i64 = 35;

/// Urgency at or above which a case is urgent.
pub const URGENT: i64 = 50;

/// Mean handling time in minutes: the scale on which a deadline's slack decays.
pub const MEAN_HANDLING: f64 = 12.0;
