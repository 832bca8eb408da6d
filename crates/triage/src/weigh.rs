//! The whole decision: two axes, a queue, its reasons, and the smallest change that would
//! alter it.

use serde::{Deserialize, Serialize};
use vigie_model::{At, Gate, Harm, Queue};

use crate::{
    Factor, RULES, Reason, Situation, TriageCustomer, points,
    queue::{gate, queue},
};

/// The result of weighing a situation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriageResult {
    /// Version of the rules.
    pub rules: String,
    /// 0–100.
    pub importance: i64,
    /// 0–100.
    pub urgency: i64,
    pub queue: Queue,
    /// The gate that decided the queue, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// The lines; those of an axis add up to its value.
    pub reasons: Vec<Reason>,
    /// The smallest change that would alter the queue.
    pub counterfactual: Option<Counterfactual>,
    /// When the points next change without any act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_change_at: Option<At>,
}

/// "Without this, the case would be in that queue."
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counterfactual {
    /// What is taken away.
    pub without: CounterfactualFactor,
    /// Where the case would wait.
    pub queue: Queue,
}

/// What a counterfactual takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CounterfactualFactor {
    /// The move by hand.
    Move,
    /// The effect of a triage rule.
    Rule,
    Gate,
    /// Being blocked.
    Blocked,
    Deadline,
    /// The harm.
    Harm,
    /// Being a customer.
    Customer,
    /// The other customers with the same cause.
    Breadth,
    /// The days untouched.
    Ageing,
}

/// Weighs a situation. The same situation always weighs the same.
pub fn weigh(situation: &Situation) -> TriageResult {
    let mut reasons = points::importance(situation);
    let importance: i64 = reasons.iter().map(|line| line.points).sum();
    let urgent = points::urgency(situation);
    let urgency: i64 = urgent.iter().map(|line| line.points).sum();
    reasons.extend(urgent);
    let place = queue(situation, importance, urgency);
    TriageResult {
        rules: RULES.to_owned(),
        importance,
        urgency,
        queue: place,
        gate: gate(situation),
        counterfactual: counterfactual(situation, place, &reasons),
        reasons,
        next_change_at: None,
    }
}

/// The queue of the same situation under another step of a rule.
pub fn queue_ruled(situation: &Situation, ruled: i8) -> Queue {
    outcome(&Situation {
        ruled,
        ..situation.clone()
    })
    .2
}

/// Only the points and the queue.
pub(crate) fn outcome(situation: &Situation) -> (i64, i64, Queue) {
    let (importance, urgency) = points::sums(situation);
    (importance, urgency, queue(situation, importance, urgency))
}

/// Takes away one thing at a time, the easiest to question first; returns the first that
/// alters the queue.
fn counterfactual(
    situation: &Situation,
    place: Queue,
    reasons: &[Reason],
) -> Option<Counterfactual> {
    QUESTIONED.into_iter().find_map(|without| {
        if !counts(without, situation, reasons) {
            return None;
        }
        let mut other = situation.clone();
        take_away(without, &mut other);
        let elsewhere = outcome(&other).2;
        (elsewhere != place).then_some(Counterfactual {
            without,
            queue: elsewhere,
        })
    })
}

/// What can be taken away, the easiest to question first.
const QUESTIONED: [CounterfactualFactor; 9] = [
    CounterfactualFactor::Move,
    CounterfactualFactor::Rule,
    CounterfactualFactor::Gate,
    CounterfactualFactor::Blocked,
    CounterfactualFactor::Breadth,
    CounterfactualFactor::Customer,
    CounterfactualFactor::Deadline,
    CounterfactualFactor::Ageing,
    CounterfactualFactor::Harm,
];

/// Whether it has any part in where the case waits.
fn counts(what: CounterfactualFactor, situation: &Situation, reasons: &[Reason]) -> bool {
    let given = |factor| reasons.iter().any(|line| line.factor == factor);
    match what {
        CounterfactualFactor::Move => situation.moved != 0,
        CounterfactualFactor::Rule => situation.ruled != 0,
        CounterfactualFactor::Gate => !situation.gates.is_empty(),
        CounterfactualFactor::Blocked => given(Factor::Blocked),
        CounterfactualFactor::Breadth => given(Factor::Breadth),
        CounterfactualFactor::Customer => given(Factor::Customer),
        CounterfactualFactor::Deadline => given(Factor::Deadline),
        CounterfactualFactor::Ageing => given(Factor::Ageing),
        CounterfactualFactor::Harm => given(Factor::Harm),
    }
}

fn take_away(what: CounterfactualFactor, situation: &mut Situation) {
    match what {
        CounterfactualFactor::Move => situation.moved = 0,
        CounterfactualFactor::Rule => situation.ruled = 0,
        CounterfactualFactor::Gate => situation.gates.clear(),
        CounterfactualFactor::Blocked => situation.context.blocked = false,
        CounterfactualFactor::Breadth => situation.context.customers_same_cause_7d = None,
        CounterfactualFactor::Customer => situation.customer = TriageCustomer::default(),
        CounterfactualFactor::Deadline => situation.slack_minutes = None,
        CounterfactualFactor::Ageing => situation.untouched_days = 0,
        CounterfactualFactor::Harm => situation.harm = Harm::None,
    }
}
