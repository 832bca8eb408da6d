//! What staff heard, and public posts somebody saw; the reporter learns the outcome.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_listen::{Batch, BatchContext, IncomingItem, IntakeOutcome, report, seen_elsewhere};
use vigie_model::{
    At, CaseId, CaseState, Channel, HowEnded, IncomingAuthor, IncomingMessage, SourceKind,
};

use crate::{ApiResult, AppState, Problem, multipart_form::MultipartForm, session::SignedIn};

/// What a colleague heard.
#[derive(Serialize, ToSchema)]
pub struct ReportRequest {
    text: String,
    channel: Channel,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    order: Option<String>,
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<Vec<u8>>,
}

/// A public post a colleague saw.
#[derive(Serialize, ToSchema)]
pub struct SeenElsewhereRequest {
    url: String,
    text: String,
    handle: Option<String>,
    #[schema(value_type = Option<String>, format = Binary)]
    screenshot: Option<Vec<u8>>,
}

/// The case of a report.
#[derive(Serialize, ToSchema)]
pub struct ReportCreatedResponse {
    /// Absent when the same post was reported before.
    pub case: Option<CaseId>,
    /// Whether the post was already stored.
    pub known: bool,
}

/// Reports what was heard in a shop, on the telephone or in after-sales.
#[utoipa::path(
    post,
    path = "/api/v1/reports",
    tag = "reports",
    request_body(content = ReportRequest, content_type = "multipart/form-data"),
    responses((status = 200, body = ReportCreatedResponse), (status = 422)),
)]
pub async fn report(
    State(app): State<AppState>,
    me: SignedIn,
    sent: MultipartForm,
) -> ApiResult<ReportCreatedResponse> {
    let channel = channel(&sent)?;
    let customer = IncomingAuthor {
        name: sent.optional_field("name"),
        email: sent.optional_field("email"),
        phone: sent.optional_field("phone"),
        ..IncomingAuthor::default()
    };
    let files = sent.keep_files(&app.store)?;
    let noted = report::StaffReport {
        text: sent.field("text"),
        channel,
        customer,
        order: sent.optional_field("order"),
    };
    let message = report::read(noted, app.store.id().to_string(), files)?;
    submit(&app, &me, SourceKind::REPORT, message).await
}

/// Where it was heard: in the shop, unless it is said.
fn channel(sent: &MultipartForm) -> Result<Channel, Problem> {
    let Some(code) = sent.optional_field("channel") else {
        return Ok(Channel::Shop);
    };
    code.parse().map_err(|err: vigie_model::UnknownCode| {
        Problem::unprocessable("channel_unknown", err.to_string())
    })
}

/// Reports a public post seen elsewhere.
#[utoipa::path(
    post,
    path = "/api/v1/seen-elsewhere",
    tag = "reports",
    request_body(content = SeenElsewhereRequest, content_type = "multipart/form-data"),
    responses((status = 200, body = ReportCreatedResponse), (status = 422)),
)]
pub async fn seen(
    State(app): State<AppState>,
    me: SignedIn,
    sent: MultipartForm,
) -> ApiResult<ReportCreatedResponse> {
    let files = sent.keep_files(&app.store)?;
    let seen = seen_elsewhere::SeenPost {
        url: sent.field("url"),
        text: sent.field("text"),
        handle: sent.optional_field("handle"),
    };
    let message = seen_elsewhere::read(seen, files)?;
    submit(&app, &me, SourceKind::SEEN_ELSEWHERE, message).await
}

async fn submit(
    app: &AppState,
    me: &SignedIn,
    kind: SourceKind,
    message: IncomingMessage,
) -> ApiResult<ReportCreatedResponse> {
    let sources = app.read().await?.sources().list().await?;
    let source = sources
        .iter()
        .find(|it| it.kind == kind && it.paused_at.is_none());
    let missing = || {
        Problem::unprocessable(
            "source_missing",
            "no open source of this kind: ask an administrator to make one",
        )
    };
    let source = source.ok_or_else(missing)?.id;
    let item = IncomingItem {
        external_id: Some(message.external_id.clone()),
        raw: String::new(),
        parsed: Ok(message),
    };
    let extras = BatchContext {
        reporter: Some(me.person.id),
        ..BatchContext::default()
    };
    let heard = app
        .intake
        .receive(Batch {
            source,
            items: vec![item],
            cursor: None,
            extras,
        })
        .await?;
    match heard.into_iter().next() {
        Some(IntakeOutcome::Created { case, .. }) => Ok(Json(ReportCreatedResponse {
            case: Some(case),
            known: false,
        })),
        Some(IntakeOutcome::Refused(error)) => Err(error.into()),
        Some(IntakeOutcome::Unchanged { message } | IntakeOutcome::Revised { message }) => {
            let mut session = app.read().await?;
            let key = session.messages().find(message).await?.case_key;
            let case = session.cases().by_key(key).await?.id;
            Ok(Json(ReportCreatedResponse {
                case: Some(case),
                known: true,
            }))
        }
        None => Err(Problem::not_found("message")),
    }
}

/// The outcome of a report.
#[derive(Serialize, ToSchema)]
pub struct ReportResponse {
    pub case: CaseId,
    pub title: String,
    pub state: CaseState,
    pub how: Option<HowEnded>,
    /// Name of the owner.
    pub owner: Option<String>,
    pub at: At,
    /// Time of the last human act.
    pub touched_at: At,
}

/// The outcomes of the caller's reports.
#[utoipa::path(
    get,
    path = "/api/v1/reports",
    tag = "reports",
    responses((status = 200, body = Vec<ReportResponse>)),
)]
pub async fn mine(State(app): State<AppState>, me: SignedIn) -> ApiResult<Vec<ReportResponse>> {
    let reports = app
        .read()
        .await?
        .reports()
        .of_person(me.person.key)
        .await?
        .into_iter()
        .map(|it| ReportResponse {
            case: it.case,
            title: it.title,
            state: it.state,
            how: it.how,
            owner: it.owner,
            at: it.at,
            touched_at: it.touched_at,
        });
    Ok(Json(reports.collect()))
}
