//! Owner, snooze, waiting, and moves of one queue. Each is undone by its opposite.

use vigie_model::{Act, At, CaseId, CaseState, PersonId, PersonKey, Role};
use vigie_store::{Case, FactDraft, Person, Write};

use crate::{Error, Result};

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    Customer,
    Colleague,
}

/// Assigns an owner, or none.
///
/// # Errors
/// [`Error::Unavailable`] when the person is disabled or away.
pub async fn assign(write: &mut Write, case: CaseId, owner: Option<PersonId>) -> Result<Case> {
    let before = write.cases().find(case).await?;
    let mut after = before.clone();
    let owner = match owner {
        Some(id) => Some(check_available(write, id).await?),
        None => None,
    };
    after.owner_key = owner.as_ref().map(|person| person.key);
    if after.owner_key == before.owner_key {
        return Ok(before);
    }
    after.touched_at = write.at();
    write
        .assignments()
        .assign(before.key, after.owner_key)
        .await?;
    let fact = FactDraft::new(if owner.is_some() {
        Act::CaseAssigned
    } else {
        Act::CaseUnassigned
    })
    .of_case(&before);
    write.fact(
        owner
            .iter()
            .fold(fact, |fact, person| fact.on("person", person.id.0)),
    );
    write.cases().save(&before, &mut after).await?;
    Ok(after)
}

/// The person, who can be in charge of a case.
///
/// # Errors
/// [`Error::Unavailable`] when they are disabled, away or only read.
pub(crate) async fn check_available(write: &mut Write, id: PersonId) -> Result<Person> {
    let person = write.people().find(id).await?;
    match person.available(write.at()) && person.role != Role::Reader {
        true => Ok(person),
        false => Err(Error::Unavailable),
    }
}

/// Removes the owner from each of their open cases when they leave or go away, so that none
/// becomes an orphan unnoticed. Returns how many.
pub async fn release_owner(write: &mut Write, owner_key: PersonKey) -> Result<usize> {
    let cases = write.cases().of_owner(owner_key).await?;
    for before in &cases {
        let mut after = Case {
            owner_key: None,
            ..before.clone()
        };
        write.assignments().assign(before.key, None).await?;
        write.case_fact(Act::CaseUnassigned, before);
        write.cases().save(before, &mut after).await?;
    }
    Ok(cases.len())
}

/// Snoozes a case until a future date.
///
/// # Errors
/// [`Error::NotAhead`], or [`Error::WrongState`] when it is closed.
pub async fn snooze(write: &mut Write, case: CaseId, until: At) -> Result<Case> {
    let before = write.cases().find(case).await?;
    if until <= write.at() {
        return Err(Error::NotAhead);
    }
    let mut after = set_state(&before, CaseState::Snoozed)?;
    after.snoozed_until = Some(until);
    after.touched_at = write.at();
    write.cases().snooze(before.key, Some(until)).await?;
    write.fact(
        FactDraft::new(Act::CaseSnoozed)
            .of_case(&before)
            .instant("until", until),
    );
    write.cases().save(&before, &mut after).await?;
    Ok(after)
}

/// Wakes a case: its date has come, or a person undoes the snooze.
pub async fn wake(write: &mut Write, case: &Case) -> Result<Case> {
    let mut after = Case {
        state: CaseState::Open,
        snoozed_until: None,
        ..case.clone()
    };
    if case.state != CaseState::Snoozed {
        return Ok(case.clone());
    }
    // Its clock starts again: a case snoozed on purpose is not late.
    after.waiting_since = Some(write.at());
    write.cases().snooze(case.key, None).await?;
    write.case_fact(Act::CaseAwoken, case);
    write.cases().save(case, &mut after).await?;
    Ok(after)
}

/// Sets who the case waits for; with `None`, the team.
///
/// # Errors
/// [`Error::WrongState`] when the case is closed.
pub async fn wait(write: &mut Write, case: CaseId, waiting: Option<WaitingFor>) -> Result<Case> {
    let before = write.cases().find(case).await?;
    let state = match waiting {
        Some(WaitingFor::Customer) => CaseState::WaitingCustomer,
        Some(WaitingFor::Colleague) => CaseState::WaitingColleague,
        None => CaseState::Open,
    };
    let mut after = set_state(&before, state)?;
    if after.state == before.state {
        return Ok(before);
    }
    if before.state == CaseState::Snoozed {
        write.cases().snooze(before.key, None).await?;
        after.snoozed_until = None;
    }
    after.touched_at = write.at();
    let act = if waiting.is_some() {
        Act::CaseWaiting
    } else {
        Act::CaseResumed
    };
    write.fact(
        FactDraft::new(act)
            .of_case(&before)
            .code("state", state.code()),
    );
    write.cases().save(&before, &mut after).await?;
    Ok(after)
}

/// Moves a case one queue up or down by hand, or back to where the rules put it.
pub async fn move_queue(write: &mut Write, case: CaseId, step: i64) -> Result<Case> {
    let before = write.cases().find(case).await?;
    let mut after = Case {
        moved: step.clamp(-1, 1),
        ..before.clone()
    };
    after.touched_at = write.at();
    write.cases().save(&before, &mut after).await?;
    let fact = FactDraft::new(Act::CaseMoved)
        .of_case(&before)
        .number("step", after.moved);
    write.fact(
        fact.code("from", before.queue.code())
            .code("to", after.queue.code()),
    );
    Ok(after)
}

fn set_state(case: &Case, state: CaseState) -> Result<Case> {
    if case.state == CaseState::Closed {
        return Err(Error::WrongState(CaseState::Closed));
    }
    Ok(Case {
        state,
        ..case.clone()
    })
}
