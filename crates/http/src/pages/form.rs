//! The hosted form, its confirmation with an honest delay, and the private link.

use askama::Template;
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use vigie_listen::{Batch, BatchContext, IncomingItem, IntakeOutcome, form};
use vigie_model::{Lang, MessageId, SourceKind};
use vigie_respond::format_datetime;
use vigie_store::{Brand, Source};
use vigie_wording::{Catalogue, catalogue};

use super::{
    NoticePage, Page, error_page, failed, html, lang, refusal,
    sending::{ONCE, Sending, fresh},
};
use crate::{AppState, Problem, app::client_address, multipart_form::MultipartForm, passwords};

/// The query string.
#[derive(Deserialize, Default)]
pub struct FormPageQuery {
    lang: Option<String>,
}

const PER_MINUTE: u32 = 6;

/// Shows the empty form.
pub async fn show(
    State(app): State<AppState>,
    Path(code): Path<String>,
    Query(params): Query<FormPageQuery>,
    headers: HeaderMap,
) -> Response {
    let lang = lang(params.lang.as_deref(), &headers);
    match find_form(&app, &code, lang).await {
        Ok((source, _)) if source.paused_at.is_some() => error_page(
            lang,
            StatusCode::SERVICE_UNAVAILABLE,
            catalogue(lang).form.form_paused,
        ),
        Ok((_, brand)) => {
            let empty = MultipartForm::of(&[(ONCE, &fresh(&app))]);
            form_page(&brand, &code, lang, None, &empty)
        }
        Err(answer) => answer,
    }
}

async fn find_form(app: &AppState, code: &str, lang: Lang) -> Result<(Source, Brand), Response> {
    let found = async {
        let mut session = app.read().await?;
        let source = session.sources().by_code(code).await?;
        if source.kind != SourceKind::FORM {
            return Err(vigie_store::Error::Missing("form").into());
        }
        let brand = session.brands().by_key(source.brand_key).await?;
        Ok::<_, Problem>((source, brand))
    };
    let missing = catalogue(lang).form.form_missing;
    found.await.map_err(|error| failed(lang, &error, missing))
}

/// The form, with what was filled in and why it was refused.
#[derive(Template)]
#[template(path = "form.html")]
pub(super) struct FormPage<'a> {
    pub(super) page: Page<'a>,
    pub(super) words: &'static Catalogue,
    pub(super) code: &'a str,
    pub(super) problem: Option<&'a str>,
    pub(super) sent: &'a MultipartForm,
}

fn form_page(
    brand: &Brand,
    code: &str,
    lang: Lang,
    problem: Option<&str>,
    sent: &MultipartForm,
) -> Response {
    let words = catalogue(lang);
    html(&FormPage {
        page: Page {
            lang,
            title: &words.form.title(&brand.name),
        },
        words,
        code,
        problem,
        sent,
    })
}

/// Receives a filled form.
pub async fn send(
    State(app): State<AppState>,
    Path(code): Path<String>,
    Query(params): Query<FormPageQuery>,
    request: Request,
) -> Response {
    let lang = lang(params.lang.as_deref(), request.headers());
    let from = client_address(&app, &request);
    let (source, brand) = match find_form(&app, &code, lang).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let rate_limits = app.check_rate_limit("form", &from, PER_MINUTE);
    let (sent, problem) = MultipartForm::as_far_as_readable(request).await;
    // What was typed is shown again: neither a refused file nor a rate limit must lose it.
    if let Some(error) = problem.or(rate_limits.err()) {
        return redisplay(&brand, &code, lang, &error, &sent);
    }
    if !sent.field("website").is_empty() {
        // A program filled in the trap: it sees the normal confirmation, and nothing is stored.
        let (title, notice) = (brand.name.as_str(), catalogue(lang).form.received);
        let page = Page { lang, title };
        return html(&NoticePage { page, notice });
    }
    match submit(&app, &source, &sent).await {
        Ok((number, link)) => confirmation(&app, &brand, lang, number, &link, &sent),
        Err(error) => redisplay(&brand, &code, lang, &error, &sent),
    }
}

fn redisplay(
    brand: &Brand,
    code: &str,
    lang: Lang,
    error: &Problem,
    sent: &MultipartForm,
) -> Response {
    let problem = refusal(catalogue(lang), error);
    let mut answer = form_page(brand, code, lang, Some(problem), sent);
    *answer.status_mut() = error.status().max(StatusCode::UNPROCESSABLE_ENTITY);
    answer
}

async fn submit(
    app: &AppState,
    source: &Source,
    sent: &MultipartForm,
) -> Result<(i64, String), Problem> {
    let sending = Sending::of(app, &sent.field(ONCE), &sent.field("text"));
    let filled = form::FormSubmission {
        text: sent.field("text"),
        name: sent.field("name"),
        email: sent.field("email"),
        order: sent.field("order"),
        trap: sent.field("website"),
    };
    // Checked before any file is written.
    form::words(&filled.text)?;
    let files = sent.keep_files(&app.store)?;
    let mut message = form::read(filled, sending.id.clone(), files)?;
    message.conversation = Some(sending.id);
    let extras = BatchContext {
        private_link: Some(passwords::hash_token(&sending.token)),
        ..BatchContext::default()
    };
    let item = IncomingItem {
        external_id: Some(message.external_id.clone()),
        raw: String::new(),
        parsed: Ok(message),
    };
    let heard = app
        .intake
        .receive(Batch {
            source: source.id,
            items: vec![item],
            cursor: None,
            extras,
        })
        .await?;
    let number = match heard.into_iter().next() {
        Some(IntakeOutcome::Created { case, .. }) => {
            app.read().await?.cases().find(case).await?.number
        }
        Some(IntakeOutcome::Unchanged { message } | IntakeOutcome::Revised { message }) => {
            number_of(app, message).await?
        }
        Some(IntakeOutcome::Refused(error)) => return Err(error.into()),
        None => return Err(Problem::not_found("message")),
    };
    Ok((number, format!("/p/{}", sending.token)))
}

/// The number of the case of a message that was sent before.
async fn number_of(app: &AppState, message: MessageId) -> Result<i64, Problem> {
    let mut session = app.read().await?;
    let message = session.messages().find(message).await?;
    Ok(session.cases().by_key(message.case_key).await?.number)
}

/// What is said once the message is in: its number, an honest delay, the private link.
#[derive(Template)]
#[template(path = "confirmation.html")]
pub(super) struct ConfirmationPage<'a> {
    pub(super) page: Page<'a>,
    pub(super) words: &'static Catalogue,
    pub(super) number: i64,
    pub(super) when: &'a str,
    pub(super) link: &'a str,
    pub(super) text: &'a str,
}

fn confirmation(
    app: &AppState,
    brand: &Brand,
    lang: Lang,
    number: i64,
    link: &str,
    sent: &MultipartForm,
) -> Response {
    let zone = &brand.settings.timezone;
    html(&ConfirmationPage {
        page: Page {
            lang,
            title: &brand.name,
        },
        words: catalogue(lang),
        number,
        when: &format_datetime(app.expected_reply_at(brand), zone, lang),
        link: &format!("{}{link}?lang={}", app.config.public_address, lang.code()),
        text: &sent.field("text"),
    })
}
