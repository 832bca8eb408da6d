//! One act on many cases in one request: everything possible is done together, each refusal
//! gives its reason, and the whole is undone in one request.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::Ending;
use vigie_desk::Waiting;
use vigie_model::{Act, At, BulkId, CaseId, CaseState, HowEnded, PersonId, TagId, TeamId};
use vigie_store::{Case, FactDraft, Write};

use super::cases::check_sees;
use crate::{Answer, App, Problem, body::Asked, session::SignedIn};

/// The act performed on each case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum BulkAct {
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

/// An act on many cases.
#[derive(Deserialize, ToSchema)]
pub struct BulkAsked {
    /// 1 to 500 cases.
    pub cases: Vec<CaseId>,
    /// The act performed on each case.
    #[serde(flatten)]
    pub act: BulkAct,
}

/// A case that was not changed.
#[derive(Serialize, ToSchema)]
pub struct LeftAlone {
    pub case: CaseId,
    /// Why, as a stable code.
    pub problem: String,
    /// Why, as a sentence.
    pub detail: String,
}

/// The result of a bulk act.
#[derive(Serialize, ToSchema)]
pub struct BulkDone {
    /// Used to undo it.
    pub id: BulkId,
    pub done: Vec<CaseId>,
    /// Cases that were not changed.
    pub left: Vec<LeftAlone>,
}

/// The state of a case before and right after the act: enough to undo it unless somebody acted
/// on it since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stood {
    case: CaseId,
    owner: Option<PersonId>,
    #[serde(default)]
    team: Option<TeamId>,
    state: CaseState,
    until: Option<At>,
    step: i64,
    /// Since when the customer had been waiting.
    waiting_since: Option<At>,
    /// The take-by time it had.
    #[serde(default)]
    take_by: Option<At>,
    /// The owner, state and step right after the act.
    then: (Option<i64>, CaseState, i64),
    /// The team right after the act.
    #[serde(default)]
    then_team: Option<i64>,
    /// When the act touched it: another instant means another act.
    touched_at: At,
}

const MOST: usize = 500;
/// How long, in minutes, an act can be undone as a mistake.
const SLIP_MINUTES: i64 = 10;

/// Performs one act on many cases.
#[utoipa::path(
    post,
    path = "/api/v1/bulk",
    tag = "acts",
    request_body = BulkAsked,
    responses((status = 200, body = BulkDone), (status = 422)),
)]
pub async fn act(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<BulkAsked>,
) -> Answer<BulkDone> {
    check(&me, &asked)?;
    let mut write = app.store.write(me.actor()).await?;
    let (mut before, mut done, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for case in asked.cases {
        match one(&mut write, &me, case, &asked.act).await {
            Ok(Some(stood)) => {
                done.push(case);
                before.push(stood);
            }
            Ok(None) => {}
            Err(why) if why.status().is_server_error() => return Err(why),
            Err(why) => left.push(LeftAlone {
                case,
                problem: why.kind().to_owned(),
                detail: why.detail().to_owned(),
            }),
        }
    }
    let record = serde_json::json!({"act": asked.act, "cases": before});
    let id = write
        .insert_bulk(me.person.key, code(&asked.act), &record)
        .await?;
    write.commit().await?;
    Ok(Json(BulkDone { id, done, left }))
}

fn check(me: &SignedIn, asked: &BulkAsked) -> Result<(), Problem> {
    if asked.cases.is_empty() || asked.cases.len() > MOST {
        return Err(Problem::refused("cases_too_many", "choose 1 to 500 cases"));
    }
    match asked.act {
        BulkAct::Close {
            how: HowEnded::Solved,
        } => Err(Problem::refused(
            "evidence_missing",
            "solved needs the evidence of each: close them one by one",
        )),
        BulkAct::Assign { person }
            if me.is_volunteer() && person.is_some_and(|it| it != me.person.id) =>
        {
            Err(Problem::forbidden())
        }
        _ => Ok(()),
    }
}

const fn code(act: &BulkAct) -> &'static str {
    match act {
        BulkAct::Assign { .. } => "assign",
        BulkAct::Give { .. } => "give",
        BulkAct::Snooze { .. } => "snooze",
        BulkAct::Wait { .. } => "wait",
        BulkAct::Step { .. } => "step",
        BulkAct::Tag { .. } => "tag",
        BulkAct::Close { .. } => "close",
    }
}

