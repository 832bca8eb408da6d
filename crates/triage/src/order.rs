//! The order an agent sees, across queues, as one integer: smaller comes first.

use vigie_model::{At, Kind, Queue};

use crate::{Situation, TriageResult};

/// The seven tiers of the list, first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A gate applies: danger, law, exposed data…
    Gate,
    /// Customers' cases in the queue Now.
    CustomersNow,
    /// Open complaints of customers, by due time, whatever their queue (row E12).
    CustomersComplaints,
    /// Other cases in the queue Now.
    OthersNow,
    Quick,
    Plan,
    Later,
}

const TIER_SIZE: i64 = 10_000_000_000_000_000;
/// An upper bound of the index, I·(1+U/50)/max(5, minutes) ≤ 60, in thousandths.
const INDEX_TOP: i64 = 100_000;

/// The tier of a case.
pub fn tier(situation: &Situation, weighed: &TriageResult) -> Tier {
    match (weighed.queue, situation.customer.known, situation.kind) {
        _ if weighed.gate.is_some() => Tier::Gate,
        (Queue::Now, true, _) => Tier::CustomersNow,
        (_, true, Kind::Complaint) => Tier::CustomersComplaints,
        (Queue::Now, false, _) => Tier::OthersNow,
        (Queue::Quick, _, _) => Tier::Quick,
        (Queue::Plan, _, _) => Tier::Plan,
        (Queue::Later, _, _) => Tier::Later,
    }
}

/// The rank in lists: tier, then due time for customers' complaints, else the index; the
/// case's key, which grows with time, breaks ties, oldest first.
pub fn rank(situation: &Situation, weighed: &TriageResult, due: Option<At>) -> i64 {
    let tier = tier(situation, weighed);
    let within = match (tier, due) {
        (Tier::CustomersComplaints, Some(due)) => due.millis(),
        (Tier::CustomersComplaints, None) => TIER_SIZE - 1,
        _ => INDEX_TOP - index_in_thousandths(situation, weighed),
    };
    tier as i64 * TIER_SIZE + within.clamp(0, TIER_SIZE - 1)
}

/// Importance × urgency over the work required: more benefit per minute first.
fn index_in_thousandths(situation: &Situation, weighed: &TriageResult) -> i64 {
    let index = weighed.importance as f64 * (1.0 + weighed.urgency as f64 / 50.0)
        / situation.handling().max(5.0);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an index is between 0 and 60"
    )]
    let thousandths = (index * 1_000.0).round() as i64;
    thousandths
}
