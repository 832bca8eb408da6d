//! A complete case: thread, reasons, ladder, acts, viewers.

use axum::{
    Json,
    extract::{Path, State},
};
use vigie_desk::{Ladder, LadderStep, ladder};
use vigie_model::{At, CaseId, CaseState, HowEnded, Kind};
use vigie_store::{Case, Session};

use super::{
    case_messages::{messages, orders},
    case_parts::{
        brief, cause, claim, closure, customer, draft, moves, notes, owner, preference, promises,
        source, tags, team, why,
    },
    case_proposal::proposed,
    questions::questions_of_case,
    response::{CaseResponse, CauseSummary, ClosureResponse, PromiseResponse, RecipientResponse},
    row::CaseSummary,
};
use crate::{ApiResult, AppState, Problem, api::acting::check_sees, session::SignedIn};

/// A complete case.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = CaseResponse), (status = 403), (status = 404)))]
pub async fn read(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<CaseResponse> {
    let mut session = app.read_snapshot().await?;
    let case = session.cases().find(id).await?;
    check_sees(&mut session, &me, &case).await?;
    Ok(Json(whole(&app, &mut session, &me, case).await?))
}

async fn whole(
    app: &AppState,
    session: &mut Session,
    me: &SignedIn,
    case: Case,
) -> Result<CaseResponse, Problem> {
    let now = app.store.now();
    let recipients = vigie_respond::recipients(session, &case).await?;
    let messages = messages(app, session, &case, &recipients).await?;
    let promises = promises(session, &case).await?;
    let cause = cause(session, &case).await?;
    let closure = closure(session, &case).await?;

    Ok(CaseResponse {
        last_message_fact: case.last_message_fact,
        owner: owner(session, &case).await?,
        team: team(session, &case).await?,
        customer: customer(session, &case).await?,
        claim: claim(session, &case).await?,
        preference: preference(session, &case).await?,
        author: session.authors().by_key(case.author_key).await?.into(),
        source: source(session, &case, app).await?,
        recipients: recipients.iter().map(RecipientResponse::from).collect(),
        due_at: case.due_at,
        take_by: case.take_by,
        orphan: is_orphan(&case, now),
        snoozed_until: case.snoozed_until,
        public: case.public,
        lang: case.lang.clone(),
        why: why(session, &case).await?,
        ladder: steps(&case, cause.as_ref(), &promises, closure.as_ref()),
        orders: orders(session, &case, &messages).await?,
        proposed: proposed(session, &case, &messages, now).await?,
        messages,
        questions: questions_of_case(session, case.key, now).await?,
        notes: notes(session, &case).await?,
        tags: tags(session, &case).await?,
        cause,
        promises,
        closure,
        moves: moves(session, &case).await?,
        continues: brief(session, case.continues_key).await?,
        joined: brief(session, case.joined_key).await?,
        draft: draft(session, &case, me).await?,
        facts: session.facts().of_case(case.key).await?,
        brief: CaseSummary::from(&case),
    })
}

fn is_orphan(case: &Case, now: At) -> bool {
    let overdue = case.take_by.is_some_and(|take_by| take_by <= now);
    case.state == CaseState::Open && case.owner_key.is_none() && overdue
}

/// The steps reached, derived from what people did; complaints only.
fn steps(
    case: &Case,
    cause: Option<&CauseSummary>,
    promises: &[PromiseResponse],
    closure: Option<&ClosureResponse>,
) -> Vec<LadderStep> {
    if case.kind != Kind::Complaint {
        return Vec::new();
    }
    let is_withdrawn = |promise: &PromiseResponse| promise.outcome.as_deref() == Some("withdrawn");
    ladder(Ladder {
        answered: case.answered_at.is_some(),
        cause_named: cause.is_some(),
        promised: !promises.iter().all(is_withdrawn),
        proved: closure.is_some_and(|closure| closure.how == HowEnded::Solved),
    })
}
