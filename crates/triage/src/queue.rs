//! From two axes to four queues, with special rules for some kinds.

use vigie_model::{Gate, Kind, Queue};

use crate::{IMPORTANT, Situation, URGENT};

/// The gate that decides, most serious first.
pub fn gate(situation: &Situation) -> Option<Gate> {
    const ORDER: [Gate; 6] = [
        Gate::Danger,
        Gate::SelfHarmOrThreat,
        Gate::Child,
        Gate::Legal,
        Gate::ExposedData,
        Gate::Press,
    ];
    ORDER
        .into_iter()
        .find(|gate| situation.gates.contains(gate))
}

/// The queue for these points, including a triage rule and then a person's move. No rule can
/// defer a case under a gate.
pub fn queue(situation: &Situation, importance: i64, urgency: i64) -> Queue {
    let place = by_rule(situation, importance, urgency);
    let ruled = if gate(situation).is_some() {
        place
    } else {
        moved(place, situation.ruled)
    };
    moved(ruled, situation.moved)
}

fn by_rule(situation: &Situation, importance: i64, urgency: i64) -> Queue {
    if gate(situation).is_some() {
        return Queue::Now;
    }
    match (situation.kind, situation.context.rumour) {
        (Kind::Rumour, rumour) => match rumour.map_or(0, |rumour| rumour.level) {
            0 => Queue::Later,
            1 => Queue::Plan,
            _ => Queue::Now,
        },
        (Kind::Praise, _) if !situation.asks => Queue::Later,
        _ => by_thresholds(importance, urgency),
    }
}

const fn by_thresholds(importance: i64, urgency: i64) -> Queue {
    match (importance >= IMPORTANT, urgency >= URGENT) {
        (true, true) => Queue::Now,
        (true, false) => Queue::Plan,
        (false, true) => Queue::Quick,
        (false, false) => Queue::Later,
    }
}

/// One queue up or down, or the same.
const fn moved(queue: Queue, step: i8) -> Queue {
    match (queue, step) {
        (queue, 0) => queue,
        (Queue::Later, 1..) => Queue::Plan,
        (Queue::Plan, 1..) => Queue::Quick,
        (Queue::Quick | Queue::Now, 1..) => Queue::Now,
        (Queue::Later | Queue::Plan, _) => Queue::Later,
        (Queue::Quick, _) => Queue::Plan,
        (Queue::Now, _) => Queue::Quick,
    }
}
