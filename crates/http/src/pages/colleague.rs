//! The colleague's page: a question, its context, an answer in two minutes, without an
//! account. The link is the only credential: valid for one case and a few days, it shows only
//! the customer's text unless the asker allowed more.

use axum::{
    extract::{FromRequest as _, Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_listen::directory;
use vigie_model::{Act, Actor, AttachmentId, ColleagueId, Lang};
use vigie_respond::format_datetime;
use vigie_store::{Colleague, FactDraft, Question, Session, Write};

use super::{error_page, page};
use crate::{
    AppState, Problem,
    api::cases::questions::{colleague_address, name_of},
    api::messages::files::bytes,
    app::client_address,
    html::escape,
    multipart_form::MultipartForm,
};

/// The query string.
#[derive(Deserialize, Default)]
pub struct ColleaguePageQuery {
    lang: Option<String>,
    done: Option<String>,
}

const PER_MINUTE: u32 = 30;

/// The page's sentences in one language.
struct ColleagueTexts {
    title: &'static str,
    asks: &'static str,
    customer_says: &'static str,
    contact: &'static str,
    your_answer: &'static str,
    amend: &'static str,
    photo: &'static str,
    send: &'static str,
    not_for_me: &'static str,
    whom: &'static str,
    whom_email: &'static str,
    pass: &'static str,
    kept: &'static str,
    passed: &'static str,
    thanked: &'static str,
    over: &'static str,
    until: &'static str,
    promise: &'static str,
    empty: &'static str,
    know: &'static str,
    know_why: &'static str,
    topics: &'static str,
    shop: &'static str,
    langs: &'static str,
    hours: &'static str,
    keep: &'static str,
    declared: &'static str,
}

const FRENCH: ColleagueTexts = ColleagueTexts {
    title: "Une question pour vous",
    asks: "vous demande",
    customer_says: "Ce que dit le client",
    contact: "Pour le joindre",
    your_answer: "Votre réponse",
    amend: "Corriger votre réponse",
    photo: "Photo (facultatif)",
    send: "Envoyer",
    not_for_me: "Ce n’est pas pour moi",
    whom: "Demandez plutôt à",
    whom_email: "Son adresse de courriel",
    pass: "Passer la question",
    kept: "Merci\u{a0}! Votre réponse est arrivée. Une personne de l’équipe la relit et répond au \
        client.",
    passed: "Merci, la question est passée.",
    thanked: "Le client vous remercie\u{a0}:",
    over: "Ce lien ne s’ouvre plus\u{a0}: la question a été reprise, passée à quelqu’un, ou son \
        temps est écoulé. Vous n’avez rien à faire.",
    until: "Ce lien vaut jusqu’au",
    promise: "Le client ne verra ni votre nom ni cette page, sauf si la personne qui lui répond \
        les cite.",
    empty: "Écrivez quelques mots.",
    know: "Ce que je sais (si vous le voulez bien)",
    know_why: "L’équipe saura quand vous demander, et quand vous laisser tranquille. Rien n’est \
        noté, personne n’est classé.",
    topics: "Sujets, séparés par des virgules",
    shop: "Boutique ou service",
    langs: "Langues, comme fr, en",
    hours: "Quand vous demander",
    keep: "Enregistrer",
    declared: "Merci, c’est noté.",
};
const ENGLISH: ColleagueTexts = ColleagueTexts {
    title: "A question for you",
    asks: "asks you",
    customer_says: "What the customer says",
    contact: "To reach them",
    your_answer: "Your answer",
    amend: "Amend your answer",
    photo: "Photo (optional)",
    send: "Send",
    not_for_me: "It is not for me",
    whom: "Better ask",
    whom_email: "Their mail address",
    pass: "Pass the question on",
    kept: "Thank you! Your answer has arrived. Somebody of the team reads it and answers the \
        customer.",
    passed: "Thank you, the question was passed on.",
    thanked: "The customer thanks you:",
    over: "This link opens nothing any more: the question was taken back, passed on, or its time \
        is over. You have nothing to do.",
    until: "This link lives until",
    promise: "The customer sees neither your name nor this page, unless whoever answers quotes \
        them.",
    empty: "Write a few words.",
    know: "What I know (if you like)",
    know_why: "The team will know when to ask you, and when to leave you in peace. Nothing is \
        scored, nobody is ranked.",
    topics: "Topics, separated by commas",
    shop: "Shop or team",
    langs: "Languages, as fr, en",
    hours: "When to ask you",
    keep: "Save",
    declared: "Thank you, it is noted.",
};

const fn texts(lang: Lang) -> &'static ColleagueTexts {
    match lang {
        Lang::Fr => &FRENCH,
        Lang::En => &ENGLISH,
    }
}

/// The question, if the token is ours and the link still valid.
async fn question(app: &AppState, word: &str, session: &mut Session) -> Result<Question, Problem> {
    let id = session
        .reply_tokens()
        .question_by_token(word)
        .await?
        .ok_or_else(|| Problem::not_found("link"))?;
    let question = session.questions().find(id).await?;
    let over = question.ended.is_some() || question.expires_at <= app.store.now();
    if over {
        Err(Problem::not_found("link"))
    } else {
        Ok(question)
    }
}

fn language(params: &ColleaguePageQuery, headers: &HeaderMap, question: Option<&Question>) -> Lang {
    match (params.lang.as_deref(), question) {
        (None, Some(question)) => question.lang,
        (params, _) => super::lang(params, headers),
    }
}

fn link_expired_page(lang: Lang) -> Response {
    error_page(lang, StatusCode::NOT_FOUND, texts(lang).over)
}

/// Shows the question.
pub async fn show(
    State(app): State<AppState>,
    Path(word): Path<String>,
    Query(params): Query<ColleaguePageQuery>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let fallback = language(&params, &headers, None);
    if let Err(error) =
        app.check_rate_limit("colleague", &client_address(&app, &request), PER_MINUTE)
    {
        return error_page(fallback, StatusCode::TOO_MANY_REQUESTS, error.detail());
    }
    if params.done.as_deref() == Some("passed") {
        return page(
            fallback,
            texts(fallback).title,
            &format!("<h1>{}</h1>", texts(fallback).passed),
        );
    }
    let shown = async {
        let mut session = app.read().await?;
        let question = question(&app, &word, &mut session).await?;
        let lang = language(&params, &headers, Some(&question));
        let body = render(&mut session, &question, &word, lang, params.done.as_deref()).await?;
        Ok::<_, Problem>(page(lang, texts(lang).title, &body))
    };
    shown.await.unwrap_or_else(|_| link_expired_page(fallback))
}

async fn render(
    session: &mut Session,
    question: &Question,
    word: &str,
    lang: Lang,
    done: Option<&str>,
) -> Result<String, Problem> {
    let w = texts(lang);
    let case = session.cases().by_key(question.case_key).await?;
    let zone = session
        .brands()
        .by_key(case.brand_key)
        .await?
        .settings
        .timezone;
    let other = if lang == Lang::Fr { Lang::En } else { Lang::Fr };
    let mut body = format!(
        "<p class=\"other\"><a href=\"?lang={0}\" lang=\"{0}\" hreflang=\"{0}\">{1}</a></p>",
        other.code(),
        if other == Lang::En {
            "English"
        } else {
            "Français"
        }
    );
    if let Some(done) = done {
        let said = if done == "known" { w.declared } else { w.kept };
        body.push_str(&format!("<p class=\"link\" role=\"status\">{said}</p>"));
    }
    if let Some(thanks) = &question.thanks {
        body.push_str(&format!(
            "<h2>{}</h2><blockquote>{}</blockquote>",
            w.thanked,
            lines(thanks)
        ));
    }
    body.push_str(&format!(
        "<h1>{} {}</h1><blockquote>{}</blockquote>",
        escape(&question.asker),
        w.asks,
        lines(&question.text)
    ));
    body.push_str(&format!(
        "<h2>{}</h2><ol class=\"thread\">",
        w.customer_says
    ));
    for message in session
        .messages()
        .of_case(case.key, 10)
        .await?
        .iter()
        .filter(|it| it.author_key.is_some())
    {
        let when = escape(&format_datetime(message.at, &zone, lang));
        body.push_str(&format!(
            "<li class=\"theirs\"><p class=\"who\">{when}</p><p>{}</p>",
            lines(&message.text)
        ));
        for file in session.attachments().of_message(message.key).await? {
            let name = escape(&file.file.name);
            body.push_str(&format!(
                "<p><a href=\"/c/{}/files/{}\">{name}</a></p>",
                escape(word),
                file.id
            ));
        }
        body.push_str("</li>");
    }
    body.push_str("</ol>");
    if question.show_contact {
        let author = session.authors().by_key(case.author_key).await?;
        let parts = [author.name, author.email, author.phone, author.handle];
        let told: Vec<_> = parts.into_iter().flatten().map(|it| escape(&it)).collect();
        body.push_str(&format!(
            "<h2>{}</h2><p>{}</p>",
            w.contact,
            told.join(" · ")
        ));
    }
    body.push_str(&forms(question, word, lang));
    if let Some(email) = &question.to_email {
        let known = session
            .colleagues()
            .list()
            .await?
            .into_iter()
            .find(|it| it.email == *email);
        body.push_str(&expertise_form(known, word, lang));
    }
    let until = escape(&format_datetime(question.expires_at, &zone, lang));
    body.push_str(&format!(
        "<p class=\"help\">{} {until}. {}</p>",
        w.until, w.promise
    ));
    Ok(body)
}

fn forms(question: &Question, word: &str, lang: Lang) -> String {
    let (w, word, code) = (texts(lang), escape(word), lang.code());
    let label = if question.answered_at.is_some() {
        w.amend
    } else {
        w.your_answer
    };
    let answer = escape(question.answer.as_deref().unwrap_or_default());
    let mut forms = format!(
        "<form method=\"post\" action=\"/c/{word}?lang={code}\" enctype=\"multipart/form-data\">\
         <label for=\"text\">{label}</label><textarea id=\"text\" name=\"text\" rows=\"6\" \
         required>{answer}</textarea>\
         <label for=\"photos\">{}</label><input id=\"photos\" name=\"photos\" type=\"file\" \
         accept=\"image/*,application/pdf\" multiple>\
         <button type=\"submit\">{}</button></form>",
        w.photo, w.send
    );
    if question.answered_at.is_none() {
        forms.push_str(&format!(
            "<details><summary>{}</summary><form method=\"post\" action=\"/c/{word}?lang={code}\" \
                enctype=\"multipart/form-data\">\
             <input type=\"hidden\" name=\"act\" value=\"pass\"><label \
             for=\"name\">{}</label><input id=\"name\" name=\"name\">\
             <label for=\"email\">{}</label><input id=\"email\" name=\"email\" type=\"email\" \
             required>\
             <button type=\"submit\">{}</button></form></details>",
            w.not_for_me, w.whom, w.whom_email, w.pass
        ));
    }
    forms
}

/// What a colleague says they know: optional, and theirs to change whenever they are asked
/// something.
fn expertise_form(known: Option<Colleague>, word: &str, lang: Lang) -> String {
    let (w, word) = (texts(lang), escape(word));
    let (topics, shop, langs, hours) = known.map_or_else(Default::default, |it| {
        (it.topics.join(", "), it.shop, it.langs.join(", "), it.hours)
    });
    let field = |name: &str, label: &str, value: &str| {
        let value = escape(value);
        format!(
            "<label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" \
                value=\"{value}\">"
        )
    };
    format!(
        "<details><summary>{}</summary><p class=\"help\">{}</p><form method=\"post\" \
            action=\"/c/{word}?lang={}\" \
         enctype=\"multipart/form-data\"><input type=\"hidden\" name=\"act\" \
         value=\"know\">{}{}{}{}\
         <button type=\"submit\">{}</button></form></details>",
        w.know,
        w.know_why,
        lang.code(),
        field("topics", w.topics, &topics),
        field("shop", w.shop, &shop),
        field("langs", w.langs, &langs),
        field("hours", w.hours, &hours),
        w.keep,
    )
}

/// Stores what a colleague says they know.
async fn save_expertise(
    write: &mut Write,
    question: &Question,
    sent: &MultipartForm,
) -> Result<(), Problem> {
    let email = question
        .to_email
        .clone()
        .ok_or_else(|| Problem::not_found("colleague"))?;
    let short = |name: &str| {
        sent.field(name)
            .trim()
            .chars()
            .take(200)
            .collect::<String>()
    };
    let colleague = Colleague {
        id: ColleagueId(uuid::Uuid::nil()),
        email,
        name: question.to_name.clone(),
        shop: short("shop"),
        topics: directory::words(&sent.field("topics")),
        langs: directory::words(&sent.field("langs")),
        hours: short("hours"),
        declared_at: None,
    };
    write.colleagues().upsert(&colleague, true).await?;
    write.fact(
        FactDraft::new(Act::DirectoryChanged)
            .on("question", question.id.0)
            .number("colleagues", 1),
    );
    Ok(())
}

fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br>")
}

