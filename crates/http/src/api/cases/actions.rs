//! Acts on a case. States are resources: an act creates one, undoing it deletes it; each
//! responds only that it is done.

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::NewClosure;
use vigie_desk::WaitingFor;
use vigie_model::{
    At, CaseId, CaseState, CauseId, EvidenceKind, HowEnded, PersonId, PromiseId, Visibility,
};

use crate::api::{
    DoneResponse,
    acting::{begin, check_sees, end},
};
use crate::{
    ApiResult, AppState, Problem, body::JsonBody, multipart_form::MultipartForm, session::SignedIn,
};

/// The owner to assign.
#[derive(Deserialize, ToSchema)]
pub struct AssignmentRequest {
    pub person: PersonId,
}

/// Assigns an owner to a case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/assignment",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = AssignmentRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn assign(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<AssignmentRequest>,
) -> ApiResult<DoneResponse> {
    if me.is_volunteer() && request.person != me.person.id {
        return Err(Problem::forbidden());
    }
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::assign(&mut write, id, Some(request.person)).await?;
    end(write).await
}

/// Removes the owner of a case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/assignment",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn unassign(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::assign(&mut write, id, None).await?;
    end(write).await
}

/// A snooze of a case.
#[derive(Deserialize, ToSchema)]
pub struct SnoozeRequest {
    pub until: At,
}

/// Snoozes a case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/snooze",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = SnoozeRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn snooze(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<SnoozeRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::snooze(&mut write, id, request.until).await?;
    end(write).await
}

/// Wakes a snoozed case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/snooze",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn wake(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    let case = write.cases().find(id).await?;
    vigie_desk::wake(&mut write, &case).await?;
    end(write).await
}

/// Who a case waits for.
#[derive(Deserialize, ToSchema)]
pub struct WaitingRequest {
    /// `waiting_customer` or `waiting_colleague`.
    pub state: CaseState,
}

/// Sets who a case waits for.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/waiting",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = WaitingRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn wait(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<WaitingRequest>,
) -> ApiResult<DoneResponse> {
    let waiting = match request.state {
        CaseState::WaitingCustomer => WaitingFor::Customer,
        CaseState::WaitingColleague => WaitingFor::Colleague,
        _ => {
            return Err(Problem::bad_request(
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
    responses((status = 200, body = DoneResponse)),
)]
pub async fn resume(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::wait(&mut write, id, None).await?;
    end(write).await
}

/// A move of one queue.
#[derive(Deserialize, ToSchema)]
pub struct StepRequest {
    /// +1 more pressing, −1 less pressing, 0 as the rules decide.
    pub step: i64,
}

/// Moves a case one queue by hand.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/step",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = StepRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn step(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<StepRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::move_queue(&mut write, id, request.step).await?;
    end(write).await
}

/// Closes a case: multipart with `how`, and for solved `evidence`, `reference` or a photo.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/closure",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body(content = ClosureRequest, content_type = "multipart/form-data"),
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn close(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    sent: MultipartForm,
) -> ApiResult<DoneResponse> {
    let how: HowEnded = sent
        .field("how")
        .parse()
        .map_err(|err: vigie_model::UnknownCode| {
            Problem::bad_request("how_wrong", err.to_string())
        })?;
    let evidence = sent
        .optional_field("evidence")
        .map(|it| it.parse::<EvidenceKind>())
        .transpose();
    let evidence =
        evidence.map_err(|err| Problem::bad_request("evidence_wrong", err.to_string()))?;
    let photo = sent.keep_files(&app.store)?.into_iter().next();
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::close(
        &mut write,
        id,
        NewClosure {
            how,
            evidence,
            reference: sent.optional_field("reference"),
            photo,
        },
    )
    .await?;
    end(write).await
}

/// The closure of a case.
#[derive(Serialize, ToSchema)]
pub struct ClosureRequest {
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
    responses((status = 200, body = DoneResponse), (status = 409)),
)]
pub async fn reopen(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::undo_closure(&mut write, id).await?;
    end(write).await
}

/// The cause to name.
#[derive(Deserialize, ToSchema)]
pub struct CaseCauseRequest {
    pub cause: CauseId,
}

/// Names the cause of a case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/cause",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = CaseCauseRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn name_cause(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<CaseCauseRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::name_cause(&mut write, id, Some(request.cause)).await?;
    end(write).await
}