/// Performs the act on one case; `None` when nothing changed.
async fn one(
    write: &mut Write,
    me: &SignedIn,
    id: CaseId,
    act: &BulkAct,
) -> Result<Option<Stood>, Problem> {
    let case = write.case(id).await?;
    check_sees(write, me, &case).await?;
    let owner = match case.owner_key {
        Some(key) => Some(write.person_by_key(key).await?.id),
        None => None,
    };
    let team = match case.team_key {
        Some(key) => Some(write.team_by_key(key).await?.id),
        None => None,
    };
    let worn = matches!(act, BulkAct::Tag { tag, on } if wears(write, &case, *tag).await? == *on);
    apply(write, id, act).await?;
    let after = write.case(id).await?;
    let then = (after.owner_key, after.state, after.moved);
    let same = !matches!(act, BulkAct::Tag { .. } | BulkAct::Snooze { .. })
        && (then, after.team_key) == ((case.owner_key, case.state, case.moved), case.team_key);
    let (state, until, step, waiting_since) = (
        case.state,
        case.snoozed_until,
        case.moved,
        case.waiting_since,
    );
    let touched_at = after.touched_at;
    let (then_team, take_by) = (after.team_key, case.take_by);
    let stood = Stood {
        case: id,
        owner,
        team,
        state,
        until,
        step,
        waiting_since,
        take_by,
        then,
        then_team,
        touched_at,
    };
    Ok((!same && !worn).then_some(stood))
}

async fn wears(write: &mut Write, case: &Case, tag: TagId) -> Result<bool, Problem> {
    let worn = write.tags_of_cases(&[case.key]).await?;
    Ok(worn.values().flatten().any(|it| it.id == tag))
}

async fn apply(write: &mut Write, id: CaseId, act: &BulkAct) -> Result<(), Problem> {
    match act {
        BulkAct::Assign { person } => {
            vigie_desk::assign(write, id, *person).await?;
        }
        BulkAct::Give { team } => {
            vigie_desk::give(write, id, *team).await?;
        }
        BulkAct::Snooze { until } => {
            vigie_desk::snooze(write, id, *until).await?;
        }
        BulkAct::Wait { state } => wait(write, id, *state).await?,
        BulkAct::Step { step } => {
            vigie_desk::move_queue(write, id, *step).await?;
        }
        BulkAct::Tag { tag, on: true } => vigie_desk::put_tag(write, id, *tag).await?,
        BulkAct::Tag { tag, on: false } => vigie_desk::take_tag(write, id, *tag).await?,
        BulkAct::Close { how } => {
            let ending = Ending {
                how: *how,
                evidence: None,
                reference: None,
                photo: None,
            };
            vigie_desk::close(write, id, ending).await?;
        }
    }
    Ok(())
}

async fn wait(write: &mut Write, id: CaseId, state: CaseState) -> Result<(), Problem> {
    let waiting = match state {
        CaseState::Open => None,
        CaseState::WaitingCustomer => Some(Waiting::Customer),
        CaseState::WaitingColleague => Some(Waiting::Colleague),
        _ => {
            return Err(Problem::bad(
                "state_wrong",
                "wait for the customer, for a colleague, or not at all",
            ));
        }
    };
    vigie_desk::wait(write, id, waiting).await?;
    Ok(())
}

/// Undoes an act on many cases; those changed since stay as they are and are listed.
#[utoipa::path(delete, path = "/api/v1/bulk/{id}", tag = "acts", params(("id" = BulkId, Path)),
    responses((status = 200, body = BulkDone), (status = 403), (status = 404), (status = 409)))]
pub async fn undo(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<BulkId>,
) -> Answer<BulkDone> {
    let mut write = app.store.write(me.actor()).await?;
    let bulk = write.bulk(id).await?;
    if bulk.person != me.person.id {
        return Err(Problem::forbidden());
    }
    if bulk.undone_at.is_some() {
        return Err(Problem::conflict(
            "undone_already",
            "this was undone already",
        ));
    }
    let (act, stood) = recorded(&bulk.before)?;
    let just_now = write.at() < bulk.made_at.plus_minutes(SLIP_MINUTES);
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for it in stood {
        match take_back(&mut write, &me, &act, &it, just_now).await {
            Ok(()) => done.push(it.case),
            Err(why) if why.status().is_server_error() => return Err(why),
            Err(why) => {
                left.push(LeftAlone {
                    case: it.case,
                    problem: why.kind().to_owned(),
                    detail: why.detail().to_owned(),
                });
            }
        }
    }
    write.bulk_undone(bulk.key).await?;
    write.fact(
        FactDraft::new(Act::BulkUndone)
            .on("bulk", id.0)
            .number("cases", done.len() as i64),
    );
    write.commit().await?;
    Ok(Json(BulkDone { id, done, left }))
}

