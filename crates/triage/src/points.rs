//! The factors of both axes, each a line of integer points with its evidence.

use serde::{Deserialize, Serialize};
use vigie_model::{Harm, Kind};

use crate::{MEAN_HANDLING, Rumour, Situation};

/// The two axes of triage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// The consequence of never acting.
    Importance,
    /// The consequence of a delay.
    Urgency,
}

/// Why points are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The harm to the person.
    Harm,
    /// A recognised customer.
    Customer,
    /// A regulated complaint.
    Regulated,
    /// Earlier unsolved contacts on the same cause.
    Earlier,
    /// The points for duties together are limited to 20.
    DutyCap,
    /// Distinct customers with the same cause.
    Breadth,
    /// A new cause, from which something can be learned.
    Learning,
    /// A claim checked false that could do harm.
    FalseClaim,
    /// Expected viewers (rumours only).
    Exposure,
    /// Expected loss (silences only).
    Loss,
    /// Nobody has acted on it for days.
    Ageing,
    /// A deadline is close.
    Deadline,
    /// Time elapsed towards the target delay.
    Target,
    /// The person is blocked right now.
    Blocked,
    /// The rumour is spreading.
    Spread,
    /// The axis is limited to 0–100.
    Clamp,
}

/// One line of the explanation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    pub axis: Axis,
    pub factor: Factor,
    /// Integer; the lines of an axis add up to its value exactly.
    pub points: i64,
    /// What the points are based on: codes and numbers.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub evidence: serde_json::Value,
}

/// The lines of importance, including the clamp.
pub fn importance(situation: &Situation) -> Vec<Reason> {
    let mut lines = ReasonList::new(Axis::Importance, true);
    weigh_importance(situation, &mut lines);
    lines.lines
}

/// The lines of urgency, including the clamp.
pub fn urgency(situation: &Situation) -> Vec<Reason> {
    let mut lines = ReasonList::new(Axis::Urgency, true);
    weigh_urgency(situation, &mut lines);
    lines.lines
}

/// Both axes without their lines, as needed when looking ahead over many instants.
pub fn sums(situation: &Situation) -> (i64, i64) {
    let mut importance = ReasonList::new(Axis::Importance, false);
    weigh_importance(situation, &mut importance);
    let mut urgency = ReasonList::new(Axis::Urgency, false);
    weigh_urgency(situation, &mut urgency);
    (importance.sum, urgency.sum)
}

fn weigh_importance(situation: &Situation, lines: &mut ReasonList) {
    lines.add(
        Factor::Harm,
        harm_points(situation.harm),
        || serde_json::json!({"harm": situation.harm}),
    );
    duty(situation, lines);
    cause(situation, lines);
    if let (Kind::Rumour, Some(rumour)) = (situation.kind, situation.context.rumour) {
        stakes(rumour, lines);
    }
    if let (true, Some(decile)) = (situation.silence, situation.context.expected_loss_decile) {
        lines.add(
            Factor::Loss,
            i64::from(decile.min(10)),
            || serde_json::json!({"decile": decile}),
        );
    }
    let days = situation.untouched_days;
    lines.add(
        Factor::Ageing,
        i64::from(days) * 5,
        || serde_json::json!({"days": days}),
    );
    lines.clamp();
}

/// How many the cause concerns, and whether something can be learned from it.
fn cause(situation: &Situation, lines: &mut ReasonList) {
    if let Some(customers) = situation.context.customers_same_cause_7d {
        lines.add(
            Factor::Breadth,
            breadth_points(customers),
            || serde_json::json!({"customers": customers}),
        );
    }
    if situation.context.new_cause {
        lines.add(
            Factor::Learning,
            10,
            || serde_json::json!({"cause": situation.context.cause}),
        );
    }
}

/// What a false claim could do, and to how many.
fn stakes(rumour: Rumour, lines: &mut ReasonList) {
    lines.add(
        Factor::FalseClaim,
        i64::from(rumour.harm.min(10)),
        || serde_json::json!({"harm": rumour.harm}),
    );
    let exposure = (2.0 * (1.0 + rumour.viewers.max(0.0)).log10()).min(10.0);
    lines.add(
        Factor::Exposure,
        half_up(exposure),
        || serde_json::json!({"viewers": rumour.viewers}),
    );
}