/// Withdraws the cause of a case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/cause",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn clear_cause(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::name_cause(&mut write, id, None).await?;
    end(write).await
}

/// An internal note.
#[derive(Deserialize, ToSchema)]
pub struct NoteRequest {
    /// `@name` mentions a colleague.
    pub text: String,
}

/// Writes a note.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/notes",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = NoteRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn note(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<NoteRequest>,
) -> ApiResult<DoneResponse> {
    vigie_listen::form::words(&request.text)?;
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::write_note(&mut write, id, &me.person, &request.text).await?;
    end(write).await
}

/// A draft of an answer.
#[derive(Deserialize, ToSchema)]
pub struct DraftRequest {
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
    request_body = DraftRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn draft(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<DraftRequest>,
) -> ApiResult<DoneResponse> {
    if request.text.contains('\0') {
        return Err(Problem::unprocessable(
            "text_unreadable",
            "the text holds a NUL character",
        ));
    }
    let mut write = begin(&app, &me, id).await?;
    let case = write.cases().find(id).await?;
    write
        .drafts()
        .put(case.key, me.person.key, &request.text, request.visibility)
        .await?;
    end(write).await
}

/// A report that the caller is viewing a case.
#[derive(Deserialize, ToSchema)]
pub struct PresenceRequest {
    /// Whether the caller is writing.
    pub writing: bool,
}

/// Another person viewing the case.
#[derive(Serialize, ToSchema)]
pub struct PresenceResponse {
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
    request_body = PresenceRequest,
    responses((status = 200, body = Vec<PresenceResponse>)),
)]
pub async fn update_presence(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<PresenceRequest>,
) -> ApiResult<Vec<PresenceResponse>> {
    let mut session = app.read().await?;
    let case = session.cases().find(id).await?;
    check_sees(&mut session, &me, &case).await?;
    let mentioned = session
        .notes()
        .mentions(me.person.key)
        .await?
        .iter()
        .any(|(it, ..)| *it == id);
    drop(session);
    // A volunteer only sees a case because it mentions them: their mention stays.
    if mentioned && !me.is_volunteer() {
        let mut write = app.store.write(me.actor()).await?;
        write
            .notes()
            .mark_mentions_read(case.key, me.person.key)
            .await?;
        write.commit().await?;
    }
    let others = app.presence.record_viewer(
        id,
        me.person.id,
        &me.person.name,
        request.writing,
        app.store.now(),
    );
    Ok(axum::Json(
        others
            .into_iter()
            .map(|it| PresenceResponse {
                name: it.name,
                writing: it.writing,
            })
            .collect(),
    ))
}

/// A dated promise.
#[derive(Deserialize, ToSchema)]
pub struct PromiseRequest {
    pub text: String,
    pub due_at: At,
}

/// Stores a promise and keeps it in view.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/promises",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = PromiseRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn promise(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<PromiseRequest>,
) -> ApiResult<DoneResponse> {
    vigie_listen::form::words(&request.text)?;
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::make_promise(&mut write, id, &request.text, request.due_at).await?;
    end(write).await
}

/// The outcome of a promise.
#[derive(Deserialize, ToSchema)]
pub struct PromiseOutcomeRequest {
    /// True for kept, false for broken.
    pub kept: bool,
}

/// Records whether a promise was kept.
#[utoipa::path(
    put,
    path = "/api/v1/promises/{id}/outcome",
    tag = "acts",
    params(("id" = PromiseId, Path)),
    request_body = PromiseOutcomeRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn set_promise_outcome(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<PromiseId>,
    JsonBody(request): JsonBody<PromiseOutcomeRequest>,
) -> ApiResult<DoneResponse> {
    judge_promise(&app, &me, id, Some(request.kept)).await
}

/// Puts a promise back in view.
#[utoipa::path(
    delete,
    path = "/api/v1/promises/{id}/outcome",
    tag = "acts",
    params(("id" = PromiseId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn clear_promise_outcome(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<PromiseId>,
) -> ApiResult<DoneResponse> {
    judge_promise(&app, &me, id, None).await
}

async fn judge_promise(
    app: &AppState,
    me: &SignedIn,
    id: PromiseId,
    kept: Option<bool>,
) -> ApiResult<DoneResponse> {
    let case = app.read().await?.promises().find(id).await?.case;
    let mut write = begin(app, me, case).await?;
    vigie_desk::judge_promise(&mut write, id, kept).await?;
    end(write).await
}
