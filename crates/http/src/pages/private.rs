//! The private page: the customer follows the case and answers, without an account. Nothing
//! internal is on it (row A25).

use axum::{
    extract::{FromRequest as _, Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_listen::{Batch, BatchContext, IncomingItem, form};
use vigie_model::{AttachmentId, CaseState, IncomingMessage, Lang, OutState, Visibility};
use vigie_respond::format_datetime;
use vigie_store::{Conversation, Message};

use super::{
    error_page, lang, page,
    texts::{refusal, texts},
};
use crate::{
    AppState, Problem, api::messages::files::bytes, html::escape, multipart_form::MultipartForm,
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
    render(&app, &token, lang)
        .await
        .unwrap_or_else(|_| link_expired_page(lang))
}

fn link_expired_page(lang: Lang) -> Response {
    error_page(lang, StatusCode::NOT_FOUND, texts(lang).link_over)
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

async fn render(app: &AppState, token: &str, lang: Lang) -> Result<Response, Problem> {
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
    let w = texts(lang);
    let state = match (case.state, case.answered_at) {
        (CaseState::Closed, _) => w.state_closed,
        (CaseState::WaitingCustomer, Some(_)) => w.state_answered,
        _ => w.state_open,
    };
    let mut list = String::new();
    for message in session.messages().of_conversation(conversation.key).await? {
        if !visible(&mut session, &message).await? {
            continue;
        }
        let ours = message.person_key.is_some();
        let who = if ours {
            format!("{} — {}", message.who, brand.name)
        } else {
            w.you.to_owned()
        };
        let (who, when) = (
            escape(&who),
            escape(&format_datetime(message.at, &brand.settings.timezone, lang)),
        );
        let text = escape(&message.text).replace('\n', "<br>");
        let class = if ours { "ours" } else { "theirs" };
        list.push_str(&format!(
            "<li class=\"{class}\"><p class=\"who\"><strong>{who}</strong> {when}</p><p>{text}</p>"
        ));
        for file in session.attachments().of_message(message.key).await? {
            let name = escape(&file.file.name);
            let token = escape(token);
            list.push_str(&format!(
                "<p><a href=\"/p/{token}/files/{}\">{name}</a></p>",
                file.id
            ));
        }
        list.push_str("</li>");
    }
    let (name, token) = (escape(&brand.name), escape(token));
    let body = format!(
        "<h1>{name}</h1><p>{}{}. {state}</p><ol class=\"thread\">{list}</ol>\
         <form method=\"post\" action=\"/p/{token}?lang={}\" enctype=\"multipart/form-data\">\
         <label for=\"text\">{}</label><textarea id=\"text\" name=\"text\" rows=\"5\" \
         required></textarea>\
         <label for=\"photos\">{} <small>({})</small></label>\
         <input id=\"photos\" name=\"photos\" type=\"file\" accept=\"image/*,application/pdf\" \
         multiple>\
         <button type=\"submit\">{}</button></form>",
        w.number,
        case.number,
        lang.code(),
        w.add,
        w.photos,
        w.optional,
        w.send,
    );
    Ok(page(lang, &brand.name, &body))
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
    let Ok(conversation) = thread(&app, &token).await else {
        return link_expired_page(lang);
    };
    if let Err(error) = app.check_rate_limit("private", &token, PER_MINUTE) {
        return error_page(
            lang,
            StatusCode::TOO_MANY_REQUESTS,
            refusal(lang, error.kind()).unwrap_or_else(|| error.detail()),
        );
    }
    let written = async {
        let sent = MultipartForm::from_request(request, &()).await?;
        submit(&app, &conversation, &sent).await
    };
    match written.await {
        Ok(()) => Redirect::to(&format!("/p/{token}?lang={}", lang.code())).into_response(),
        Err(error) => error_page(
            lang,
            StatusCode::UNPROCESSABLE_ENTITY,
            refusal(lang, error.kind()).unwrap_or_else(|| error.detail()),
        ),
    }
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
    let mut message = IncomingMessage::new(app.store.id().to_string(), text);
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
