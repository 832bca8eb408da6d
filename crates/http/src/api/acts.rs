//! Acts on a case. States are resources: an act creates one, undoing it deletes it; each
//! responds only that it is done.

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::Ending;
use vigie_desk::Waiting;
use vigie_model::{
    Act, At, CaseId, CaseState, CauseId, EvidenceKind, HowEnded, PersonId, PromiseId, Visibility,
};
use vigie_store::{FactDraft, Write};

use super::{Done, cases::check_sees, done};
use crate::{Answer, App, Problem, body::Asked, session::SignedIn, upload::Sent};

/// Begins an act on a case that its author may see.
pub async fn begin(app: &App, me: &SignedIn, case: CaseId) -> Result<Write, Problem> {
    let mut write = app.store.write(me.actor()).await?;
    let case = write.case(case).await?;
    check_sees(&mut write, me, &case).await?;
    Ok(write)
}

async fn end(write: Write) -> Answer<Done> {
    write.commit().await?;
    Ok(done())
}

/// The owner to assign.
#[derive(Deserialize, ToSchema)]
pub struct AssignmentAsked {
    pub person: PersonId,
}

/// Assigns an owner to a case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/assignment",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = AssignmentAsked,
    responses((status = 200, body = Done), (status = 422)),
)]
pub async fn assign(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<AssignmentAsked>,
) -> Answer<Done> {
    if me.is_volunteer() && asked.person != me.person.id {
        return Err(Problem::forbidden());
    }
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::assign(&mut write, id, Some(asked.person)).await?;
    end(write).await
}

/// Removes the owner of a case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/assignment",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Done)),
)]
pub async fn unassign(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::assign(&mut write, id, None).await?;
    end(write).await
}

/// A snooze of a case.
#[derive(Deserialize, ToSchema)]
pub struct SnoozeAsked {
    pub until: At,
}

/// Snoozes a case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/snooze",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = SnoozeAsked,
    responses((status = 200, body = Done), (status = 422)),
)]
pub async fn snooze(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<SnoozeAsked>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::snooze(&mut write, id, asked.until).await?;
    end(write).await
}

/// Wakes a snoozed case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/snooze",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Done)),
)]
pub async fn wake(State(app): State<App>, me: SignedIn, Path(id): Path<CaseId>) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    let case = write.case(id).await?;
    vigie_desk::wake(&mut write, &case).await?;
    end(write).await
}

/// Who a case waits for.
#[derive(Deserialize, ToSchema)]
pub struct WaitingAsked {
    /// `waiting_customer` or `waiting_colleague`.
    pub state: CaseState,
}

/// Sets who a case waits for.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/waiting",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = WaitingAsked,
    responses((status = 200, body = Done)),
)]
pub async fn wait(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<WaitingAsked>,
) -> Answer<Done> {
    let waiting = match asked.state {
        CaseState::WaitingCustomer => Waiting::Customer,
        CaseState::WaitingColleague => Waiting::Colleague,
        _ => {
            return Err(Problem::bad(
                "state_wrong",
                "wait for the customer or for a colleague",
            ));
        }
    };
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::wait(&mut write, id, Some(waiting)).await?;
    end(write).await
}

/// Ends waiting: the team acts next.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/waiting",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Done)),
)]
pub async fn resume(State(app): State<App>, me: SignedIn, Path(id): Path<CaseId>) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::wait(&mut write, id, None).await?;
    end(write).await
}

/// A move of one queue.
#[derive(Deserialize, ToSchema)]
pub struct StepAsked {
    /// +1 more pressing, −1 less pressing, 0 as the rules decide.
    pub step: i64,
}

/// Moves a case one queue by hand.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/step",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = StepAsked,
    responses((status = 200, body = Done)),
)]
pub async fn step(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<StepAsked>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::move_queue(&mut write, id, asked.step).await?;
    end(write).await
}

/// Closes a case: multipart with `how`, and for solved `evidence`, `reference` or a photo.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/closure",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body(content = ClosureAsked, content_type = "multipart/form-data"),
    responses((status = 200, body = Done), (status = 422)),
)]
pub async fn close(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    sent: Sent,
) -> Answer<Done> {
    let how: HowEnded = sent
        .field("how")
        .parse()
        .map_err(|why: vigie_model::UnknownCode| Problem::bad("how_wrong", why.to_string()))?;
    let evidence = sent
        .told("evidence")
        .map(|it| it.parse::<EvidenceKind>())
        .transpose();
    let evidence = evidence.map_err(|why| Problem::bad("evidence_wrong", why.to_string()))?;
    let photo = sent.keep_files(&app.store)?.into_iter().next();
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::close(
        &mut write,
        id,
        Ending {
            how,
            evidence,
            reference: sent.told("reference"),
            photo,
        },
    )
    .await?;
    end(write).await
}

/// The closure of a case.
#[derive(Serialize, ToSchema)]
pub struct ClosureAsked {
    how: HowEnded,
    evidence: Option<EvidenceKind>,
    reference: Option<String>,
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<Vec<u8>>,
}

/// Undoes the closure of a case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/closure",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Done), (status = 409)),
)]
pub async fn reopen(State(app): State<App>, me: SignedIn, Path(id): Path<CaseId>) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::undo_closure(&mut write, id).await?;
    end(write).await
}

/// The cause to name.
#[derive(Deserialize, ToSchema)]
pub struct CauseAsked {
    pub cause: CauseId,
}

