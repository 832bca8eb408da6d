//! Timers: snoozes end, points change, questions expire.

use vigie_model::{Act, Actor, At};
use vigie_store::{Case, FactDraft, Question, Write};

use crate::Instance;

/// Largest number of rows of each kind in one transaction.
const BATCH: i64 = 200;

/// Runs the timers that are due; may be run again at any time. Returns how many rows it
/// changed. When it fails, the next run does the rest.
pub async fn run_due_timers(instance: &Instance) -> Result<usize, vigie_desk::Error> {
    let now = instance.store.now();
    let mut session = instance.store.read().await?;
    let asleep = session.cases().to_wake(now, BATCH).await?;
    let changed = session.cases().to_reweigh(now, BATCH).await?;
    let questions = session.questions().due(now, BATCH).await?;
    drop(session);

    let due = asleep.len() + changed.len() + questions.len();
    if due == 0 {
        return Ok(0);
    }

    let mut write = instance.store.write(Actor::System).await?;
    for case in &asleep {
        let case = write.cases().by_key(case.key).await?;
        vigie_desk::wake(&mut write, &case).await?;
    }
    for case in &changed {
        reweigh(&mut write, case).await?;
    }
    for question in &questions {
        age(instance, &mut write, question, now).await?;
    }
    write.commit().await?;
    Ok(due)
}

async fn reweigh(write: &mut Write, case: &Case) -> Result<(), vigie_store::Error> {
    let before = write.cases().by_key(case.key).await?;
    let mut after = before.clone();
    write.cases().save(&before, &mut after).await?;

    if after.queue != before.queue {
        let fact = FactDraft::new(Act::CaseReweighed).of_case(&before);
        let fact = fact.code("from", before.queue.code());
        write.fact(fact.code("to", after.queue.code()));
    }
    Ok(())
}

async fn age(
    instance: &Instance,
    write: &mut Write,
    question: &Question,
    now: At,
) -> Result<(), vigie_desk::Error> {
    let case = write.cases().by_key(question.case_key).await?;
    let brand = write.brands().by_key(case.brand_key).await?;
    let calendar = instance.weigher.calendar(&brand, now);
    let opens_at = if calendar.is_open(now) {
        now
    } else {
        calendar.after(now, 1)
    };
    vigie_desk::remind_or_expire_question(write, question, opens_at).await
}
