//! The hosted form, its confirmation with an honest delay, and the private link.

use axum::{
    extract::FromRequest as _,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use vigie_listen::{Batch, BatchContext, IncomingItem, IntakeOutcome, form};
use vigie_model::{Lang, SourceKind};
use vigie_respond::format_datetime;
use vigie_store::{Brand, Source};

use super::{
    error_page, lang, page,
    texts::{refusal, texts},
};
use crate::{
    AppState, Problem, app::client_address, html::escape, multipart_form::MultipartForm, passwords,
};

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
    match open_form(&app, &code, lang).await {
        Ok((_, brand)) => page(
            lang,
            &brand.name,
            &fields(&brand, &code, lang, None, &MultipartForm::default()),
        ),
        Err(answer) => answer,
    }
}

async fn open_form(app: &AppState, code: &str, lang: Lang) -> Result<(Source, Brand), Response> {
    let missing = |_| error_page(lang, StatusCode::NOT_FOUND, texts(lang).form_missing);
    let mut session = app.store.read().await.map_err(missing)?;
    let source = session.sources().by_code(code).await.map_err(missing)?;
    if source.kind != SourceKind::FORM {
        return Err(error_page(
            lang,
            StatusCode::NOT_FOUND,
            texts(lang).form_missing,
        ));
    }
    if source.paused_at.is_some() {
        return Err(error_page(
            lang,
            StatusCode::SERVICE_UNAVAILABLE,
            texts(lang).form_paused,
        ));
    }
    let brand = session
        .brands()
        .by_key(source.brand_key)
        .await
        .map_err(missing)?;
    Ok((source, brand))
}

fn fields(
    brand: &Brand,
    code: &str,
    lang: Lang,
    problem: Option<&str>,
    sent: &MultipartForm,
) -> String {
    let w = texts(lang);
    let (name, code) = (escape(&brand.name), escape(code));
    let other = if lang == Lang::Fr { "en" } else { "fr" };
    let alert = problem
        .map(|it| format!("<p role=\"alert\" class=\"alert\">{}</p>", escape(it)))
        .unwrap_or_default();
    let kept = |field: &str| escape(&sent.field(field));
    format!(
        "<p class=\"other\"><a href=\"?lang={other}\" lang=\"{other}\" \
            hreflang=\"{other}\">{}</a></p>\
         <h1>{} {name}</h1><p>{}</p>{alert}\
         <form method=\"post\" action=\"/f/{code}?lang={}\" enctype=\"multipart/form-data\">\
         <label for=\"text\">{}</label><textarea id=\"text\" name=\"text\" rows=\"7\" \
         required>{}</textarea>\
         <label for=\"name\">{} <small>({})</small></label><input id=\"name\" name=\"name\" \
         autocomplete=\"name\" value=\"{}\">\
         <label for=\"email\">{} <small>({})</small></label>\
         <input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" \
         aria-describedby=\"why\" value=\"{}\">\
         <p id=\"why\" class=\"help\">{}</p>\
         <label for=\"order\">{} <small>({})</small></label><input id=\"order\" name=\"order\" \
         value=\"{}\">\
         <label for=\"photos\">{} <small>({})</small></label>\
         <input id=\"photos\" name=\"photos\" type=\"file\" accept=\"image/*,application/pdf\" \
         multiple aria-describedby=\"many\">\
         <p id=\"many\" class=\"help\">{}</p>\
         <div class=\"trap\" aria-hidden=\"true\"><label for=\"website\">Website</label>\
         <input id=\"website\" name=\"website\" tabindex=\"-1\" autocomplete=\"off\"></div>\
         <button type=\"submit\">{}</button></form>",
        w.other_language,
        w.write_to,
        w.lead,
        lang.code(),
        w.your_words,
        kept("text"),
        w.your_name,
        w.optional,
        kept("name"),
        w.your_email,
        w.optional,
        kept("email"),
        w.email_why,
        w.order,
        w.optional,
        kept("order"),
        w.photos,
        w.optional,
        w.photos_help,
        w.send,
    )
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
    let (source, brand) = match open_form(&app, &code, lang).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let rate_limits = app.check_rate_limit("form", &from, PER_MINUTE);
    let sent = match MultipartForm::from_request(request, &()).await {
        Ok(sent) => sent,
        Err(error) => return redisplay(&brand, &code, lang, &error, &MultipartForm::default()),
    };
    if let Err(error) = rate_limits {
        // The typed text is shown again: a rate limit must not lose it.
        return redisplay(&brand, &code, lang, &error, &sent);
    }
    if !sent.field("website").is_empty() {
        // A program filled in the trap: it sees the normal confirmation, and nothing is stored.
        return page(
            lang,
            &brand.name,
            &format!("<h1>{}</h1>", texts(lang).received),
        );
    }
    match submit(&app, &source, &sent).await {
        Ok((number, link)) => page(
            lang,
            &brand.name,
            &confirmation(&app, &brand, lang, number, &link, &sent),
        ),
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
    let told = refusal(lang, error.kind()).unwrap_or_else(|| error.detail());
    let mut answer = page(
        lang,
        &brand.name,
        &fields(brand, code, lang, Some(told), sent),
    );
    *answer.status_mut() = error.status().max(StatusCode::UNPROCESSABLE_ENTITY);
    answer
}

async fn submit(
    app: &AppState,
    source: &Source,
    sent: &MultipartForm,
) -> Result<(i64, String), Problem> {
    let id = app.store.id().to_string();
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
    let mut message = form::read(filled, id.clone(), files)?;
    message.conversation = Some(id);
    let token = passwords::token(app.store.secret());
    let extras = BatchContext {
        private_link: Some(passwords::hash_token(&token)),
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
    match heard.into_iter().next() {
        Some(IntakeOutcome::Created { case, .. }) => {
            let number = app.read().await?.cases().find(case).await?.number;
            Ok((number, format!("/p/{token}")))
        }
        Some(IntakeOutcome::Refused(error)) => Err(error.into()),
        _ => Err(Problem::not_found("message")),
    }
}

fn confirmation(
    app: &AppState,
    brand: &Brand,
    lang: Lang,
    number: i64,
    link: &str,
    sent: &MultipartForm,
) -> String {
    let w = texts(lang);
    let delay = format_datetime(app.expected_reply_at(brand), &brand.settings.timezone, lang);
    let address = format!("{}{link}?lang={}", app.config.public_address, lang.code());
    let address = escape(&address);
    format!(
        "<h1>{}</h1><p>{}{number}.</p><p>{} <strong>{}</strong>.</p><h2>{}</h2><p>{}</p>\
         <p class=\"link\"><a \
         href=\"{address}\">{address}</a></p><h2>{}</h2><blockquote>{}</blockquote>",
        w.received,
        w.number,
        w.delay,
        escape(&delay),
        w.keep_link,
        w.link_why,
        w.copy,
        escape(&sent.field("text")).replace('\n', "<br>"),
    )
}
