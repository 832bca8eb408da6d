//! One act on many cases in one request: everything possible is done together, each refusal
//! gives its reason, and the whole is undone in one request.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::NewClosure;
use vigie_desk::WaitingFor;
use vigie_model::{Act, At, BulkId, CaseId, CaseState, HowEnded, PersonId, TagId, TeamId};
use vigie_store::{Case, FactDraft, Write};

use crate::api::acting::check_sees;
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// The act performed on each case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
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

/// An act on many cases.
#[derive(Deserialize, ToSchema)]
pub struct BulkRequest {
    /// 1 to 500 cases.
    pub cases: Vec<CaseId>,
    /// The act performed on each case.
    #[serde(flatten)]
    pub act: BulkAction,
}

/// A case that was not changed.
#[derive(Serialize, ToSchema)]
pub struct SkippedCase {
    pub case: CaseId,
    /// Why, as a stable code.
    pub problem: String,
    /// Why, as a sentence.
    pub detail: String,
}

/// The result of a bulk act.
#[derive(Serialize, ToSchema)]
pub struct BulkResponse {
    /// Used to undo it.
    pub id: BulkId,
    pub done: Vec<CaseId>,
    /// Cases that were not changed.
    pub left: Vec<SkippedCase>,
}

/// The state of a case before and right after the act: enough to undo it unless somebody acted
/// on it since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct UndoSnapshot {
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
    #[serde(rename = "then")]
    after_state: (Option<i64>, CaseState, i64),
    /// The team right after the act.
    #[serde(default, rename = "then_team")]
    after_team: Option<i64>,
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
    request_body = BulkRequest,
    responses((status = 200, body = BulkResponse), (status = 422)),
)]
pub async fn act(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<BulkRequest>,
) -> ApiResult<BulkResponse> {
    check(&me, &request)?;
    let mut write = app.store.write(me.actor()).await?;
    let (mut before, mut done, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for case in request.cases {
        match one(&mut write, &me, case, &request.act).await {
            Ok(Some(snapshot)) => {
                done.push(case);
                before.push(snapshot);
            }
            Ok(None) => {}
            Err(error) if error.status().is_server_error() => return Err(error),
            Err(error) => left.push(SkippedCase {
                case,
                problem: error.kind().to_owned(),
                detail: error.detail().to_owned(),
            }),
        }
    }
    let record = serde_json::json!({"act": request.act, "cases": before});
    let id = write
        .bulk_acts()
        .insert(me.person.key, code(&request.act), &record)
        .await?;
    write.commit().await?;
    Ok(Json(BulkResponse { id, done, left }))
}

fn check(me: &SignedIn, request: &BulkRequest) -> Result<(), Problem> {
    if request.cases.is_empty() || request.cases.len() > MOST {
        return Err(Problem::unprocessable(
            "cases_too_many",
            "choose 1 to 500 cases",
        ));
    }
    match request.act {
        BulkAction::Close {
            how: HowEnded::Solved,
        } => Err(Problem::unprocessable(
            "evidence_missing",
            "solved needs the evidence of each: close them one by one",
        )),
        BulkAction::Assign { person }
            if me.is_volunteer() && person.is_some_and(|it| it != me.person.id) =>
        {
            Err(Problem::forbidden())
        }
        _ => Ok(()),
    }
}

const fn code(act: &BulkAction) -> &'static str {
    match act {
        BulkAction::Assign { .. } => "assign",
        BulkAction::Give { .. } => "give",
        BulkAction::Snooze { .. } => "snooze",
        BulkAction::Wait { .. } => "wait",
        BulkAction::Step { .. } => "step",
        BulkAction::Tag { .. } => "tag",
        BulkAction::Close { .. } => "close",
    }
}

