//! The whole decision: two axes, a queue, its reasons, and the smallest change that would
//! alter it.

use serde::{Deserialize, Serialize};
use vigie_model::{At, Gate, Harm, Queue};

use crate::{
    Factor, RULES, Reason, Situation, points,
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
    let given = |factor| reasons.iter().any(|line| line.factor == factor);
    let mut changes: Vec<(CounterfactualFactor, Situation)> = Vec::new();
    let mut consider = |holds: bool, without, change: fn(&mut Situation)| {
        if holds {
            let mut other = situation.clone();
            change(&mut other);
            changes.push((without, other));
        }
    };
    consider(situation.moved != 0, CounterfactualFactor::Move, |it| {
        it.moved = 0
    });
    consider(situation.ruled != 0, CounterfactualFactor::Rule, |it| {
        it.ruled = 0
    });
    consider(
        !situation.gates.is_empty(),
        CounterfactualFactor::Gate,
        |it| it.gates.clear(),
    );
    consider(
        given(Factor::Blocked),
        CounterfactualFactor::Blocked,
        |it| it.context.blocked = false,
    );
    consider(
        given(Factor::Breadth),
        CounterfactualFactor::Breadth,
        |it| it.context.customers_same_cause_7d = None,
    );
    consider(
        given(Factor::Customer),
        CounterfactualFactor::Customer,
        |it| it.customer = crate::TriageCustomer::default(),
    );
    consider(
        given(Factor::Deadline),
        CounterfactualFactor::Deadline,
        |it| it.slack_minutes = None,
    );
    consider(given(Factor::Ageing), CounterfactualFactor::Ageing, |it| {
        it.untouched_days = 0
    });
    consider(given(Factor::Harm), CounterfactualFactor::Harm, |it| {
        it.harm = Harm::None
    });
    changes.into_iter().find_map(|(without, other)| {
        let (importance, urgency) = points::sums(&other);
        let elsewhere = queue(&other, importance, urgency);
        (elsewhere != place).then_some(Counterfactual {
            without,
            queue: elsewhere,
        })
    })
}
