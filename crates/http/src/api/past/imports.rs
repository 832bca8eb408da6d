//! Imports of historical data: files uploaded, previewed, imported, undone; and what they show
//! about the company.

use std::path::PathBuf;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vigie_listen::{
    ImportError, Refusal,
    past::{ImportDryRun, ImportSpec},
};
use vigie_model::{At, Emitter, ImportId, ImportState, OrderStatus, PastKind};
use vigie_store::{Counts, Import, Session};

use crate::api::{DoneResponse, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, query::Query, session::SignedIn};

/// The largest file accepted, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;

/// An uploaded file waiting to be imported.
#[derive(Serialize, ToSchema)]
pub struct UploadResponse {
    /// Identifies it in later requests.
    #[schema(value_type = String)]
    pub upload: Uuid,
    /// In bytes.
    pub size: u64,
}

/// A file to import, and how to read it.
#[derive(Deserialize, ToSchema)]
pub struct ImportRequest {
    /// The uploaded file.
    #[schema(value_type = String)]
    pub upload: Uuid,
    pub name: String,
    /// What to read it as.
    pub kind: PastKind,
    /// Column mapping, such as `external_id=id`; what is not given is guessed.
    #[serde(default)]
    pub mapping: Vec<String>,
    /// The source of the messages: importing again under the same name finds them there.
    #[serde(default)]
    pub source: String,
    /// For mails: the addresses the brand writes from.
    #[serde(default)]
    pub own: Vec<String>,
}

/// An item as it was read.
#[derive(Serialize, ToSchema)]
pub struct ImportSampleResponse {
    /// The author or buyer.
    pub author: String,
    pub at: Option<At>,
    pub emitter: Emitter,
    /// Beginning of the text; for a customer or an order, what identifies it.
    #[serde(rename = "words")]
    pub excerpt: String,
    pub status: Option<OrderStatus>,
}

/// A refused item.
#[derive(Serialize, ToSchema)]
pub struct ImportRefusalResponse {
    /// File and line.
    pub place: String,
    /// Stable code of the reason.
    pub problem: &'static str,
    /// The reason as a sentence.
    pub detail: String,
}

/// What importing a file would do.
#[derive(Serialize, ToSchema)]
pub struct ImportPreviewResponse {
    /// Its columns, when it is a table.
    pub columns: Vec<String>,
    /// The column mapping, as completed.
    pub mapping: Vec<String>,
    /// The first items, as they were read.
    pub sample: Vec<ImportSampleResponse>,
    /// The outcomes of its items.
    pub counts: ImportCountsResponse,
    pub refusals: Vec<ImportRefusalResponse>,
}

/// The outcomes of a file's items.
#[derive(Serialize, ToSchema)]
pub struct ImportCountsResponse {
    pub read: i64,
    pub created: i64,
    /// Already stored with other content.
    pub updated: i64,
    /// Already stored, unchanged.
    pub unchanged: i64,
    pub refused: i64,
    /// Messages that others reply to and that are not in the file.
    pub missing_parents: i64,
}

/// An import of historical data.
#[derive(Serialize, ToSchema)]
pub struct ImportResponse {
    pub id: ImportId,
    pub name: String,
    /// What it was read as: a [`PastKind`].
    pub kind: String,
    pub state: ImportState,
    pub source: String,
    /// The column mapping used.
    pub mapping: Vec<String>,
    pub made_at: At,
    pub ended_at: Option<At>,
    pub undone_at: Option<At>,
    /// The outcomes of its items.
    pub counts: ImportCountsResponse,
    /// Why it stopped.
    pub problem: Option<String>,
}

/// An import just started.
#[derive(Serialize, ToSchema)]
pub struct ImportStartedResponse {
    pub id: ImportId,
}

/// The period to consider.
#[derive(Deserialize, IntoParams, ToSchema)]
pub struct ImportDaysRequest {
    /// The last days before now, 1 to 3,650.
    pub days: i64,
}

/// A number of cases.
#[derive(Serialize, ToSchema)]
pub struct CaseCountResponse {
    pub cases: i64,
}

