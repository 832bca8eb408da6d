//! The hosted form, its confirmation with an honest delay, and the private link.

use axum::{
    extract::FromRequest as _,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use vigie_listen::{Batch, Extras, Heard, Item, form};
use vigie_model::{Lang, SourceKind};
use vigie_respond::format_datetime;
use vigie_store::{Brand, Source};

use super::{
    lang, page, sorry,
    words::{refusal, words},
};
use crate::{App, Problem, app::caller, html::escape, passwords, upload::Sent};

/// The query string.
#[derive(Deserialize, Default)]
pub struct Asked {
    lang: Option<String>,
}

const PER_MINUTE: u32 = 6;

/// Shows the empty form.
pub async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let lang = lang(asked.lang.as_deref(), &headers);
    match open_form(&app, &code, lang).await {
        Ok((_, brand)) => page(
            lang,
            &brand.name,
            &fields(&brand, &code, lang, None, &Sent::default()),
        ),
        Err(answer) => answer,
    }
}

async fn open_form(app: &App, code: &str, lang: Lang) -> Result<(Source, Brand), Response> {
    let missing = |_| sorry(lang, StatusCode::NOT_FOUND, words(lang).form_missing);
    let mut session = app.store.read().await.map_err(missing)?;
    let source = session.source_by_code(code).await.map_err(missing)?;
    if source.kind != SourceKind::Form {
        return Err(sorry(lang, StatusCode::NOT_FOUND, words(lang).form_missing));
    }
    if source.paused_at.is_some() {
        return Err(sorry(
            lang,
            StatusCode::SERVICE_UNAVAILABLE,
            words(lang).form_paused,
        ));
    }
    let brand = session.brand(source.brand_key).await.map_err(missing)?;
    Ok((source, brand))
}

fn fields(brand: &Brand, code: &str, lang: Lang, problem: Option<&str>, sent: &Sent) -> String {
    let w = words(lang);
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
    State(app): State<App>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let lang = lang(asked.lang.as_deref(), request.headers());
    let from = caller(&app, &request);
    let (source, brand) = match open_form(&app, &code, lang).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let calm = app.calmly("form", &from, PER_MINUTE);
    let sent = match Sent::from_request(request, &()).await {
        Ok(sent) => sent,
        Err(why) => return again(&brand, &code, lang, &why, &Sent::default()),
    };
    if let Err(why) = calm {
        // The typed text is shown again: a rate limit must not lose it.
        return again(&brand, &code, lang, &why, &sent);
    }
    if !sent.field("website").is_empty() {
        // A program filled in the trap: it sees the normal confirmation, and nothing is stored.
        return page(
            lang,
            &brand.name,
            &format!("<h1>{}</h1>", words(lang).received),
        );
    }
    match take_in(&app, &source, &sent).await {
        Ok((number, link)) => page(
            lang,
            &brand.name,
            &confirmation(&app, &brand, lang, number, &link, &sent),
        ),
        Err(why) => again(&brand, &code, lang, &why, &sent),
    }
}

fn again(brand: &Brand, code: &str, lang: Lang, why: &Problem, sent: &Sent) -> Response {
    let told = refusal(lang, why.kind()).unwrap_or_else(|| why.detail());
    let mut answer = page(
        lang,
        &brand.name,
        &fields(brand, code, lang, Some(told), sent),
    );
    *answer.status_mut() = why.status().max(StatusCode::UNPROCESSABLE_ENTITY);
    answer
}

async fn take_in(app: &App, source: &Source, sent: &Sent) -> Result<(i64, String), Problem> {
    let id = app.store.id().to_string();
    let filled = form::Filled {
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
    let extras = Extras {
        private_link: Some(passwords::hash_token(&token)),
        ..Extras::default()
    };
    let item = Item {
        external_id: Some(message.external_id.clone()),
        raw: String::new(),
        read: Ok(message),
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
        Some(Heard::Created { case, .. }) => {
            let number = app.read().await?.case(case).await?.number;
            Ok((number, format!("/p/{token}")))
        }
        Some(Heard::Refused(why)) => Err(why.into()),
        _ => Err(Problem::missing("message")),
    }
}

fn confirmation(
    app: &App,
    brand: &Brand,
    lang: Lang,
    number: i64,
    link: &str,
    sent: &Sent,
) -> String {
    let w = words(lang);
    let delay = format_datetime(app.honest_delay(brand), &brand.settings.timezone, lang);
    let address = format!("{}{link}?lang={}", app.doors.public_address, lang.code());
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
