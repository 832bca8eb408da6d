//! One act on many cases: everything possible is done together, and each refusal gives its
//! reason.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use vigie_model::{At, BulkId, CaseId, CaseState, HowEnded, PersonId, Role, TagId, TeamId};
use vigie_store::{Case, Person, Write};

use crate::{
    Error, NewClosure, Result, WaitingFor, assign, assign_team, close, move_queue, put_tag, sees,
    snooze, take_tag, undo_snapshot::UndoSnapshot, wait,
};

/// The act performed on each case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum BulkAction {
    /// Assigns an owner, or none.
    Assign {
        person: Option<PersonId>,
    },
    /// Gives it to a team, or to none.
    Give {
        team: Option<TeamId>,
    },
    Snooze {
        until: At,
    },
    /// Sets who it waits for: `waiting_customer`, `waiting_colleague`, or `open` for the team.
    Wait {
        state: CaseState,
    },
    /// Moves it one queue.
    Step {
        /// −1, 0 or +1.
        step: i64,
    },
    /// Puts a tag on it, or removes it.
    Tag {
        tag: TagId,
        /// True to put the tag on, false to remove it.
        on: bool,
    },
    /// Closes it as answered or nothing to do; solved would need evidence for each case.
    Close {
        how: HowEnded,
    },
}

impl BulkAction {
    const fn code(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign",
            Self::Give { .. } => "give",
            Self::Snooze { .. } => "snooze",
            Self::Wait { .. } => "wait",
            Self::Step { .. } => "step",
            Self::Tag { .. } => "tag",
            Self::Close { .. } => "close",
        }
    }
}

/// What became of an act on many cases, or of its undo.
#[derive(Debug)]
pub struct BulkOutcome {
    /// Used to undo it.
    pub id: BulkId,
    pub done: Vec<CaseId>,
    /// Cases that were not changed, and why.
    pub skipped: Vec<(CaseId, Error)>,
}

impl BulkOutcome {
    pub(crate) const fn of(id: BulkId) -> Self {
        Self {
            id,
            done: Vec::new(),
            skipped: Vec::new(),
        }
    }
}

/// The largest number of cases of one act.
const MOST: usize = 500;

/// Performs one act on many cases, those that `person` sees and that allow it.
///
/// # Errors
/// [`Error::TooManyCases`] unless there are 1 to 500; [`Error::EvidenceOfEach`] to close as
/// solved; [`Error::NotAllowed`] when a volunteer assigns to somebody else; or when the store
/// fails, and then nothing is done.
pub async fn act_on_many(
    write: &mut Write,
    person: &Person,
    cases: &[CaseId],
    action: &BulkAction,
) -> Result<BulkOutcome> {
    check(person, cases, action)?;

    let mut outcome = BulkOutcome::of(BulkId(uuid::Uuid::nil()));
    let mut snapshots = Vec::new();
    let mut met = HashSet::new();
    // A case named twice is one case.
    for id in cases.iter().filter(|id| met.insert(**id)) {
        match act_on_one(write, person, *id, action).await {
            Ok(snapshot) => snapshots.extend(snapshot),
            Err(error) if error.is_internal() => return Err(error),
            Err(error) => outcome.skipped.push((*id, error)),
        }
    }

    let record = serde_json::json!({"act": action, "cases": snapshots});
    outcome.done = snapshots.iter().map(|snapshot| snapshot.case).collect();
    outcome.id = write
        .bulk_acts()
        .insert(person.key, action.code(), &record)
        .await?;
    Ok(outcome)
}

fn check(person: &Person, cases: &[CaseId], action: &BulkAction) -> Result<()> {
    if cases.is_empty() || cases.len() > MOST {
        return Err(Error::TooManyCases);
    }
    match action {
        BulkAction::Close {
            how: HowEnded::Solved,
        } => Err(Error::EvidenceOfEach),
        BulkAction::Assign { person: Some(to) }
            if person.role == Role::Volunteer && *to != person.id =>
        {
            Err(Error::NotAllowed)
        }
        _ => Ok(()),
    }
}

/// Performs the act on one case; `None` when nothing changed.
async fn act_on_one(
    write: &mut Write,
    person: &Person,
    id: CaseId,
    action: &BulkAction,
) -> Result<Option<UndoSnapshot>> {
    let before = write.cases().find(id).await?;
    check_sees(write, person, &before).await?;
    if let BulkAction::Tag { tag, on } = action
        && has_tag(write, &before, *tag).await? == *on
    {
        return Ok(None);
    }

    apply(write, id, action).await?;
    let after = write.cases().find(id).await?;
    let always_changes = matches!(action, BulkAction::Tag { .. } | BulkAction::Snooze { .. });
    let changed = always_changes || place(&before) != place(&after);
    match changed {
        true => Ok(Some(UndoSnapshot::of(write, &before, &after).await?)),
        false => Ok(None),
    }
}

/// Checks that a person may see a case.
pub(crate) async fn check_sees(write: &mut Write, person: &Person, case: &Case) -> Result<()> {
    match sees(write, person, case).await? {
        true => Ok(()),
        false => Err(Error::NotAllowed),
    }
}

/// Where a case stands, as far as an act on many can move it.
fn place(case: &Case) -> impl PartialEq + use<> {
    (case.owner_key, case.state, case.moved, case.team_key)
}

async fn has_tag(write: &mut Write, case: &Case, tag: TagId) -> Result<bool> {
    let tags = write.tags().of_cases(&[case.key]).await?;
    Ok(tags.values().flatten().any(|it| it.id == tag))
}

pub(crate) async fn apply(write: &mut Write, id: CaseId, action: &BulkAction) -> Result<()> {
    match action {
        BulkAction::Assign { person } => drop(assign(write, id, *person).await?),
        BulkAction::Give { team } => drop(assign_team(write, id, *team).await?),
        BulkAction::Snooze { until } => drop(snooze(write, id, *until).await?),
        BulkAction::Wait { state } => wait_in(write, id, *state).await?,
        BulkAction::Step { step } => drop(move_queue(write, id, *step).await?),
        BulkAction::Tag { tag, on: true } => put_tag(write, id, *tag).await?,
        BulkAction::Tag { tag, on: false } => take_tag(write, id, *tag).await?,
        BulkAction::Close { how } => {
            let ending = NewClosure {
                how: *how,
                evidence: None,
                reference: None,
                photo: None,
            };
            close(write, id, ending).await?;
        }
    }
    Ok(())
}

/// Sets who a case waits for, by the state it then has.
pub(crate) async fn wait_in(write: &mut Write, id: CaseId, state: CaseState) -> Result<()> {
    let waiting = match state {
        CaseState::Open => None,
        CaseState::WaitingCustomer => Some(WaitingFor::Customer),
        CaseState::WaitingColleague => Some(WaitingFor::Colleague),
        CaseState::Snoozed | CaseState::Closed | CaseState::Aside => {
            return Err(Error::NotWaiting);
        }
    };
    wait(write, id, waiting).await?;
    Ok(())
}
