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
use vigie_model::{Actor, AttachmentId, CaseState, IncomingMessage, Lang, OutState, Visibility};
use vigie_store::{Author, Case, Conversation, Message, Session};
use vigie_wording::{Catalogue, catalogue};

use super::{
    NoticePage, Page,
    address::ask_owner,
    error_page, failed, html, lang, refusal,
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
    /// What became of asking the owner of the address.
    asked: Option<AddressAsked>,
}

/// What became of asking the owner of an address whether it is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressAsked {
    Now,
    /// A mail had left less than a day before.
    Today,
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
    let state = PageState {
        asked: params.asked,
        ..PageState::default()
    };
    render(&app, &token, lang, &state)
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

/// What the page says besides the thread.
#[derive(Default)]
struct PageState<'a> {
    /// Why the last message was refused, and what it said.
    problem: Option<&'a str>,
    sent: MultipartForm,
    asked: Option<AddressAsked>,
}

async fn render(
    app: &AppState,
    token: &str,
    lang: Lang,
    page_state: &PageState<'_>,
) -> Result<Response, Problem> {
    let conversation = thread(app, token).await?;
    let mut session = app.read().await?;
    let case = case_of(&mut session, &conversation).await?;
    let offer = claimant(&mut session, &conversation, &case).await?;
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
        problem: page_state.problem,
        offer: offer.is_some() && page_state.asked.is_none(),
        notice: page_state.asked.map(|asked| match asked {
            AddressAsked::Now => words.address.sent,
            AddressAsked::Today => words.address.sent_today,
        }),
        once: match page_state.sent.field(ONCE) {
            none if none.is_empty() => fresh(app),
            once => once,
        },
        text: page_state.sent.field("text"),
    }))
}

/// The case of a conversation, or the one it was joined into.
async fn case_of(session: &mut Session, conversation: &Conversation) -> Result<Case, Problem> {
    let none = || Problem::not_found("case");
    let key = conversation.case_key.ok_or_else(none)?;
    let case = session.cases().by_key(key).await?;
    match case.joined_key {
        Some(into) => Ok(session.cases().by_key(into).await?),
        None => Ok(case),
    }
}

/// Who began a conversation with an address that is only claimed, when its owner can be asked.
async fn claimant(
    session: &mut Session,
    conversation: &Conversation,
    case: &Case,
) -> Result<Option<Author>, Problem> {
    let author = first_author(session, conversation).await?;
    let author = author.filter(|author| author.claimed && author.email.is_some());
    let mailbox = session.sources().mailbox_of(case.brand_key).await?;
    Ok(author.filter(|_| mailbox.is_some()))
}

/// Who began a conversation.
async fn first_author(
    session: &mut Session,
    conversation: &Conversation,
) -> Result<Option<Author>, Problem> {
    let messages = session.messages().of_conversation(conversation.key).await?;
    Ok(match messages.into_iter().find_map(|it| it.author_key) {
        Some(key) => Some(session.authors().by_key(key).await?),
        None => None,
    })
}

/// Asks the owner of the address given in this conversation whether it is theirs, by a mail.
pub async fn check_address(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(params): Query<PrivatePageQuery>,
    headers: HeaderMap,
) -> Response {
    let lang = lang(params.lang.as_deref(), &headers);
    if let Err(error) = app.check_rate_limit("address", &token, PER_MINUTE) {
        return error_page(lang, error.status(), refusal(catalogue(lang), &error));
    }
    match ask_claimant(&app, &token).await {
        Ok(asked) => {
            let (lang, asked) = (lang.code(), asked.code());
            Redirect::to(&format!("/p/{token}?lang={lang}&asked={asked}")).into_response()
        }
        Err(error) => no_page(lang, &error),
    }
}

async fn ask_claimant(app: &AppState, token: &str) -> Result<AddressAsked, Problem> {
    let conversation = thread(app, token).await?;
    let mut write = app.store.write(Actor::Customer).await?;
    let case = case_of(&mut write, &conversation).await?;
    let author = claimant(&mut write, &conversation, &case).await?;
    let author = author.ok_or_else(|| Problem::not_found("address"))?;
    match ask_owner(app, &mut write, &author, &case).await {
        Ok(()) => {
            write.commit().await?;
            Ok(AddressAsked::Now)
        }
        Err(error) if error.kind() == "asked_today" => Ok(AddressAsked::Today),
        Err(error) => Err(error),
    }
}

/// Closes the links of a conversation, as their holder asks.
pub async fn close(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(params): Query<PrivatePageQuery>,
    headers: HeaderMap,
) -> Response {
    let lang = lang(params.lang.as_deref(), &headers);
    match close_links(&app, &token).await {
        Ok(title) => {
            let (title, notice) = (title.as_str(), catalogue(lang).private.closed);
            let page = Page { lang, title };
            html(&NoticePage { page, notice })
        }
        Err(error) => no_page(lang, &error),
    }
}

/// Closes the links; returns the brand's name.
async fn close_links(app: &AppState, token: &str) -> Result<String, Problem> {
    let conversation = thread(app, token).await?;
    let mut write = app.store.write(Actor::Customer).await?;
    let case = Case {
        conversation_key: conversation.key,
        ..case_of(&mut write, &conversation).await?
    };
    vigie_desk::close_private_links(&mut write, &case).await?;
    let brand = write.brands().by_key(case.brand_key).await?;
    write.commit().await?;
    Ok(brand.name)
}

impl AddressAsked {
    const fn code(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Today => "today",
        }
    }
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
    /// The address can be confirmed.
    pub(super) offer: bool,
    pub(super) notice: Option<&'a str>,
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
async fn visible(session: &mut Session, message: &Message) -> Result<bool, Problem> {
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
        Err(error) => refused(&app, &token, lang, &error, sent).await,
    }
}

/// The page again, with what was typed and why it is refused.
async fn refused(
    app: &AppState,
    token: &str,
    lang: Lang,
    error: &Problem,
    sent: MultipartForm,
) -> Response {
    let state = PageState {
        problem: Some(refusal(catalogue(lang), error)),
        sent,
        asked: None,
    };
    let page = render(app, token, lang, &state).await;
    let mut answer = page.unwrap_or_else(|error| no_page(lang, &error));
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
    let author = first_author(&mut session, conversation).await?;
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