fn recorded(before: &serde_json::Value) -> Result<(BulkAct, Vec<Stood>), Problem> {
    let read = || Some((before.get("act")?.clone(), before.get("cases")?.clone()));
    let parts = read().and_then(|(act, cases)| {
        Some((
            serde_json::from_value(act).ok()?,
            serde_json::from_value(cases).ok()?,
        ))
    });
    parts
        .ok_or_else(|| Problem::conflict("cannot_undo", "what it was before can no longer be read"))
}

/// A person who just gave a case away may no longer see it, but can still undo.
async fn take_back(
    write: &mut Write,
    me: &SignedIn,
    act: &BulkAct,
    stood: &Stood,
    just_now: bool,
) -> Result<(), Problem> {
    let case = write.case(stood.case).await?;
    if !(just_now && matches!(act, BulkAct::Assign { .. } | BulkAct::Give { .. })) {
        check_sees(write, me, &case).await?;
    }
    restore(write, case, act, stood).await
}

async fn restore(
    write: &mut Write,
    case: Case,
    act: &BulkAct,
    stood: &Stood,
) -> Result<(), Problem> {
    let since = || Problem::conflict("acted_since", "somebody acted on this case since");
    match act {
        BulkAct::Assign { .. } if case.owner_key != stood.then.0 => Err(since()),
        BulkAct::Give { .. }
            if (case.team_key, case.owner_key) != (stood.then_team, stood.then.0) =>
        {
            Err(since())
        }
        BulkAct::Step { .. } if case.moved != stood.then.2 => Err(since()),
        BulkAct::Snooze { .. } | BulkAct::Wait { .. } | BulkAct::Close { .. }
            if (case.state, case.touched_at) != (stood.then.1, stood.touched_at) =>
        {
            Err(since())
        }
        BulkAct::Assign { .. } => {
            vigie_desk::assign(write, stood.case, stood.owner).await?;
            as_late(write, stood).await
        }
        BulkAct::Give { .. } => {
            vigie_desk::give(write, stood.case, stood.team).await?;
            vigie_desk::assign(write, stood.case, stood.owner).await?;
            as_late(write, stood).await
        }
        BulkAct::Step { .. } => {
            vigie_desk::move_queue(write, stood.case, stood.step).await?;
            Ok(())
        }
        BulkAct::Tag { tag, on } => {
            apply(write, stood.case, &BulkAct::Tag { tag: *tag, on: !on }).await
        }
        BulkAct::Snooze { .. } | BulkAct::Wait { .. } | BulkAct::Close { .. } => {
            state_again(write, &case, stood).await
        }
    }
}

/// Restores the former state, whatever it was changed to.
async fn state_again(write: &mut Write, case: &Case, stood: &Stood) -> Result<(), Problem> {
    match case.state {
        CaseState::Closed => {
            vigie_desk::undo_closure(write, case.id).await?;
        }
        CaseState::Snoozed => {
            vigie_desk::wake(write, case).await?;
        }
        _ => wait(write, case.id, CaseState::Open).await?,
    }
    match (stood.state, stood.until) {
        (CaseState::Snoozed, Some(until)) if until > write.at() => {
            vigie_desk::snooze(write, case.id, until).await?;
        }
        (CaseState::WaitingCustomer | CaseState::WaitingColleague, _) => {
            wait(write, case.id, stood.state).await?
        }
        _ => {}
    }
    as_late(write, stood).await
}

/// Restores the times that decide whether the case is late or an orphan.
async fn as_late(write: &mut Write, stood: &Stood) -> Result<(), Problem> {
    let before = write.case(stood.case).await?;
    if (before.waiting_since, before.take_by) != (stood.waiting_since, stood.take_by) {
        let mut after = Case {
            waiting_since: stood.waiting_since,
            take_by: stood.take_by,
            ..before.clone()
        };
        write.save_case(&before, &mut after).await?;
    }
    Ok(())
}
