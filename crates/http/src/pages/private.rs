//! The private page: the customer follows the case and answers, without an account. Nothing
//! internal is on it (row A25).

use askama::Template;
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_listen::{Batch, BatchContext, IncomingItem, form};
use vigie_model::{AttachmentId, CaseState, IncomingMessage, Lang, OutState, Visibility};
use vigie_store::{Case, Conversation, Message};
use vigie_wording::{Catalogue, catalogue};

use super::{
    Page, failed, html, lang, refusal,
    sending::{ONCE, Sending, fresh},
    thread::PageMessage,
};
use crate::{
    AppState, Problem, api::messages::files::bytes, multipart_form::MultipartForm,
    passwords::hash_token,
};

/// The query string.
#[derive(Deserialize, Default)]
pub struct PrivatePageQuery {
    lang: Option<String>,
}

const PER_MINUTE: u32 = 10;

/// Shows the case to its customer.
pub async fn show(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(params): Query<PrivatePageQuery>,
    headers: HeaderMap,
) -> Response {
    let lang = lang(params.lang.as_deref(), &headers);
    render(&app, &token, lang, None, &MultipartForm::default())
        .await
        .unwrap_or_else(|error| no_page(lang, &error))
}

/// The link is over, unless something of ours failed.
fn no_page(lang: Lang, error: &Problem) -> Response {
    failed(lang, error, catalogue(lang).private.link_over)
}

async fn thread(app: &AppState, token: &str) -> Result<Conversation, Problem> {
    let found = app
        .read()
        .await?
        .reports()
        .private_link(&hash_token(token), app.store.now())
        .await?;
    found.ok_or_else(|| Problem::not_found("link"))
}

/// The page, with why the last message was refused and what it said.
async fn render(
    app: &AppState,
    token: &str,
    lang: Lang,
    problem: Option<&str>,
    sent: &MultipartForm,
) -> Result<Response, Problem> {
    let conversation = thread(app, token).await?;
    let mut session = app.read().await?;
    let mut case = session
        .cases()
        .by_key(
            conversation
                .case_key
                .ok_or_else(|| Problem::not_found("case"))?,
        )
        .await?;
    if let Some(into) = case.joined_key {
        case = session.cases().by_key(into).await?;
    }
    let brand = session.brands().by_key(case.brand_key).await?;

    let (words, zone) = (catalogue(lang), &brand.settings.timezone);
    let mut messages = Vec::new();
    for message in session.messages().of_conversation(conversation.key).await? {
        if !visible(&mut session, &message).await? {
            continue;
        }
        let who = match message.person_key {
            Some(_) => words.private.from(&brand.name, &message.who),
            None => words.private.you.to_owned(),
        };
        messages.push(PageMessage::read(&mut session, message, who, zone, lang).await?);
    }

    let title = brand.name.as_str();
    Ok(html(&PrivatePage {
        page: Page { lang, title },
        words,
        number: case.number,
        state: state(&case, words),
        messages,
        token,
        problem,
        once: match sent.field(ONCE) {
            none if none.is_empty() => fresh(app),
            once => once,
        },
        text: sent.field("text"),
    }))
}

/// The case, as its customer sees it.
#[derive(Template)]
#[template(path = "private.html")]
pub(super) struct PrivatePage<'a> {
    pub(super) page: Page<'a>,
    pub(super) words: &'static Catalogue,
    pub(super) number: i64,
    pub(super) state: &'static str,
    pub(super) messages: Vec<PageMessage>,
    pub(super) token: &'a str,
    pub(super) problem: Option<&'a str>,
    /// Tells this showing of the page from another.
    pub(super) once: String,
    pub(super) text: String,
}

const fn state(case: &Case, words: &Catalogue) -> &'static str {
    match (case.state, case.answered_at) {
        (CaseState::Closed, _) => words.private.state_closed,
        (CaseState::WaitingCustomer, Some(_)) => words.private.state_answered,
        _ => words.private.state_open,
    }
}

