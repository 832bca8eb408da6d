//! Whose address is it? The page that a mail to an address opens: its owner says whether it was
//! them who wrote. Opening it answers nothing, as programs open the links of mails too.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;
use vigie_desk::AddressQuestion;
use vigie_model::{Actor, Lang};
use vigie_respond::format_datetime;
use vigie_store::{AddressCheck, Author, Case, Write};
use vigie_wording::{Catalogue, catalogue};

use super::{NoticePage, Page, error_page, failed, form::FormPageQuery, html, lang, refusal};
use crate::{
    AppState, Problem,
    passwords::{hash_token, token},
};

const PER_MINUTE: u32 = 20;

/// Asks the owner of the address an author claims, by a mail with a link to this page.
pub async fn ask_owner(
    app: &AppState,
    write: &mut Write,
    author: &Author,
    case: &Case,
) -> Result<(), Problem> {
    let (site, secret) = (&app.config.public_address, token(write.secret()));
    let question = AddressQuestion {
        token_hash: &hash_token(&secret),
        link: &format!("{site}/a/{secret}?lang={}", case.customer_lang()),
    };
    Ok(vigie_desk::ask_owner(write, author, case, &question).await?)
}

/// Asks the question.
pub async fn show(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(params): Query<FormPageQuery>,
    headers: HeaderMap,
) -> Response {
    let lang = lang(params.lang.as_deref(), &headers);
    let words = catalogue(lang);
    match question(&app, &token, lang).await {
        Ok(asks) => html(&AddressPage {
            page: Page {
                lang,
                title: words.address.title,
            },
            words,
            asks: &asks,
            token: &token,
        }),
        Err(error) => failed(lang, &error, words.address.over),
    }
}

/// The question to the owner of an address.
async fn question(app: &AppState, token: &str, lang: Lang) -> Result<String, Problem> {
    let (check, author) = open_check(app, token).await?;
    let mut session = app.read().await?;
    let cases = session.cases().of_author(author.key).await?;
    let case = cases.first().ok_or_else(|| Problem::not_found("case"))?;
    let brand = session.brands().by_key(case.brand_key).await?;
    let when = format_datetime(check.asked_at, &brand.settings.timezone, lang);
    let email = author.email.ok_or_else(|| Problem::not_found("address"))?;
    Ok(catalogue(lang).address.asks(&brand.name, email, when))
}

/// The question, and its two answers.
#[derive(Template)]
#[template(path = "address.html")]
pub(super) struct AddressPage<'a> {
    pub(super) page: Page<'a>,
    pub(super) words: &'static Catalogue,
    pub(super) asks: &'a str,
    pub(super) token: &'a str,
}

/// A check that waits for its answer.
async fn open_check(app: &AppState, token: &str) -> Result<(AddressCheck, Author), Problem> {
    let mut session = app.read().await?;
    let now = app.store.now();
    let checks = session.address_checks();
    let check = checks.by_token(&hash_token(token), now).await?;
    let check = check.filter(|check| check.answered_at.is_none());
    let check = check.ok_or_else(|| Problem::not_found("link"))?;
    let author = session.authors().by_key(check.author_key).await?;
    Ok((check, author))
}

/// What the owner of the address says.
#[derive(Deserialize)]
pub struct AddressAnswer {
    theirs: bool,
}

/// Notes the answer.
pub async fn answer(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(params): Query<FormPageQuery>,
    headers: HeaderMap,
    Form(answer): Form<AddressAnswer>,
) -> Response {
    let lang = lang(params.lang.as_deref(), &headers);
    let words = &catalogue(lang).address;
    if let Err(error) = app.check_rate_limit("address", &token, PER_MINUTE) {
        return error_page(lang, error.status(), refusal(catalogue(lang), &error));
    }
    let noted = async {
        let (check, _) = open_check(&app, &token).await?;
        let mut write = app.store.write(Actor::Customer).await?;
        vigie_desk::answer_of_owner(&mut write, &check, answer.theirs).await?;
        write.commit().await?;
        Ok::<_, Problem>(())
    };
    if let Err(error) = noted.await {
        return failed(lang, &error, words.over);
    }
    let notice = match answer.theirs {
        true => words.confirmed,
        false => words.denied,
    };
    let title = words.title;
    let page = Page { lang, title };
    html(&NoticePage { page, notice })
}
