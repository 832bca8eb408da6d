//! The hosted form, its confirmation with an honest delay, and the private link.

use askama::Template;
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use vigie_listen::{Batch, BatchContext, IncomingItem, IntakeOutcome, form, signed_token};
use vigie_model::{IdentityProof, IncomingAuthor, Lang, MessageId, SourceKind};
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
    pub(super) lang: Option<String>,
    /// By which the shop says who is signed in there.
    token: Option<String>,
}

/// The hidden field that carries the shop's token.
const TOKEN: &str = "token";

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
        Ok((source, brand)) => {
            let token = params.token.unwrap_or_default(); // default: nobody is signed in there
            let empty = MultipartForm::of(&[(ONCE, &fresh(&app)), (TOKEN, &token)]);
            let filled = FilledForm::of(&app, &source, &empty);
            form_page(&brand, &code, lang, None, &filled)
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
    /// Who is signed in at the shop, as it is shown to them.
    pub(super) signed_in: Option<&'a str>,
}

/// What a form holds, and who the shop says fills it in.
struct FilledForm<'a> {
    sent: &'a MultipartForm,
    signed: Option<IncomingAuthor>,
}

impl<'a> FilledForm<'a> {
    /// A token that is not good says nothing: whoever holds it writes like anybody else.
    fn of(app: &AppState, source: &Source, sent: &'a MultipartForm) -> Self {
        let token = sent.optional_field(TOKEN);
        let read = token.map(|token| signed_token::read(&token, &source.secret, app.store.now()));
        let signed = match read {
            Some(Ok(author)) => Some(author),
            Some(Err(refusal)) => {
                tracing::warn!(source = %source.id, problem = refusal.problem, "a form's token");
                None
            }
            None => None,
        };
        Self { sent, signed }
    }

    fn signed_in(&self) -> Option<&str> {
        let author = self.signed.as_ref()?;
        let shown = [
            &author.name,
            &author.email,
            &author.customer_id,
            &author.phone,
        ];
        shown.into_iter().flatten().map(String::as_str).next()
    }
}

fn form_page(
    brand: &Brand,
    code: &str,
    lang: Lang,
    problem: Option<&str>,
    filled: &FilledForm<'_>,
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
        sent: filled.sent,
        signed_in: filled.signed_in(),
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
    let filled = FilledForm::of(&app, &source, &sent);
    if let Some(error) = problem.or(rate_limits.err()) {
        return redisplay(&brand, &code, lang, &error, &filled);
    }
    if !sent.field("website").is_empty() {
        // A program filled in the trap: it sees the normal confirmation, and nothing is stored.
        let (title, notice) = (brand.name.as_str(), catalogue(lang).form.received);
        let page = Page { lang, title };
        return html(&NoticePage { page, notice });
    }
    if sent.optional_field(TOKEN).is_some() && filled.signed.is_none() {
        let detail = "the sign-in at the shop has run out: give an address, or send it as it is";
        let error = Problem::unprocessable("signed_out", detail);
        return redisplay(&brand, &code, lang, &error, &filled);
    }
    match submit(&app, &source, filled).await {
        Ok(kept) => confirmation(&app, &brand, lang, &kept, &sent).await,
        Err(error) => redisplay(
            &brand,
            &code,
            lang,
            &error,
            &FilledForm::of(&app, &source, &sent),
        ),
    }
}

fn redisplay(
    brand: &Brand,
    code: &str,
    lang: Lang,
    error: &Problem,
    filled: &FilledForm<'_>,
) -> Response {
    let problem = refusal(catalogue(lang), error);
    let mut answer = form_page(brand, code, lang, Some(problem), filled);
    *answer.status_mut() = error.status().max(StatusCode::UNPROCESSABLE_ENTITY);
    answer
}

/// A message that is in.
struct KeptForm {
    /// The number of its case.
    number: i64,
    /// The path of its private page.
    link: String,
    /// Whether its writer gave an address that nothing proves.
    claims_address: bool,
}

async fn submit(
    app: &AppState,
    source: &Source,
    filled: FilledForm<'_>,
) -> Result<KeptForm, Problem> {
    let FilledForm { sent, signed } = filled;
    let sending = Sending::of(app, &sent.field(ONCE), &sent.field("text"));
    let submitted = form::FormSubmission {
        text: sent.field("text"),
        name: sent.field("name"),
        email: sent.field("email"),
        order: sent.field("order"),
        trap: sent.field("website"),
    };
    // Checked before any file is written.
    form::words(&submitted.text)?;
    let files = sent.keep_files(&app.store)?;
    let mut message = form::read(submitted, sending.id.clone(), files)?;
    if let Some(author) = signed {
        message.author = author;
    }
    let claims_address =
        message.author.proof == IdentityProof::Claimed && message.author.email.is_some();
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
    Ok(KeptForm {
        number,
        link: format!("/p/{}", sending.token),
        claims_address,
    })
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
    /// Where the address can be confirmed.
    pub(super) confirm: Option<&'a str>,
}

async fn confirmation(
    app: &AppState,
    brand: &Brand,
    lang: Lang,
    kept: &KeptForm,
    sent: &MultipartForm,
) -> Response {
    let zone = &brand.settings.timezone;
    let confirm = match can_confirm(app, brand, kept).await {
        Ok(can) => can.then(|| format!("{}/address?lang={}", kept.link, lang.code())),
        // The message is in: what cannot be offered now is offered on the private page.
        Err(error) => {
            tracing::error!(problem = error.kind(), "no mailbox could be looked for");
            None
        }
    };
    html(&ConfirmationPage {
        page: Page {
            lang,
            title: &brand.name,
        },
        words: catalogue(lang),
        number: kept.number,
        when: &format_datetime(app.expected_reply_at(brand), zone, lang),
        link: &format!(
            "{}{}?lang={}",
            app.config.public_address,
            kept.link,
            lang.code()
        ),
        text: &sent.field("text"),
        confirm: confirm.as_deref(),
    })
}

/// Whether the owner of the address given can be asked: there is one, and a mailbox to ask from.
async fn can_confirm(app: &AppState, brand: &Brand, kept: &KeptForm) -> Result<bool, Problem> {
    let mailbox = app.read().await?.sources().mailbox_of(brand.key).await?;
    Ok(kept.claims_address && mailbox.is_some())
}