/// Whether the customer may see a message: their own, and ours once sent. What is rehearsed or
/// recalled was never sent.
async fn visible(session: &mut vigie_store::Session, message: &Message) -> Result<bool, Problem> {
    if message.person_key.is_none() {
        return Ok(true);
    }
    let out = session.outbox().of_case(message.case_key).await?;
    Ok(out
        .iter()
        .any(|it| it.message_key == message.key && it.state == OutState::Sent))
}

/// Receives another message from the customer.
pub async fn reply(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(params): Query<PrivatePageQuery>,
    request: Request,
) -> Response {
    let lang = lang(params.lang.as_deref(), request.headers());
    let conversation = match thread(&app, &token).await {
        Ok(conversation) => conversation,
        Err(error) => return no_page(lang, &error),
    };
    let limit = app.check_rate_limit("private", &token, PER_MINUTE);
    let (sent, problem) = MultipartForm::as_far_as_readable(request).await;
    let written = match problem.or(limit.err()) {
        Some(error) => Err(error),
        None => submit(&app, &conversation, &sent).await,
    };
    match written {
        Ok(()) => Redirect::to(&format!("/p/{token}?lang={}", lang.code())).into_response(),
        Err(error) => refused(&app, &token, lang, &error, &sent).await,
    }
}

/// The page again, with what was typed and why it is refused.
async fn refused(
    app: &AppState,
    token: &str,
    lang: Lang,
    error: &Problem,
    sent: &MultipartForm,
) -> Response {
    let problem = Some(refusal(catalogue(lang), error));
    let shown = render(app, token, lang, problem, sent).await;
    let mut answer = shown.unwrap_or_else(|error| no_page(lang, &error));
    *answer.status_mut() = error.status().max(StatusCode::UNPROCESSABLE_ENTITY);
    answer
}

async fn submit(
    app: &AppState,
    conversation: &Conversation,
    sent: &MultipartForm,
) -> Result<(), Problem> {
    let text = sent.field("text");
    form::words(&text)?;
    let mut session = app.read().await?;
    let source = session.sources().by_key(conversation.source_key).await?;
    let first = session
        .messages()
        .of_conversation(conversation.key)
        .await?
        .into_iter()
        .find(|it| it.author_key.is_some());
    let author = match first.and_then(|it| it.author_key) {
        Some(key) => Some(session.authors().by_key(key).await?),
        None => None,
    };
    drop(session);
    let sending = Sending::of(app, &sent.field(ONCE), &text);
    let mut message = IncomingMessage::new(sending.id, text);
    message.conversation = conversation
        .external_key
        .strip_prefix("c:")
        .map(str::to_owned);
    message.visibility = Visibility::Private;
    // The link is the customer's own: its holder writes as the original author.
    if let Some(author) = author {
        (message.author.name, message.author.email) = (author.name, author.email);
    }
    message.attachments = sent.keep_files(&app.store)?;
    let item = IncomingItem {
        external_id: Some(message.external_id.clone()),
        raw: String::new(),
        parsed: Ok(message),
    };
    app.intake
        .receive(Batch {
            source: source.id,
            items: vec![item],
            cursor: None,
            extras: BatchContext::default(),
        })
        .await?;
    Ok(())
}

/// A photo in this conversation.
pub async fn file(
    State(app): State<AppState>,
    Path((token, id)): Path<(String, AttachmentId)>,
) -> Result<Response, Problem> {
    let conversation = thread(&app, &token).await?;
    let mut session = app.read().await?;
    let attachment = session.attachments().find(id).await?;
    let message = attachment
        .message_key
        .ok_or_else(|| Problem::not_found("attachment"))?;
    let message = session.messages().by_key(message).await?;
    if message.conversation_key != conversation.key || !visible(&mut session, &message).await? {
        return Err(Problem::not_found("attachment"));
    }
    drop(session);
    bytes(&app, &attachment).await
}
