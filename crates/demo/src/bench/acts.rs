//! What a person does to a case: assign, snooze, close, undo the closure.

use std::time::Instant;

use serde_json::{Value, json};
use vigie_model::{Actor, CaseId, HowEnded};
use vigie_store::{CaseListParams, View};

use super::spread;
use vigie_journey::Instance;

/// Times each act, durably committed, on cases spread over the open list.
pub(super) async fn speed_of(instance: &Instance, times: usize) -> anyhow::Result<Value> {
    let mut cases: Vec<CaseId> = Vec::new();
    let mut after = None;
    while cases.len() < times {
        let page = instance
            .store
            .read()
            .await?
            .cases()
            .list(&CaseListParams {
                after,
                ..CaseListParams::of(View::Open, super::SOMEBODY, 100)
            })
            .await?;
        let Some(last) = page.last() else { break };
        after = Some(last.cursor);
        cases.extend(page.iter().map(|row| row.id));
    }
    cases.truncate(times);
    let (mut snoozed, mut closed, mut undone) = (Vec::new(), Vec::new(), Vec::new());
    for case in cases {
        let started = Instant::now();
        let mut write = instance.store.write(Actor::System).await?;
        let until = write.at().plus_days(1);
        vigie_desk::snooze(&mut write, case, until).await?;
        write.commit().await?;
        snoozed.push(started.elapsed().as_secs_f64() * 1_000.0);

        let started = Instant::now();
        let mut write = instance.store.write(Actor::System).await?;
        let ending = vigie_desk::NewClosure {
            how: HowEnded::Answered,
            evidence: None,
            reference: None,
            photo: None,
        };
        vigie_desk::close(&mut write, case, ending).await?;
        write.commit().await?;
        closed.push(started.elapsed().as_secs_f64() * 1_000.0);

        let started = Instant::now();
        let mut write = instance.store.write(Actor::System).await?;
        vigie_desk::undo_closure(&mut write, case).await?;
        write.commit().await?;
        undone.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(json!({"snooze": spread(&snoozed), "close": spread(&closed), "undo": spread(&undone)}))
}