/// Uploads a file to be imported.
#[utoipa::path(
    put,
    path = "/api/v1/imports/uploads",
    tag = "imports",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = UploadResponse)),
)]
pub async fn upload(
    State(app): State<AppState>,
    _: SignedIn,
    sent: Body,
) -> ApiResult<UploadResponse> {
    let upload = app.store.id();
    let path = app.store.files().waiting(upload)?;
    let full = |err: std::io::Error| {
        Problem::unprocessable(
            "upload_failed",
            format!("the file cannot be kept: {}", err.kind()),
        )
    };
    let mut file = tokio::fs::File::create(&path).await.map_err(full)?;
    let unfinished = UnfinishedUpload(Some(path));
    let (mut size, mut sent) = (0_u64, sent.into_data_stream());
    while let Some(part) = sent.next().await {
        let part = part.map_err(|_| {
            Problem::unprocessable(
                "upload_failed",
                "the file did not arrive whole: send it again",
            )
        })?;
        size += part.len() as u64;
        if size > LARGEST {
            return Err(Problem::unprocessable(
                "upload_too_large",
                "files over 4 GiB: use vigie import on the server",
            ));
        }
        file.write_all(&part).await.map_err(full)?;
    }
    file.flush().await.map_err(full)?;
    unfinished.keep();
    Ok(Json(UploadResponse { upload, size }))
}

/// A file that does not arrive whole is removed, also when its sender hangs up.
struct UnfinishedUpload(Option<PathBuf>);

impl UnfinishedUpload {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for UnfinishedUpload {
    fn drop(&mut self) {
        let removed = self.0.take().map(std::fs::remove_file);
        if let Some(Err(error)) = removed {
            tracing::error!(%error, "an unfinished upload could not be removed");
        }
    }
}

/// Previews an import; nothing is stored.
#[utoipa::path(
    post,
    path = "/api/v1/imports/preview",
    tag = "imports",
    request_body = ImportRequest,
    responses((status = 200, body = ImportPreviewResponse), (status = 422)),
)]
pub async fn preview(
    State(app): State<AppState>,
    _: SignedIn,
    JsonBody(request): JsonBody<ImportRequest>,
) -> ApiResult<ImportPreviewResponse> {
    let found = app
        .imports
        .preview(past(&app, request).await?)
        .await
        .map_err(unreadable)?;
    Ok(Json(preview_response(found)))
}

/// Starts importing a file.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", request_body = ImportRequest,
    responses((status = 200, body = ImportStartedResponse), (status = 422)))]
pub async fn begin(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<ImportRequest>,
) -> ApiResult<ImportStartedResponse> {
    let request = past(&app, request).await?;
    let id = app
        .imports
        .begin(me.person.id, request)
        .await
        .map_err(unreadable)?;
    Ok(Json(ImportStartedResponse { id }))
}

/// Imports, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/imports",
    tag = "imports",
    responses((status = 200, body = Vec<ImportResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<ImportResponse>> {
    let mut session = app.read().await?;
    let mut all = Vec::new();
    for import in session.imports().list(None, 200).await? {
        all.push(to_response(&mut session, import).await?);
    }
    Ok(Json(all))
}

/// An import with its progress.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportResponse), (status = 404)))]
pub async fn read(
    State(app): State<AppState>,
    _: SignedIn,
    Path(id): Path<ImportId>,
) -> ApiResult<ImportResponse> {
    let mut session = app.read().await?;
    let import = session.imports().find(id).await?;
    Ok(Json(to_response(&mut session, import).await?))
}

/// The items refused during an import, as a table to correct and import again.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{id}/refused",
    tag = "imports",
    params(("id" = ImportId, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 404)),
)]
pub async fn refused_items(
    State(app): State<AppState>,
    _: SignedIn,
    Path(id): Path<ImportId>,
) -> Result<impl IntoResponse, Problem> {
    let mut session = app.read().await?;
    let import = session.imports().find(id).await?;
    let mut table = String::from("reason,id,what came\r\n");
    for it in session
        .refused_items()
        .of_import(import.key, 100_000)
        .await?
    {
        let cells = [it.detail, it.external_id.unwrap_or_default(), it.payload].map(|it| cell(&it));
        table.push_str(&format!("{}\r\n", cells.join(",")));
    }
    let named = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"refused.csv\"",
        ),
    ];
    Ok((named, table))
}

/// A spreadsheet must not interpret the text as a formula.
fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!(
        "\"{}{}\"",
        if risky { "'" } else { "" },
        text.replace('"', "\"\"")
    )
}

/// Starts undoing an import completely.
#[utoipa::path(
    delete,
    path = "/api/v1/imports/{id}",
    tag = "imports",
    params(("id" = ImportId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404), (status = 422)),
)]
pub async fn undo(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<ImportId>,
) -> ApiResult<DoneResponse> {
    app.read().await?.imports().find(id).await?;
    app.imports
        .undo(me.person.id, id)
        .await
        .map_err(|error| refused("import_under_way", error))?;
    Ok(done())
}

