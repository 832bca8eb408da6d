//! Metrics of what was received.

use vigie_model::At;
use vigie_store::Source;

use super::BatchResult;

/// Counts the outcomes of a batch, and the delay between writing and storage of its messages.
pub fn measure(source: &Source, answers: &BatchResult, now: At) {
    let kind = source.kind.to_string();
    let counts = [
        ("created", answers.created.len()),
        ("revised", answers.revised.len()),
        ("unchanged", answers.unchanged.len()),
        ("refused", answers.refused.len()),
    ];
    for (result, many) in counts.into_iter().filter(|it| it.1 > 0) {
        metrics::counter!("vigie_messages_total", "source" => kind.clone(), "result" => result)
            .increment(many as u64);
    }
    let arrival = metrics::histogram!("vigie_arrival_seconds", "source" => kind);
    for said_at in answers.created.iter().filter_map(|it| it.said_at) {
        arrival.record((now.millis() - said_at.millis()).max(0) as f64 / 1_000.0);
    }
}
