//! What becomes of an answer: its state, its fact, and the case that waits again when nobody was
//! answered; and what people decide of answers nobody can be sure of.

use vigie_model::{Act, Actor, At, CaseState, OutState, OutboxId};
use vigie_store::{Case, FactDraft, Outgoing, Write};

use crate::{Error, Result, unanswered::unanswered};

pub(super) async fn settle(mut write: Write, out: &Outgoing, state: OutState) -> Result<()> {
    let at = write.at();
    if write
        .outbox()
        .move_to(out.key, out.state, state, at)
        .await?
    {
        record_outcome(&mut write, out, state).await?;
        write.commit().await?;
    }
    Ok(())
}

pub(super) async fn settle_outgoing(
    write: &mut Write,
    out: &Outgoing,
    state: OutState,
    not_before: At,
) -> Result<()> {
    if write
        .outbox()
        .move_to(out.key, OutState::Sending, state, not_before)
        .await?
    {
        record_outcome(write, out, state).await?;
    }
    Ok(())
}

async fn record_outcome(write: &mut Write, out: &Outgoing, state: OutState) -> Result<()> {
    let case = write.cases().by_key(out.case_key).await?;
    if state == OutState::Refused
        && !out.receipt
        && matches!(case.state, CaseState::WaitingCustomer | CaseState::Closed)
    {
        reopen_unanswered(write, &case, out.made_at).await?;
    }
    let fact = FactDraft::new(Act::AnswerMoved)
        .of_case(&case)
        .on("message", out.message.0)
        .on("answer", out.id.0);
    write.fact(fact.code("state", state.code()));
    Ok(())
}

/// The receiver reports that an accepted answer was not delivered: nobody was answered.
pub async fn mark_bounced(write: &mut Write, out: &Outgoing) -> Result<()> {
    let at = write.at();
    if write
        .outbox()
        .move_to(out.key, OutState::Sent, OutState::Refused, at)
        .await?
    {
        record_outcome(write, out, OutState::Refused).await?;
    }
    Ok(())
}

/// An undelivered answer answered nobody: the case waits for the team again, even if closed,
/// unless answered since.
async fn reopen_unanswered(write: &mut Write, case: &Case, made_at: At) -> Result<()> {
    let mut after = unanswered(write, case).await?;
    if after.answered_at.is_some_and(|it| it > made_at)
        || case.closed_at.is_some_and(|it| it < made_at)
    {
        return Ok(());
    }
    if write.closures().undo(case.key).await? {
        (after.how, after.closed_at) = (None, None);
    }
    after.state = CaseState::Open;
    after.waiting_since = after.waiting_since.or(Some(case.heard_at));
    write.cases().release_absent_owner(&mut after).await?;
    write.fact(
        FactDraft::new(Act::CaseReopened)
            .of_case(case)
            .by(Actor::System),
    );
    write.cases().save(case, &mut after).await?;
    Ok(())
}

/// A person sends a refused or uncertain answer again.
///
/// # Errors
/// [`Error::AlreadyLeft`] when it is in neither state.
pub async fn replay(write: &mut Write, id: OutboxId) -> Result<()> {
    let out = write.outbox().find(id).await?;
    decide_from(write, &out, OutState::Queued).await
}

/// A person decides the outcome of an uncertain answer.
///
/// # Errors
/// [`Error::AlreadyLeft`] when it is not uncertain.
pub async fn decide(write: &mut Write, id: OutboxId, sent: bool) -> Result<()> {
    let out = write.outbox().find(id).await?;
    decide_from(
        write,
        &out,
        if sent {
            OutState::Sent
        } else {
            OutState::Queued
        },
    )
    .await
}

async fn decide_from(write: &mut Write, out: &Outgoing, to: OutState) -> Result<()> {
    if !matches!(out.state, OutState::Refused | OutState::Uncertain) {
        return Err(Error::AlreadyLeft);
    }
    let at = write.at();
    if !write.outbox().move_to(out.key, out.state, to, at).await? {
        return Err(Error::AlreadyLeft);
    }
    record_outcome(write, out, to).await
}
