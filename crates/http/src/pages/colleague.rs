//! The colleague's page: a question, its context, an answer in two minutes, without an
//! account. The link is the only credential: valid for one case and a few days, it shows only
//! the customer's text unless the asker allowed more.

use askama::Template;
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_listen::directory;
use vigie_model::{Act, Actor, AttachmentId, ColleagueId, Lang};
use vigie_respond::format_datetime;
use vigie_store::{Case, Colleague, FactDraft, Question, Session, Write};
use vigie_wording::{Catalogue, catalogue};

use super::{NoticePage, Page, error_page, failed, html, refusal, thread::PageMessage};
use crate::{
    AppState, Problem,
    api::cases::questions::{colleague_address, name_of},
    api::messages::files::bytes,
    app::client_address,
    multipart_form::MultipartForm,
};

/// The query string.
#[derive(Deserialize, Default)]
pub struct ColleaguePageQuery {
    lang: Option<String>,
    done: Option<String>,
}

const PER_MINUTE: u32 = 30;

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

/// The link is over, unless something of ours failed.
fn no_page(lang: Lang, error: &Problem) -> Response {
    failed(lang, error, catalogue(lang).colleague.over)
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
        let detail = refusal(catalogue(fallback), &error);
        return error_page(fallback, StatusCode::TOO_MANY_REQUESTS, detail);
    }
    if params.done.as_deref() == Some("passed") {
        return passed_page(fallback);
    }
    let shown = async {
        let mut session = app.read().await?;
        let question = question(&app, &word, &mut session).await?;
        let lang = language(&params, &headers, Some(&question));
        let page = ColleaguePageState::of(&question, params.done.as_deref(), catalogue(lang));
        render(&mut session, question, &word, lang, page).await
    };
    shown
        .await
        .unwrap_or_else(|error| no_page(fallback, &error))
}

fn passed_page(lang: Lang) -> Response {
    let words = catalogue(lang);
    let title = words.colleague.title;
    let page = Page { lang, title };
    html(&NoticePage {
        page,
        notice: words.colleague.passed,
    })
}

/// The question, its context, and what can be done about it.
#[derive(Template)]
#[template(path = "colleague.html")]
pub(super) struct ColleaguePage<'a> {
    pub(super) page: Page<'a>,
    pub(super) words: &'static Catalogue,
    pub(super) token: &'a str,
    pub(super) question: Question,
    /// What was just done.
    pub(super) done: Option<&'static str>,
    /// Why what was just sent is refused.
    pub(super) problem: Option<&'a str>,
    /// The answer, as given or as it was refused.
    pub(super) text: String,
    /// What the customer said.
    pub(super) messages: Vec<PageMessage>,
    /// How to reach the customer, when the asker allowed it.
    pub(super) contact: Option<String>,
    pub(super) expertise: Option<Expertise>,
    pub(super) until: String,
}

/// What a colleague says they know: optional, and theirs to change whenever they are asked
/// something.
#[derive(Default)]
pub(super) struct Expertise {
    pub(super) topics: String,
    pub(super) shop: String,
    pub(super) langs: String,
    pub(super) hours: String,
}

/// What became of what was just sent.
struct ColleaguePageState<'a> {
    done: Option<&'static str>,
    problem: Option<&'a str>,
    text: String,
}

impl ColleaguePageState<'_> {
    fn of(question: &Question, done: Option<&str>, words: &'static Catalogue) -> Self {
        Self {
            done: match done {
                Some("known") => Some(words.colleague.declared),
                Some("kept") => Some(words.colleague.kept),
                _ => None,
            },
            problem: None,
            text: question.answer.clone().unwrap_or_default(), // default: not answered yet
        }
    }
}

async fn render(
    session: &mut Session,
    question: Question,
    token: &str,
    lang: Lang,
    state: ColleaguePageState<'_>,
) -> Result<Response, Problem> {
    let words = catalogue(lang);
    let case = session.cases().by_key(question.case_key).await?;
    let brand = session.brands().by_key(case.brand_key).await?;
    let zone = &brand.settings.timezone;

    Ok(html(&ColleaguePage {
        page: Page {
            lang,
            title: words.colleague.title,
        },
        words,
        token,
        done: state.done,
        problem: state.problem,
        text: state.text,
        messages: customer_messages(session, &case, zone, lang).await?,
        contact: match question.show_contact {
            true => Some(contact(session, &case).await?),
            false => None,
        },
        expertise: expertise(session, &question).await?,
        until: format_datetime(question.expires_at, zone, lang),
        question,
    }))
}