/// Receives an answer, or the name of somebody who knows better.
pub async fn answer(
    State(app): State<AppState>,
    Path(word): Path<String>,
    Query(params): Query<ColleaguePageQuery>,
    request: Request,
) -> Response {
    let fallback = language(&params, request.headers(), None);
    if let Err(error) =
        app.check_rate_limit("colleague", &client_address(&app, &request), PER_MINUTE)
    {
        return error_page(fallback, StatusCode::TOO_MANY_REQUESTS, error.detail());
    }
    match take(&app, &word, request).await {
        Ok(done) => {
            Redirect::to(&format!("/c/{word}?lang={}&done={done}", fallback.code())).into_response()
        }
        Err(error) if error.kind() == "words_missing" => error_page(
            fallback,
            StatusCode::UNPROCESSABLE_ENTITY,
            texts(fallback).empty,
        ),
        Err(error) if matches!(error.kind(), "missing" | "not_found" | "link_over") => {
            link_expired_page(fallback)
        }
        Err(error) => {
            let said =
                super::texts::refusal(fallback, error.kind()).unwrap_or_else(|| error.detail());
            error_page(fallback, StatusCode::UNPROCESSABLE_ENTITY, said)
        }
    }
}

async fn take(app: &AppState, word: &str, request: Request) -> Result<&'static str, Problem> {
    let mut session = app.read().await?;
    let question = question(app, word, &mut session).await?;
    let id = question.id;
    drop(session);
    let sent = MultipartForm::from_request(request, &()).await?;
    let files = sent.keep_files(&app.store)?;
    let mut write = app.store.write(Actor::System).await?;
    let done = if sent.field("act") == "pass" {
        let email = colleague_address(&sent.field("email"))?;
        let name = sent
            .optional_field("name")
            .unwrap_or_else(|| name_of(&email));
        vigie_desk::forward_question(&mut write, id, Some(email), &name).await?;
        "passed"
    } else if sent.field("act") == "know" {
        save_expertise(&mut write, &question, &sent).await?;
        "known"
    } else {
        vigie_desk::answer_question(&mut write, id, &sent.field("text"), files).await?;
        "kept"
    };
    write.commit().await?;
    Ok(done)
}

/// A photo the customer sent in this case.
pub async fn file(
    State(app): State<AppState>,
    Path((word, id)): Path<(String, AttachmentId)>,
) -> Result<Response, Problem> {
    let mut session = app.read().await?;
    let question = question(&app, &word, &mut session).await?;
    let attachment = session.attachments().find(id).await?;
    let message = attachment
        .message_key
        .ok_or_else(|| Problem::not_found("attachment"))?;
    let message = session.messages().by_key(message).await?;
    if message.case_key != question.case_key || message.author_key.is_none() {
        return Err(Problem::not_found("attachment"));
    }
    drop(session);
    bytes(&app, &attachment).await
}