/// Performs the act on one case; `None` when nothing changed.
async fn one(
    write: &mut Write,
    me: &SignedIn,
    id: CaseId,
    act: &BulkAction,
) -> Result<Option<UndoSnapshot>, Problem> {
    let case = write.cases().find(id).await?;
    check_sees(write, me, &case).await?;
    let owner = match case.owner_key {
        Some(key) => Some(write.people().by_key(key).await?.id),
        None => None,
    };
    let team = match case.team_key {
        Some(key) => Some(write.teams().by_key(key).await?.id),
        None => None,
    };
    let worn =
        matches!(act, BulkAction::Tag { tag, on } if has_tag(write, &case, *tag).await? == *on);
    apply(write, id, act).await?;
    let after = write.cases().find(id).await?;
    let after_state = (after.owner_key, after.state, after.moved);
    let same = !matches!(act, BulkAction::Tag { .. } | BulkAction::Snooze { .. })
        && (after_state, after.team_key)
            == ((case.owner_key, case.state, case.moved), case.team_key);
    let (state, until, step, waiting_since) = (
        case.state,
        case.snoozed_until,
        case.moved,
        case.waiting_since,
    );
    let touched_at = after.touched_at;
    let (after_team, take_by) = (after.team_key, case.take_by);
    let snapshot = UndoSnapshot {
        case: id,
        owner,
        team,
        state,
        until,
        step,
        waiting_since,
        take_by,
        after_state,
        after_team,
        touched_at,
    };
    Ok((!same && !worn).then_some(snapshot))
}

async fn has_tag(write: &mut Write, case: &Case, tag: TagId) -> Result<bool, Problem> {
    let worn = write.tags().of_cases(&[case.key]).await?;
    Ok(worn.values().flatten().any(|it| it.id == tag))
}

