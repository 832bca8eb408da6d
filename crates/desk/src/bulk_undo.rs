//! Undoes an act on many cases, except on those that somebody acted on since.

use serde::{Deserialize, Serialize};
use vigie_model::{Act, At, BulkActKey, BulkId, CaseId, CaseState};
use vigie_store::{BulkRecord, Case, FactDraft, Person, Write};

use crate::{
    BulkAction, BulkOutcome, Error, Result, assign, assign_team,
    assignment::check_available,
    bulk::{apply, check_sees, wait_in},
    move_queue, snooze, undo_closure,
    undo_snapshot::{CaseAfter, CaseBefore, UndoSnapshot},
    wake,
};

/// How long, in minutes, an act can be undone as a mistake.
const SLIP_MINUTES: i64 = 10;

/// Undoes an act on many cases; those changed since stay as they are and are told.
///
/// # Errors
/// [`Error::NotAllowed`] for somebody else's act, [`Error::UndoneAlready`],
/// [`Error::CannotUndo`] when what it was before cannot be read; or when the store fails.
pub async fn undo_act_on_many(
    write: &mut Write,
    person: &Person,
    id: BulkId,
) -> Result<BulkOutcome> {
    let bulk = write.bulk_acts().find(id).await?;
    check_undoable(&bulk, person)?;
    let record: BulkActRecord = serde_json::from_value(bulk.before)
        .map_err(|_| Error::CannotUndo("what it was before can no longer be read"))?;

    let recent = write.at() < bulk.made_at.plus_minutes(SLIP_MINUTES);
    let undo = BulkUndo {
        made_at: bulk.made_at,
        action: record.act.clone(),
        recent,
    };
    let outcome = undo_each(write, person, id, &record, &undo).await?;

    if outcome.done.is_empty() && !outcome.skipped.is_empty() {
        return Ok(outcome);
    }

    keep_what_is_left(write, bulk.key, &record, &outcome).await?;
    let fact = FactDraft::new(Act::BulkUndone).on("bulk", id.0);
    write.fact(fact.number("cases", outcome.done.len() as i64));
    Ok(outcome)
}

fn check_undoable(bulk: &BulkRecord, person: &Person) -> Result<()> {
    if bulk.person != person.id {
        return Err(Error::NotAllowed);
    }
    match bulk.undone_at {
        Some(_) => Err(Error::UndoneAlready),
        None => Ok(()),
    }
}

/// What something prevents for now can be undone once that is over.
async fn keep_what_is_left(
    write: &mut Write,
    key: BulkActKey,
    record: &BulkActRecord,
    outcome: &BulkOutcome,
) -> Result<()> {
    if !outcome.skipped.iter().any(|(_, error)| may_pass(error)) {
        return Ok(write.bulk_acts().mark_undone(key).await?);
    }
    let left = in_json(&record.without(&outcome.done))?;
    Ok(write.bulk_acts().keep(key, &left).await?)
}

/// Whether what prevents an undo may be over another time: a colleague who is away comes back,
/// what somebody did since stays done.
const fn may_pass(error: &Error) -> bool {
    !matches!(error, Error::ActedSince)
}

fn in_json(record: &BulkActRecord) -> Result<serde_json::Value> {
    serde_json::to_value(record).map_err(|_| Error::CannotUndo("what it was before is unreadable"))
}

/// What is undone.
struct BulkUndo {
    made_at: At,
    action: BulkAction,
    /// Whether it was done a moment ago, and may be taken back as a mistake.
    recent: bool,
}

async fn undo_each(
    write: &mut Write,
    person: &Person,
    id: BulkId,
    record: &BulkActRecord,
    undo: &BulkUndo,
) -> Result<BulkOutcome> {
    let mut outcome = BulkOutcome::of(id);
    for snapshot in &record.cases {
        match undo_one(write, person, undo, snapshot).await {
            Ok(()) => outcome.done.push(snapshot.case),
            Err(error) if error.is_internal() => return Err(error),
            Err(error) => outcome.skipped.push((snapshot.case, error)),
        }
    }
    Ok(outcome)
}

#[derive(Serialize, Deserialize)]
struct BulkActRecord {
    act: BulkAction,
    cases: Vec<UndoSnapshot>,
}

impl BulkActRecord {
    /// The same without the cases that are done with.
    fn without(&self, done: &[CaseId]) -> Self {
        let left = self.cases.iter();
        let left = left.filter(|snapshot| !done.contains(&snapshot.case));
        Self {
            act: self.act.clone(),
            cases: left.cloned().collect(),
        }
    }
}