/// The number of unanswered cases from the last days.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{id}/unanswered",
    tag = "imports",
    params(("id" = ImportId, Path), ImportDaysRequest),
    responses((status = 200, body = CaseCountResponse), (status = 404)),
)]
pub async fn unanswered(
    State(app): State<AppState>,
    _: SignedIn,
    Path(id): Path<ImportId>,
    Query(params): Query<ImportDaysRequest>,
) -> ApiResult<CaseCountResponse> {
    let mut session = app.read().await?;
    let import = session.imports().find(id).await?;
    let since = app.store.now().plus_days(-params.days.clamp(1, 3_650));
    let cases = session
        .insights()
        .unanswered(import.key, since)
        .await?
        .len();
    Ok(Json(CaseCountResponse {
        cases: cases as i64,
    }))
}

/// Reopens the unanswered cases from the last days.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{id}/reopen",
    tag = "imports",
    params(("id" = ImportId, Path)),
    request_body = ImportDaysRequest,
    responses((status = 200, body = CaseCountResponse), (status = 404)),
)]
pub async fn reopen(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<ImportId>,
    JsonBody(request): JsonBody<ImportDaysRequest>,
) -> ApiResult<CaseCountResponse> {
    app.read().await?.imports().find(id).await?;
    let opened = app
        .imports
        .reopen(me.person.id, id, request.days.clamp(1, 3_650))
        .await;
    let cases = opened.map_err(|error| refused("import_failed", error))?;
    Ok(Json(CaseCountResponse { cases }))
}

async fn past(app: &AppState, request: ImportRequest) -> Result<ImportSpec, Problem> {
    let file = app.store.files().waiting(request.upload)?;
    if !tokio::fs::try_exists(&file).await.unwrap_or(false) {
        return Err(Problem::unprocessable(
            "upload_missing",
            "the file is not here any more: send it again",
        ));
    }
    let named = request.source.trim();
    let source = if named.is_empty() {
        request.kind.code().to_owned()
    } else {
        named.chars().take(100).collect()
    };
    let mut own = request.own;
    if own.is_empty() {
        let sources = app.read().await?.sources().list().await?;
        own = vigie_respond::mail::own_addresses(&sources)
            .map_err(|err| Problem::conflict("mailbox_unreadable", err))?;
    }
    let name = vigie_listen::clean_name(&request.name);
    Ok(ImportSpec {
        kind: request.kind,
        files: vec![file],
        name,
        mapping: request.mapping,
        source,
        own,
    })
}

/// Names the file by its original name, not by its path on the server.
fn unreadable(error: ImportError) -> Problem {
    refused("import_unreadable", error)
}

/// The person is shown the name of the file they sent, not its path on our disk.
fn refused(kind: &'static str, error: ImportError) -> Problem {
    let detail = match error {
        ImportError::Refused(error) => error,
        internal @ ImportError::Internal(_) => return Problem::internal(&internal),
    };
    let detail = match detail.split_once("/uploads/") {
        Some((_, rest)) => rest.split_once(": ").map_or(rest, |it| it.1).to_owned(),
        None => detail,
    };
    Problem::unprocessable(kind, detail)
}

fn preview_response(it: ImportDryRun) -> ImportPreviewResponse {
    let (read, created, updated, unchanged, refused) =
        (it.read, it.created, it.updated, it.unchanged, it.refused);
    let missing_parents = it.missing_parents;
    ImportPreviewResponse {
        columns: it.columns,
        mapping: it.mapping,
        sample: it
            .sample
            .into_iter()
            .map(|it| ImportSampleResponse {
                author: it.author,
                at: it.at,
                emitter: it.emitter,
                excerpt: it.excerpt,
                status: it.status,
            })
            .collect(),
        counts: ImportCountsResponse {
            read,
            created,
            updated,
            unchanged,
            refused,
            missing_parents,
        },
        refusals: it.refusals.into_iter().map(refusal).collect(),
    }
}

/// There is only one file: its line number is enough.
fn refusal((place, refusal): (String, Refusal)) -> ImportRefusalResponse {
    let line = place
        .rsplit('/')
        .next()
        .and_then(|it| it.split_once(':'))
        .map_or("", |it| it.1);
    ImportRefusalResponse {
        place: line.to_owned(),
        problem: refusal.problem,
        detail: refusal.detail,
    }
}

async fn to_response(session: &mut Session, it: Import) -> Result<ImportResponse, Problem> {
    let source = session.sources().by_key(it.source_key).await?.name;
    let counts = it.counts;
    let Counts {
        read,
        created,
        updated,
        unchanged,
        refused,
        missing_parents,
    } = counts;
    Ok(ImportResponse {
        id: it.id,
        name: it.name,
        kind: it.kind,
        state: it.state,
        source,
        mapping: it.mapping,
        made_at: it.made_at,
        ended_at: it.ended_at,
        undone_at: it.undone_at,
        counts: ImportCountsResponse {
            read,
            created,
            updated,
            unchanged,
            refused,
            missing_parents,
        },
        problem: it.problem,
    })
}
