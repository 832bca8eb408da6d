//! Answers: remarks before sending, sending, recalling, and answers given elsewhere.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_charter::Severity;
use vigie_model::{At, CaseId, MessageId, OutboxId, Visibility};
use vigie_respond::ExternalAnswer;

use crate::api::{DoneResponse, acting::begin, done};
use crate::{
    ApiResult, AppState, body::JsonBody, multipart_form::MultipartForm, session::SignedIn,
};

/// An answer to send.
#[derive(Deserialize, ToSchema)]
pub struct AnswerRequest {
    pub text: String,
    /// Whom it is for, among the `recipients` of the case; the first when absent.
    pub to: Option<vigie_model::AuthorId>,
    /// Who will be able to read it.
    pub visibility: Visibility,
    /// The `stamp` of the case when the caller loaded it.
    pub seen: i64,
    /// A dated promise made in the answer.
    pub promise: Option<crate::api::cases::actions::PromiseRequest>,
}

/// A queued answer.
#[derive(Serialize, ToSchema)]
pub struct AnswerResponse {
    /// Used to call it back.
    pub id: OutboxId,
    pub message: MessageId,
    /// Until then it can be called back.
    pub leaves_at: At,
}

/// Sends an answer; it leaves after ten seconds. A sender who has not seen the newest messages
/// is refused. The same text sent again within ten minutes is the same answer, so a caller who
/// does not know whether it was accepted may retry.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/answers",
    tag = "answers",
    params(("id" = CaseId, Path)),
    request_body = AnswerRequest,
    responses((status = 200, body = AnswerResponse), (status = 409), (status = 422)),
)]
pub async fn send(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<AnswerRequest>,
) -> ApiResult<AnswerResponse> {
    vigie_listen::form::words(&request.text)?;
    let personal = vigie_analyse::personal_data(&request.text)
        .iter()
        .map(|it| (it.start, it.end))
        .collect();
    let mut write = begin(&app, &me, id).await?;
    let answer = vigie_respond::NewAnswer {
        case: id,
        text: request.text,
        to: request.to,
        visibility: request.visibility,
        seen: request.seen,
        promise: request.promise.map(|it| (it.text, it.due_at)),
        personal,
    };
    let vigie_respond::QueuedAnswer {
        id,
        message,
        leaves_at,
    } = vigie_respond::answer(&mut write, &app.replies, &me.person, answer).await?;
    write.commit().await?;
    Ok(Json(AnswerResponse {
        id,
        message,
        leaves_at,
    }))
}

/// The text of the recalled answer.
#[derive(Serialize, ToSchema)]
pub struct RecallResponse {
    /// It is a draft again.
    pub text: String,
}

/// Recalls an answer before it leaves.
#[utoipa::path(
    delete,
    path = "/api/v1/answers/{id}",
    tag = "answers",
    params(("id" = OutboxId, Path)),
    responses((status = 200, body = RecallResponse), (status = 409)),
)]
pub async fn recall(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<OutboxId>,
) -> ApiResult<RecallResponse> {
    let mut session = app.read().await?;
    let case_key = session.outbox().find(id).await?.case_key;
    let case = session.cases().by_key(case_key).await?.id;
    drop(session);
    let mut write = begin(&app, &me, case).await?;
    let text = vigie_respond::recall(&mut write, &me.person, id).await?;
    write.commit().await?;
    Ok(Json(RecallResponse { text }))
}

/// A text to check.
#[derive(Deserialize, ToSchema)]
pub struct RemarksRequest {
    pub text: String,
    /// The intended visibility of the answer.
    pub visibility: Visibility,
}

/// A remark on an answer.
#[derive(Serialize, ToSchema)]
pub struct RemarkResponse {
    /// `personal_data`, `unsigned` or `promise`.
    pub rule: &'static str,
    /// Must be removed before sending.
    pub blocks: bool,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// For a promise: days until it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
}

/// Checks an answer being written against the charter.
#[utoipa::path(post, path = "/api/v1/remarks", tag = "answers", request_body = RemarksRequest,
    responses((status = 200, body = Vec<RemarkResponse>)))]
pub async fn remarks(
    me: SignedIn,
    JsonBody(request): JsonBody<RemarksRequest>,
) -> ApiResult<Vec<RemarkResponse>> {
    let personal: Vec<_> = vigie_analyse::personal_data(&request.text)
        .iter()
        .map(|it| (it.start, it.end))
        .collect();
    let found = vigie_charter::remarks(
        &request.text,
        request.visibility,
        &me.person.name,
        &personal,
    );
    let mut responses: Vec<_> = found
        .into_iter()
        .map(|it| RemarkResponse {
            rule: it.rule,
            blocks: it.severity == Severity::Block,
            start: it.start,
            end: it.end,
            days: None,
        })
        .collect();
    if let Some(promise) = vigie_charter::find_promise(&request.text) {
        let days = Some(promise.days);
        responses.push(RemarkResponse {
            rule: "promise",
            blocks: false,
            start: promise.start,
            end: promise.end,
            days,
        });
    }
    Ok(Json(responses))
}

/// An answer given elsewhere.
#[derive(Serialize, ToSchema)]
pub struct ExternalAnswerRequest {
    text: String,
    url: Option<String>,
    #[schema(value_type = Option<String>, format = Binary)]
    screenshot: Option<Vec<u8>>,
}

/// Records an answer given on the network itself, with its link or a screenshot.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/answered-there",
    tag = "answers",
    params(("id" = CaseId, Path)),
    request_body(content = ExternalAnswerRequest, content_type = "multipart/form-data"),
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn record_external_answer(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    sent: MultipartForm,
) -> ApiResult<DoneResponse> {
    let text = sent.field("text");
    vigie_listen::form::words(&text)?;
    let screenshots = sent.keep_files(&app.store)?;
    let mut write = begin(&app, &me, id).await?;
    let answer = ExternalAnswer {
        case: id,
        text,
        url: sent.optional_field("url"),
        screenshots,
    };
    vigie_respond::record_external_answer(&mut write, &me.person, answer).await?;
    write.commit().await?;
    Ok(done())
}