/// Names the cause of a case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/cause",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = CauseAsked,
    responses((status = 200, body = Done)),
)]
pub async fn name_cause(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<CauseAsked>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::name_cause(&mut write, id, Some(asked.cause)).await?;
    end(write).await
}

/// Withdraws the cause of a case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/cause",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Done)),
)]
pub async fn clear_cause(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::name_cause(&mut write, id, None).await?;
    end(write).await
}

/// An internal note.
#[derive(Deserialize, ToSchema)]
pub struct NoteAsked {
    /// `@name` mentions a colleague.
    pub text: String,
}

/// Writes a note.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/notes",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = NoteAsked,
    responses((status = 200, body = Done), (status = 422)),
)]
pub async fn note(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<NoteAsked>,
) -> Answer<Done> {
    vigie_listen::form::words(&asked.text)?;
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::write_note(&mut write, id, &me.person, &asked.text).await?;
    end(write).await
}

/// A draft of an answer.
#[derive(Deserialize, ToSchema)]
pub struct DraftAsked {
    /// An empty text deletes the draft.
    pub text: String,
    /// The intended visibility of the answer.
    pub visibility: Visibility,
}

/// Stores the caller's draft.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/draft",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = DraftAsked,
    responses((status = 200, body = Done)),
)]
pub async fn draft(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<DraftAsked>,
) -> Answer<Done> {
    if asked.text.contains('\0') {
        return Err(Problem::refused(
            "text_unreadable",
            "the text holds a NUL character",
        ));
    }
    let mut write = begin(&app, &me, id).await?;
    let case = write.case(id).await?;
    write
        .put_draft(case.key, me.person.key, &asked.text, asked.visibility)
        .await?;
    end(write).await
}

/// A report that the caller is viewing a case.
#[derive(Deserialize, ToSchema)]
pub struct LookAsked {
    /// Whether the caller is writing.
    pub writing: bool,
}

/// Another person viewing the case.
#[derive(Serialize, ToSchema)]
pub struct LookingShown {
    pub name: String,
    /// Whether they are writing.
    pub writing: bool,
}

/// Reports that the caller is viewing a case; returns the other viewers. Mentions of the
/// caller in it are marked as seen.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/presence",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = LookAsked,
    responses((status = 200, body = Vec<LookingShown>)),
)]
pub async fn look(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<LookAsked>,
) -> Answer<Vec<LookingShown>> {
    let mut session = app.read().await?;
    let case = session.case(id).await?;
    check_sees(&mut session, &me, &case).await?;
    let mentioned = session
        .mentions(me.person.key)
        .await?
        .iter()
        .any(|(it, ..)| *it == id);
    drop(session);
    // A volunteer only sees a case because it mentions them: their mention stays.
    if mentioned && !me.is_volunteer() {
        let mut write = app.store.write(me.actor()).await?;
        write.see_mentions(case.key, me.person.key).await?;
        write.commit().await?;
    }
    let others = app.presence.look(
        id,
        me.person.id,
        &me.person.name,
        asked.writing,
        app.store.now(),
    );
    Ok(axum::Json(
        others
            .into_iter()
            .map(|it| LookingShown {
                name: it.name,
                writing: it.writing,
            })
            .collect(),
    ))
}

/// A dated promise.
#[derive(Deserialize, ToSchema)]
pub struct PromiseAsked {
    pub text: String,
    pub due_at: At,
}

/// Stores a promise and keeps it in view.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/promises",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = PromiseAsked,
    responses((status = 200, body = Done), (status = 422)),
)]
pub async fn promise(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<PromiseAsked>,
) -> Answer<Done> {
    vigie_listen::form::words(&asked.text)?;
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::make_promise(&mut write, id, &asked.text, asked.due_at).await?;
    end(write).await
}

/// The outcome of a promise.
#[derive(Deserialize, ToSchema)]
pub struct OutcomeAsked {
    /// True for kept, false for broken.
    pub kept: bool,
}

/// Records whether a promise was kept.
#[utoipa::path(
    put,
    path = "/api/v1/promises/{id}/outcome",
    tag = "acts",
    params(("id" = PromiseId, Path)),
    request_body = OutcomeAsked,
    responses((status = 200, body = Done)),
)]
pub async fn judge(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<PromiseId>,
    Asked(asked): Asked<OutcomeAsked>,
) -> Answer<Done> {
    judge_promise(&app, &me, id, Some(asked.kept)).await
}

/// Puts a promise back in view.
#[utoipa::path(
    delete,
    path = "/api/v1/promises/{id}/outcome",
    tag = "acts",
    params(("id" = PromiseId, Path)),
    responses((status = 200, body = Done)),
)]
pub async fn unjudge(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<PromiseId>,
) -> Answer<Done> {
    judge_promise(&app, &me, id, None).await
}

async fn judge_promise(
    app: &App,
    me: &SignedIn,
    id: PromiseId,
    kept: Option<bool>,
) -> Answer<Done> {
    let case = app.read().await?.promise(id).await?.case;
    let mut write = begin(app, me, case).await?;
    vigie_desk::judge_promise(&mut write, id, kept).await?;
    end(write).await
}

/// A fact for a setting that a person changed, without any text.
pub fn setting_fact(act: Act, noun: &'static str, id: uuid::Uuid) -> FactDraft {
    FactDraft::new(act).on(noun, id)
}