fn weigh_urgency(situation: &Situation, lines: &mut ReasonList) {
    if let Some(slack) = situation.slack_minutes {
        let points = half_up(50.0 * (-slack.max(0.0) / (2.0 * MEAN_HANDLING)).exp());
        lines.add(
            Factor::Deadline,
            points,
            || serde_json::json!({"slack_minutes": slack.round()}),
        );
    }
    if let Some(target) = situation.context.target_minutes {
        let points = target_points(situation.elapsed_minutes, f64::from(target.max(1)));
        let elapsed = situation.elapsed_minutes.round();
        lines.add(
            Factor::Target,
            points,
            || serde_json::json!({"elapsed_minutes": elapsed, "target_minutes": target}),
        );
    }
    if situation.context.blocked {
        lines.add(Factor::Blocked, 15, || serde_json::json!({}));
    }
    if let (Kind::Rumour, Some(rumour)) = (situation.kind, situation.context.rumour) {
        lines.add(
            Factor::Spread,
            spread_points(rumour),
            || serde_json::json!({"r_mean": rumour.r_mean, "r_low": rumour.r_low}),
        );
    }
    lines.clamp();
}

/// More when the rumour certainly grows than when it probably does.
fn spread_points(rumour: Rumour) -> i64 {
    match (rumour.r_low > 1.0, rumour.r_mean > 1.0) {
        (true, _) => 15,
        (false, true) => 6,
        (false, false) => 0,
    }
}

fn duty(situation: &Situation, lines: &mut ReasonList) {
    let speaker = situation.customer;
    let customer = if speaker.known { 8 } else { 0 };
    let regulated = if speaker.regulated && situation.kind == Kind::Complaint {
        8
    } else {
        0
    };
    let earlier = (i64::from(speaker.earlier_unsolved_same_cause) * 3).min(12);
    lines.add(Factor::Customer, customer, || match speaker.claimed {
        true => serde_json::json!({"claimed": true}),
        false => serde_json::json!({}),
    });
    lines.add(Factor::Regulated, regulated, || serde_json::json!({}));
    lines.add(
        Factor::Earlier,
        earlier,
        || serde_json::json!({"contacts": speaker.earlier_unsolved_same_cause}),
    );
    lines.add(
        Factor::DutyCap,
        (20 - customer - regulated - earlier).min(0),
        || serde_json::json!({"cap": 20}),
    );
}

/// Points for a harm; unknown counts as an annoyance.
pub const fn harm_points(harm: Harm) -> i64 {
    match harm {
        Harm::None => 0,
        Harm::Unknown | Harm::Annoyance => 6,
        Harm::SmallMoney => 12,
        Harm::LargeMoney => 18,
        Harm::LossOfService => 24,
        Harm::SafetyOrLaw => 30,
    }
}

const fn breadth_points(customers: u32) -> i64 {
    match customers {
        0 | 1 => 0,
        2..=3 => 4,
        4..=9 => 8,
        10..=29 => 14,
        _ => 20,
    }
}

/// 30 points once the target is exceeded, then one per 10 % beyond, at most 10 more.
fn target_points(elapsed: f64, target: f64) -> i64 {
    let share = (elapsed / target).max(0.0);
    let beyond = ((share - 1.0) * 10.0 + 1e-9).floor().clamp(0.0, 10.0);
    half_up(30.0 * share.min(1.0)) + half_up(beyond)
}

/// Rounds half up, as the model requires.
fn half_up(points: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "points are between 0 and a few hundred"
    )]
    let whole = (points + 0.5).floor() as i64;
    whole
}

struct ReasonList {
    axis: Axis,
    /// Whether lines are recorded, not only summed.
    written: bool,
    lines: Vec<Reason>,
    sum: i64,
}

impl ReasonList {
    const fn new(axis: Axis, written: bool) -> Self {
        Self {
            axis,
            written,
            lines: Vec::new(),
            sum: 0,
        }
    }

    /// Adds a line; a factor without points is not a reason.
    fn add(&mut self, factor: Factor, points: i64, evidence: impl FnOnce() -> serde_json::Value) {
        self.sum += points;
        if points != 0 && self.written {
            self.lines.push(Reason {
                axis: self.axis,
                factor,
                points,
                evidence: evidence(),
            });
        }
    }

    /// Adds the clamp to 0–100 as a line of its own.
    fn clamp(&mut self) {
        let over = self.sum.clamp(0, 100) - self.sum;
        self.add(Factor::Clamp, over, || serde_json::json!({"cap": 100}));
    }
}
