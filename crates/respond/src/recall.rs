//! Calling an answer back in the seconds before it leaves.

use vigie_model::{Act, CaseState, OutState, OutboxId};
use vigie_store::{Case, FactDraft, Outgoing, Person, Write};

use crate::{Error, Result, unanswered::unanswered};

/// Calls an answer back before it leaves: its text becomes a draft again, and the case no
/// longer waits for the customer.
///
/// # Errors
/// [`Error::AlreadyLeft`] when it was too late.
pub async fn recall(write: &mut Write, person: &Person, id: OutboxId) -> Result<String> {
    let out: Outgoing = write.outbox().find(id).await?;
    take_back(write, &out).await?;

    let message = write.messages().by_key(out.message_key).await?;
    let before = write.cases().by_key(out.case_key).await?;
    let drafts = write.drafts();
    drafts
        .put(before.key, person.key, &message.text, message.visibility)
        .await?;
    withdraw_promises(write, &before, &out).await?;

    let fact = FactDraft::new(Act::AnswerRecalled)
        .of_case(&before)
        .on("message", message.id.0)
        .on("answer", id.0);
    write.fact(fact);
    wait_for_us_again(write, &before).await?;
    Ok(message.text)
}

async fn take_back(write: &mut Write, out: &Outgoing) -> Result<()> {
    // After a first attempt the receiver may have it: two answers would be worse than one.
    if out.attempts > 0 {
        return Err(Error::AlreadyLeft);
    }
    let at = write.at();
    let outbox = write.outbox();
    let taken = outbox.move_to(out.key, OutState::Queued, OutState::Recalled, at);
    match taken.await? {
        true => Ok(()),
        false => Err(Error::AlreadyLeft),
    }
}

/// What was promised with the answer was never said.
async fn withdraw_promises(write: &mut Write, case: &Case, out: &Outgoing) -> Result<()> {
    for promise in write.promises().of_case(case.key).await? {
        if promise.outcome.is_none() && promise.made_at == out.made_at {
            let promises = write.promises();
            promises.judge(promise.id, Some("withdrawn")).await?;
        }
    }
    Ok(())
}

async fn wait_for_us_again(write: &mut Write, before: &Case) -> Result<()> {
    let mut after = unanswered(write, before).await?;
    match before.state {
        CaseState::WaitingCustomer if after.waiting_since.is_some() => {
            after.state = CaseState::Open;
        }
        CaseState::WaitingCustomer | CaseState::Open => {}
        // Snoozed or closed since: nobody waits.
        _ => after.waiting_since = before.waiting_since,
    }
    write.cases().save(before, &mut after).await?;
    Ok(())
}