/// A person who just acted may no longer see the case, but can still take the act back.
async fn undo_one(
    write: &mut Write,
    person: &Person,
    undo: &BulkUndo,
    snapshot: &UndoSnapshot,
) -> Result<()> {
    let case = write.cases().find(snapshot.case).await?;
    if !undo.recent {
        check_sees(write, person, &case).await?;
    }
    if acted_since(write, &case, undo, &snapshot.after).await? {
        return Err(Error::ActedSince);
    }
    restore(write, &case, &undo.action, &snapshot.before).await
}

async fn acted_since(
    write: &mut Write,
    case: &Case,
    undo: &BulkUndo,
    after: &CaseAfter,
) -> Result<bool> {
    let (owner, state, step) = after.owner_state_step;
    Ok(match &undo.action {
        BulkAction::Assign { .. } => case.owner_key != owner,
        BulkAction::Give { .. } => (case.team_key, case.owner_key) != (after.team, owner),
        BulkAction::Step { .. } => case.moved != step,
        BulkAction::Tag { tag, on } => {
            let tag = write.tags().find(*tag).await?;
            let changed = write.tags().last_change(case.key, tag.key).await?;
            changed != Some((*on, undo.made_at))
        }
        BulkAction::Snooze { .. } | BulkAction::Wait { .. } | BulkAction::Close { .. } => {
            (case.state, case.touched_at) != (state, after.touched_at)
        }
    })
}

async fn restore(
    write: &mut Write,
    case: &Case,
    action: &BulkAction,
    before: &CaseBefore,
) -> Result<()> {
    match action {
        BulkAction::Assign { .. } => {
            assign(write, case.id, before.owner).await?;
            restore_deadlines(write, case.id, before).await
        }
        BulkAction::Give { .. } => {
            // Before anything is changed: an undo is whole or not at all.
            if let Some(owner) = before.owner {
                check_available(write, owner).await?;
            }
            assign_team(write, case.id, before.team).await?;
            assign(write, case.id, before.owner).await?;
            restore_deadlines(write, case.id, before).await
        }
        BulkAction::Step { .. } => {
            move_queue(write, case.id, before.step).await?;
            Ok(())
        }
        BulkAction::Tag { tag, on } => {
            let opposite = BulkAction::Tag { tag: *tag, on: !on };
            apply(write, case.id, &opposite).await
        }
        BulkAction::Snooze { .. } | BulkAction::Wait { .. } | BulkAction::Close { .. } => {
            restore_state(write, case, before).await
        }
    }
}

/// Restores the former state, whatever it was changed to.
async fn restore_state(write: &mut Write, case: &Case, before: &CaseBefore) -> Result<()> {
    match case.state {
        CaseState::Closed => drop(undo_closure(write, case.id).await?),
        CaseState::Snoozed => drop(wake(write, case).await?),
        _ => wait_in(write, case.id, CaseState::Open).await?,
    }
    match (before.state, before.until) {
        (CaseState::Snoozed, Some(until)) if until > write.at() => {
            snooze(write, case.id, until).await?;
        }
        (CaseState::WaitingCustomer | CaseState::WaitingColleague, _) => {
            wait_in(write, case.id, before.state).await?;
        }
        _ => {}
    }
    restore_deadlines(write, case.id, before).await
}

/// Restores the times that decide whether the case is late or an orphan.
async fn restore_deadlines(write: &mut Write, id: CaseId, before: &CaseBefore) -> Result<()> {
    let now = write.cases().find(id).await?;
    if (now.waiting_since, now.take_by) != (before.waiting_since, before.take_by) {
        let mut restored = Case {
            waiting_since: before.waiting_since,
            take_by: before.take_by,
            ..now.clone()
        };
        write.cases().save(&now, &mut restored).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use vigie_model::PersonKey;

    use super::*;

    /// What version 0.1 stored: its undo must still be readable.
    const STORED: &str = r#"{"act":{"act":"assign","person":null},"cases":[{
        "case":"0199a000-0000-7000-8000-000000000001","owner":null,"state":"open","until":null,
        "step":0,"waiting_since":null,"then":[3,"open",0],"touched_at":"2026-11-17T09:00:00Z"}]}"#;

    #[test]
    fn an_act_stored_by_an_earlier_version_can_still_be_undone() {
        let record: BulkActRecord = serde_json::from_str(STORED).unwrap();

        let [snapshot] = record.cases.as_slice() else {
            panic!("one case was stored");
        };
        assert_eq!(
            snapshot.after.owner_state_step,
            (Some(PersonKey::from_number(3)), CaseState::Open, 0)
        );
        assert_eq!((snapshot.before.team, snapshot.after.team), (None, None));
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let snapshot: BulkActRecord = serde_json::from_str(STORED).unwrap();
        let written = serde_json::to_value(&snapshot.cases).unwrap();
        let read: Vec<UndoSnapshot> = serde_json::from_value(written).unwrap();
        assert_eq!(read, snapshot.cases);
    }
}