async fn apply(write: &mut Write, id: CaseId, act: &BulkAction) -> Result<(), Problem> {
    match act {
        BulkAction::Assign { person } => {
            vigie_desk::assign(write, id, *person).await?;
        }
        BulkAction::Give { team } => {
            vigie_desk::assign_team(write, id, *team).await?;
        }
        BulkAction::Snooze { until } => {
            vigie_desk::snooze(write, id, *until).await?;
        }
        BulkAction::Wait { state } => wait(write, id, *state).await?,
        BulkAction::Step { step } => {
            vigie_desk::move_queue(write, id, *step).await?;
        }
        BulkAction::Tag { tag, on: true } => vigie_desk::put_tag(write, id, *tag).await?,
        BulkAction::Tag { tag, on: false } => vigie_desk::take_tag(write, id, *tag).await?,
        BulkAction::Close { how } => {
            let ending = NewClosure {
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
        CaseState::WaitingCustomer => Some(WaitingFor::Customer),
        CaseState::WaitingColleague => Some(WaitingFor::Colleague),
        _ => {
            return Err(Problem::bad_request(
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
    responses((status = 200, body = BulkResponse), (status = 403), (status = 404), (status = 409)))]
pub async fn undo(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<BulkId>,
) -> ApiResult<BulkResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let bulk = write.bulk_acts().find(id).await?;
    if bulk.person != me.person.id {
        return Err(Problem::forbidden());
    }
    if bulk.undone_at.is_some() {
        return Err(Problem::conflict(
            "undone_already",
            "this was undone already",
        ));
    }
    let (act, snapshot) = parse_record(&bulk.before)?;
    let just_now = write.at() < bulk.made_at.plus_minutes(SLIP_MINUTES);
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for it in snapshot {
        match undo_one(&mut write, &me, &act, &it, just_now).await {
            Ok(()) => done.push(it.case),
            Err(error) if error.status().is_server_error() => return Err(error),
            Err(error) => {
                left.push(SkippedCase {
                    case: it.case,
                    problem: error.kind().to_owned(),
                    detail: error.detail().to_owned(),
                });
            }
        }
    }
    write.bulk_acts().mark_undone(bulk.key).await?;
    write.fact(
        FactDraft::new(Act::BulkUndone)
            .on("bulk", id.0)
            .number("cases", done.len() as i64),
    );
    write.commit().await?;
    Ok(Json(BulkResponse { id, done, left }))
}

fn parse_record(before: &serde_json::Value) -> Result<(BulkAction, Vec<UndoSnapshot>), Problem> {
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
async fn undo_one(
    write: &mut Write,
    me: &SignedIn,
    act: &BulkAction,
    snapshot: &UndoSnapshot,
    just_now: bool,
) -> Result<(), Problem> {
    let case = write.cases().find(snapshot.case).await?;
    if !(just_now && matches!(act, BulkAction::Assign { .. } | BulkAction::Give { .. })) {
        check_sees(write, me, &case).await?;
    }
    restore(write, case, act, snapshot).await
}

async fn restore(
    write: &mut Write,
    case: Case,
    act: &BulkAction,
    snapshot: &UndoSnapshot,
) -> Result<(), Problem> {
    let since = || Problem::conflict("acted_since", "somebody acted on this case since");
    match act {
        BulkAction::Assign { .. } if case.owner_key != snapshot.after_state.0 => Err(since()),
        BulkAction::Give { .. }
            if (case.team_key, case.owner_key) != (snapshot.after_team, snapshot.after_state.0) =>
        {
            Err(since())
        }
        BulkAction::Step { .. } if case.moved != snapshot.after_state.2 => Err(since()),
        BulkAction::Snooze { .. } | BulkAction::Wait { .. } | BulkAction::Close { .. }
            if (case.state, case.touched_at) != (snapshot.after_state.1, snapshot.touched_at) =>
        {
            Err(since())
        }
        BulkAction::Assign { .. } => {
            vigie_desk::assign(write, snapshot.case, snapshot.owner).await?;
            restore_deadlines(write, snapshot).await
        }
        BulkAction::Give { .. } => {
            vigie_desk::assign_team(write, snapshot.case, snapshot.team).await?;
            vigie_desk::assign(write, snapshot.case, snapshot.owner).await?;
            restore_deadlines(write, snapshot).await
        }
        BulkAction::Step { .. } => {
            vigie_desk::move_queue(write, snapshot.case, snapshot.step).await?;
            Ok(())
        }
        BulkAction::Tag { tag, on } => {
            apply(
                write,
                snapshot.case,
                &BulkAction::Tag { tag: *tag, on: !on },
            )
            .await
        }
        BulkAction::Snooze { .. } | BulkAction::Wait { .. } | BulkAction::Close { .. } => {
            restore_state(write, &case, snapshot).await
        }
    }
}

/// Restores the former state, whatever it was changed to.
async fn restore_state(
    write: &mut Write,
    case: &Case,
    snapshot: &UndoSnapshot,
) -> Result<(), Problem> {
    match case.state {
        CaseState::Closed => {
            vigie_desk::undo_closure(write, case.id).await?;
        }
        CaseState::Snoozed => {
            vigie_desk::wake(write, case).await?;
        }
        _ => wait(write, case.id, CaseState::Open).await?,
    }
    match (snapshot.state, snapshot.until) {
        (CaseState::Snoozed, Some(until)) if until > write.at() => {
            vigie_desk::snooze(write, case.id, until).await?;
        }
        (CaseState::WaitingCustomer | CaseState::WaitingColleague, _) => {
            wait(write, case.id, snapshot.state).await?
        }
        _ => {}
    }
    restore_deadlines(write, snapshot).await
}

/// Restores the times that decide whether the case is late or an orphan.
async fn restore_deadlines(write: &mut Write, snapshot: &UndoSnapshot) -> Result<(), Problem> {
    let before = write.cases().find(snapshot.case).await?;
    if (before.waiting_since, before.take_by) != (snapshot.waiting_since, snapshot.take_by) {
        let mut after = Case {
            waiting_since: snapshot.waiting_since,
            take_by: snapshot.take_by,
            ..before.clone()
        };
        write.cases().save(&before, &mut after).await?;
    }
    Ok(())
}
