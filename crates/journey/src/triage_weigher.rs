//! Weighs a case when it is stored: turns the row into a subject of triage and writes the
//! decision back.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use vigie_model::{At, CaseState, Kind};
use vigie_store::{Brand, Case, Weigher, WeighingContext};
use vigie_triage::{Calendar, Decision, Subject, TriageContext, TriageCustomer};

/// Weighs with the hours of the case's team, else the brand's; the calendar of each is
/// expanded once a month.
#[derive(Default)]
pub struct TriageWeigher {
    calendars: Mutex<HashMap<String, Arc<Calendar>>>,
}

/// Without an owner, a case must be taken within a quarter of its target delay, between 15
/// minutes and 2 opening hours.
const TAKE_BY: (i64, i64) = (15, 120);

impl Weigher for TriageWeigher {
    fn weigh(&self, case: &mut Case, context: &WeighingContext, at: At) {
        let calendar = self.cached_calendar(&context.brand, context.hours.as_deref(), at);
        if case.state != CaseState::Open {
            clear_deadlines(case);
            return;
        }
        let subject = subject(case, context);
        let (situation, weighed, rank) = subject.weigh(at, &calendar);
        case.due_at = subject.due(&calendar).or(Some(at));
        case.take_by = match case.owner_key {
            Some(_) => None,
            None => case
                .take_by
                .or_else(|| Some(calendar.after(at, take_by_minutes(&subject)))),
        };
        case.importance = weighed.importance;
        case.urgency = weighed.urgency;
        case.queue = weighed.queue;
        case.next_change_at = weighed.next_change_at;
        case.rank = rank;
        case.rules.clone_from(&weighed.rules);
        case.reasons = Decision { situation, weighed }.record();
    }
}

impl TriageWeigher {
    /// The brand's opening hours around `at`. Unreadable hours were refused when they were set;
    /// if some are unreadable all the same, the calendar is always open.
    pub fn calendar(&self, brand: &Brand, at: At) -> Arc<Calendar> {
        self.cached_calendar(brand, None, at)
    }

    fn cached_calendar(&self, brand: &Brand, hours: Option<&str>, at: At) -> Arc<Calendar> {
        let settings = &brand.settings;
        let hours = hours.unwrap_or(&settings.opening_hours);
        let month = at.millis() / (30 * 86_400_000);
        let name = format!("{hours}|{}|{}|{month}", settings.country, settings.timezone);
        let mut calendars = self.calendars.lock();
        let lay = || {
            let laid = Calendar::new(hours, &settings.country, &settings.timezone, at);
            Arc::new(laid.unwrap_or_else(|error| {
                // They were checked when they were set. Open is the side on which nobody waits.
                tracing::error!(brand = %brand.id, %error, "opening hours cannot be read");
                Calendar::always()
            }))
        };
        calendars.entry(name).or_insert_with(lay).clone()
    }
}

/// A move of one queue, up or down.
const fn step(moved: i64) -> i8 {
    moved.signum() as i8
}

fn take_by_minutes(subject: &Subject) -> i64 {
    let target = subject.context.target_minutes.map_or(TAKE_BY.1, i64::from);
    (target / 4).clamp(TAKE_BY.0, TAKE_BY.1)
}

/// A case that does not wait for the team has no clock, and is listed by date.
fn clear_deadlines(case: &mut Case) {
    case.next_change_at = None;
    case.take_by = None;
    case.due_at = None;
    case.rank = match case.state {
        CaseState::Closed => -case.closed_at.map_or(0, At::millis),
        CaseState::Aside => -case.heard_at.millis(),
        CaseState::Snoozed => case.snoozed_until.map_or(0, At::millis),
        _ => case.answered_at.unwrap_or(case.heard_at).millis(),
    };
}

/// The case as triage sees it. The customer's value, followers and threats are not part of it.
pub fn subject(case: &Case, context: &WeighingContext) -> Subject {
    let targets = &context.brand.settings.targets;
    let target = if case.gates.is_empty() {
        targets.minutes(case.kind)
    } else {
        targets.gate
    };
    let small = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
    // Each message after the first is another contact about the same unsolved problem.
    let earlier = context.earlier_unsolved + (case.messages - 1).max(0);
    Subject {
        kind: case.kind,
        harm: case.harm,
        gates: case.gates.clone(),
        asks: case.kind == Kind::Question || context.promise.is_some(),
        customer: TriageCustomer {
            known: case.customer_key.is_some(),
            claimed: case.claimed,
            regulated: false,
            earlier_unsolved_same_cause: if case.kind == Kind::Complaint {
                small(earlier)
            } else {
                0
            },
        },
        context: TriageContext {
            cause: context.cause.clone(),
            customers_same_cause_7d: context.customers_same_cause.map(small),
            new_cause: context.new_cause,
            due: context.promise,
            target_minutes: Some(small(target).max(1)),
            blocked: case.urgent,
            ..TriageContext::default()
        },
        waiting_since: case.waiting_since.unwrap_or(case.heard_at),
        touched_at: case.touched_at,
        moved: step(case.moved),
        ruled: step(case.ruled),
    }
}
