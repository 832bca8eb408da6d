//! `POST /api/v1/messages`: programs post messages; the response comes only after the commit.

use axum::{Json, extract::Request, extract::State};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vigie_connect::Limits;
use vigie_listen::{Batch, BatchContext, IncomingItem, IntakeOutcome, Refusal, api};
use vigie_model::{MessageId, SourceId};
use vigie_store::Scope;

use crate::{ApiResult, AppState, Problem, body, session::program};

const LIMITS: Limits = vigie_connect::api::LIMITS;

/// The outcome of one item.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemResult {
    /// The item's own id, if it could be read.
    pub external_id: Option<String>,
    /// `created`, `unchanged`, `revised` or `refused`.
    pub status: &'static str,
    /// Vigie's id of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ItemProblem>,
}

/// Why an item was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemProblem {
    /// Stable code.
    #[serde(rename = "type")]
    pub kind: String,
    /// A sentence, naming the place.
    pub detail: String,
}

impl From<Refusal> for ItemProblem {
    fn from(error: Refusal) -> Self {
        Self {
            kind: format!("urn:vigie:problem:{}", error.problem),
            detail: error.detail,
        }
    }
}

/// The readable items, and for each item what is wrong with it.
pub fn read_each<T>(
    values: &[Value],
    read: impl Fn(&Value) -> Result<T, Refusal>,
) -> (Vec<T>, Vec<Option<ItemProblem>>) {
    let (mut good, mut problems) = (
        Vec::with_capacity(values.len()),
        Vec::with_capacity(values.len()),
    );
    for value in values {
        problems.push(read(value).map(|it| good.push(it)).err().map(Into::into));
    }
    (good, problems)
}

/// The outcome of each item: refused for its problem, else the outcome that intake gives for
/// the next readable one. An item without an outcome is an error: a program told `unchanged` would
/// never send it again.
pub fn with_problems(
    problems: Vec<Option<ItemProblem>>,
    statuses: Vec<&'static str>,
) -> Result<Vec<(&'static str, Option<ItemProblem>)>, Problem> {
    let readable = problems.iter().filter(|problem| problem.is_none()).count();
    if readable != statuses.len() {
        let detail = format!("{} outcomes for {readable} items", statuses.len());
        return Err(vigie_store::Error::Inconsistent(detail).into());
    }
    let mut statuses = statuses.into_iter();
    let outcomes = problems.into_iter().map(|problem| match problem {
        None => (statuses.next().unwrap_or("unchanged"), None), // default: counted above
        refused => ("refused", refused),
    });
    Ok(outcomes.collect())
}

/// The outcomes of all items, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageResultsResponse {
    /// One per item.
    pub results: Vec<ItemResult>,
}

/// Accepts one message or an array of at most 1,000. Scope `messages:write`.
#[utoipa::path(
    post,
    path = "/api/v1/messages",
    tag = "messages",
    request_body(
        content = Object,
        description = "one object or an array: external_id, text, html?, title?, url?, at?, \
            author{handle?, name?, email?, phone?, \
    customer_id?, followers?, token? (a JSON Web Token signed by the shop with the secret of this \
    source)}, in_reply_to?, conversation?, visibility?, emitter?, channel?, \
    rating?, counts?, counts_version?, \
    order?, attachments?[{name, content}]",
    ),
    responses(
        (status = 200, body = MessageResultsResponse),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 413),
        (status = 429),
    ),
)]
pub async fn post(
    State(app): State<AppState>,
    request: Request,
) -> ApiResult<MessageResultsResponse> {
    let program = program(&app, request.headers(), Scope::MessagesWrite).await?;
    app.check_rate_limit("messages", &program.0.prefix, LIMITS.requests_per_minute)?;
    let values = values(request).await?;
    let source = app
        .read()
        .await?
        .sources()
        .by_key(program.0.source_key)
        .await?
        .id;
    receive(&app, source, values, BatchContext::default()).await
}

/// One object or an array of at most 1,000.
pub async fn values(request: Request) -> Result<Vec<Value>, Problem> {
    let bytes = body::read_body(request, LIMITS.bytes_per_message).await?;
    let values = match body::json::<Value>(&bytes)? {
        Value::Array(values) => values,
        one => vec![one],
    };
    if values.len() > LIMITS.messages_per_batch {
        return Err(Problem::bad_request(
            "too_many_items",
            format!("send at most {} items at once", LIMITS.messages_per_batch),
        ));
    }
    Ok(values)
}

/// Passes JSON items to intake; files are durable before the rows that name them.
pub async fn receive(
    app: &AppState,
    source: SourceId,
    values: Vec<Value>,
    extras: BatchContext,
) -> ApiResult<MessageResultsResponse> {
    let secret = app.read().await?.sources().find(source).await?.secret;
    let items = values.iter().map(|value| read_item(app, value, &secret));
    let items = items.collect::<Result<Vec<_>, Problem>>()?;
    let names: Vec<_> = items.iter().map(|item| item.external_id.clone()).collect();
    let heard = app
        .intake
        .receive(Batch {
            source,
            items,
            cursor: None,
            extras,
        })
        .await?;
    let results = vigie_store::paired("messages and their outcomes", names, heard)?;
    let results = results.map(|(name, heard)| result(name, heard)).collect();
    Ok(Json(MessageResultsResponse { results }))
}

/// Reads an item, and who the shop says wrote it; its files are durable when this returns.
fn read_item(app: &AppState, value: &Value, secret: &str) -> Result<IncomingItem, Problem> {
    let now = app.store.now();
    let posted = api::read(value, now, |text| STANDARD.decode(text).ok());
    let posted = posted.vouched(value, secret, now);
    for stored in &posted.files {
        app.store.files().keep(&stored.file.sha256, &stored.bytes)?;
    }
    Ok(posted.item)
}

fn result(external_id: Option<String>, heard: IntakeOutcome) -> ItemResult {
    let (status, id, problem) = match heard {
        IntakeOutcome::Created { message, .. } => ("created", Some(message), None),
        IntakeOutcome::Unchanged { message } => ("unchanged", Some(message), None),
        IntakeOutcome::Revised { message } => ("revised", Some(message), None),
        IntakeOutcome::Refused(error) => ("refused", None, Some(error.into())),
    };
    ItemResult {
        external_id,
        status,
        id,
        problem,
    }
}
