//! A case with its dates, and how it changes as time passes over the brand's opening hours.

use vigie_model::{At, Gate, Harm, Kind};

use crate::{
    Calendar, Situation, TriageContext, TriageCustomer, TriageResult, rank, weigh, weigh::outcome,
};

/// A case in terms of dates, converted into a [`Situation`] for any instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub kind: Kind,
    /// The worst harm stated.
    pub harm: Harm,
    pub gates: Vec<Gate>,
    /// Whether it contains a question or a promise.
    pub asks: bool,
    pub customer: TriageCustomer,
    /// The known context.
    pub context: TriageContext,
    /// Since when the customer has been waiting.
    pub waiting_since: At,
    /// Time of the last human act.
    pub touched_at: At,
    /// −1, 0 or +1 queue.
    pub moved: i8,
    /// Moved by a triage rule: −1, 0 or +1 queue.
    pub ruled: i8,
}

/// How many days ahead the next change of points is searched for.
const HORIZON_DAYS: i64 = 60;

impl Subject {
    /// The deadline: the one given, else the target delay, counted in opening hours.
    pub fn due(&self, calendar: &Calendar) -> Option<At> {
        let target = self
            .context
            .target_minutes
            .map(|minutes| calendar.after(self.waiting_since, minutes.into()));
        match (self.context.due, target) {
            (Some(due), _) => Some(due),
            (None, target) => target,
        }
    }

    /// The situation of the case at `now`.
    pub fn at(&self, now: At, calendar: &Calendar) -> Situation {
        let handling = self
            .context
            .handling_minutes
            .map_or(crate::MEAN_HANDLING, f64::from);
        Situation {
            kind: self.kind,
            harm: self.harm,
            gates: self.gates.clone(),
            asks: self.asks,
            silence: false,
            customer: self.customer,
            context: self.context.clone(),
            elapsed_minutes: calendar.minutes(self.waiting_since, now).max(0.0),
            slack_minutes: self
                .due(calendar)
                .map(|due| calendar.minutes(now, due) - handling),
            untouched_days: calendar.business_days(self.touched_at, now),
            moved: self.moved,
            ruled: self.ruled,
        }
    }

    /// Weighs at `now`; also returns the rank, and sets the next instant at which the points
    /// change without any act.
    pub fn weigh(&self, now: At, calendar: &Calendar) -> (Situation, TriageResult, i64) {
        let situation = self.at(now, calendar);
        let mut weighed = weigh(&situation);
        weighed.next_change_at = self.next_change(now, &weighed, calendar);
        let place = rank(&situation, &weighed, self.due(calendar));
        (situation, weighed, place)
    }

    /// Both axes only grow while nothing happens, so the first change is found by bisection.
    fn next_change(&self, now: At, today: &TriageResult, calendar: &Calendar) -> Option<At> {
        let changed = |minutes: i64| {
            let then = outcome(&self.at(now.plus_minutes(minutes), calendar));
            then != (today.importance, today.urgency, today.queue)
        };
        let (mut same, mut different) = (0, HORIZON_DAYS * 24 * 60);
        if !changed(different) {
            return None;
        }
        while different - same > 1 {
            let middle = same + (different - same) / 2;
            if changed(middle) {
                different = middle;
            } else {
                same = middle;
            }
        }
        Some(now.plus_minutes(different))
    }
}