async fn customer_messages(
    session: &mut Session,
    case: &Case,
    zone: &str,
    lang: Lang,
) -> Result<Vec<PageMessage>, Problem> {
    let messages = session.messages().of_case(case.key, 10).await?;
    let mut shown = Vec::new();
    for message in messages.into_iter().filter(|it| it.author_key.is_some()) {
        // Who wrote is told only with the contact.
        let who = String::new();
        shown.push(PageMessage::read(session, message, who, zone, lang).await?);
    }
    Ok(shown)
}

async fn contact(session: &mut Session, case: &Case) -> Result<String, Problem> {
    let author = session.authors().by_key(case.author_key).await?;
    let parts = [author.name, author.email, author.phone, author.handle];
    let known: Vec<_> = parts.into_iter().flatten().collect();
    Ok(known.join(" · "))
}

async fn expertise(
    session: &mut Session,
    question: &Question,
) -> Result<Option<Expertise>, Problem> {
    let Some(email) = &question.to_email else {
        return Ok(None);
    };
    let colleagues = session.colleagues().list().await?;
    let known = colleagues.into_iter().find(|it| it.email == *email);
    let expertise = known.map(|colleague| Expertise {
        topics: colleague.topics.join(", "),
        shop: colleague.shop,
        langs: colleague.langs.join(", "),
        hours: colleague.hours,
    });
    // default: a colleague nobody knows anything of yet begins with empty fields
    Ok(Some(expertise.unwrap_or_default()))
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
        let detail = refusal(catalogue(fallback), &error);
        return error_page(fallback, StatusCode::TOO_MANY_REQUESTS, detail);
    }
    let (sent, problem) = MultipartForm::as_far_as_readable(request).await;
    let taken = match problem {
        Some(error) => Err(error),
        None => take(&app, &word, &sent).await,
    };
    match taken {
        Ok(done) => {
            Redirect::to(&format!("/c/{word}?lang={}&done={done}", fallback.code())).into_response()
        }
        Err(error) if matches!(error.kind(), "missing" | "not_found" | "link_over") => {
            no_page(fallback, &error)
        }
        Err(error) => {
            let shown = redisplay(&app, &word, fallback, &error, &sent).await;
            let mut answer = shown.unwrap_or_else(|error| no_page(fallback, &error));
            *answer.status_mut() = error.status().max(StatusCode::UNPROCESSABLE_ENTITY);
            answer
        }
    }
}

/// The page again, with what was typed and why it is refused.
async fn redisplay(
    app: &AppState,
    word: &str,
    lang: Lang,
    error: &Problem,
    sent: &MultipartForm,
) -> Result<Response, Problem> {
    let mut session = app.read().await?;
    let question = question(app, word, &mut session).await?;
    let state = ColleaguePageState {
        done: None,
        problem: Some(refusal(catalogue(lang), error)),
        text: sent.field("text"),
    };
    render(&mut session, question, word, lang, state).await
}

async fn take(app: &AppState, word: &str, sent: &MultipartForm) -> Result<&'static str, Problem> {
    let mut session = app.read().await?;
    let question = question(app, word, &mut session).await?;
    let id = question.id;
    drop(session);
    let files = sent.keep_files(&app.store)?;
    let mut write = app.store.write(Actor::System).await?;
    let done = match sent.field("act").as_str() {
        "pass" => {
            let email = colleague_address(&sent.field("email"))?;
            let named = sent.optional_field("name");
            let name = named.unwrap_or_else(|| name_of(&email)); // default: read off the address
            vigie_desk::forward_question(&mut write, id, Some(email), &name).await?;
            "passed"
        }
        "know" => {
            save_expertise(&mut write, &question, sent).await?;
            "known"
        }
        _ => {
            vigie_desk::answer_question(&mut write, id, &sent.field("text"), files).await?;
            "kept"
        }
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
