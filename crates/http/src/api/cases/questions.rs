//! Questions to colleagues who need no account: asked from a case, revoked, and their outcome.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::QuestionDraft;
use vigie_model::{At, CaseId, CaseKey, Lang, QuestionId};
use vigie_store::{Question, Session};

use crate::api::{DoneResponse, acting::begin, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A question to ask.
#[derive(Deserialize, ToSchema)]
pub struct QuestionRequest {
    /// The colleague's address; without one, copy the link to them.
    pub email: Option<String>,
    /// The colleague's name; derived from the address when absent.
    pub name: Option<String>,
    pub text: String,
    /// The colleague's language; the asker's when absent.
    pub lang: Option<Lang>,
    /// Whether the customer's contact data may be shown.
    #[serde(default)]
    pub show_contact: bool,
    /// Ask even if the colleague already has an open question.
    #[serde(default)]
    pub anyway: bool,
}

/// A question just asked.
#[derive(Serialize, ToSchema)]
pub struct QuestionCreatedResponse {
    /// Used to revoke it.
    pub id: QuestionId,
    /// To copy to the colleague.
    pub link: String,
    /// Whether a mail carries the link.
    pub mailed: bool,
}

/// A question as the team sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionResponse {
    pub id: QuestionId,
    pub asker: String,
    pub to: String,
    pub text: String,
    pub at: At,
    /// When the link expires.
    pub expires_at: At,
    pub answer: Option<String>,
    /// Attachment ids of the answer's photos.
    pub files: Vec<String>,
    pub answered_at: Option<At>,
    /// When the answer was last amended.
    pub amended_at: Option<At>,
    /// `revoked`, `expired` or `passed`.
    pub ended: Option<String>,
    /// When the customer's thanks were passed on.
    pub thanked_at: Option<At>,
    /// The link, while it is valid.
    pub link: Option<String>,
}

/// The questions of a case.
pub async fn questions_of_case(
    session: &mut Session,
    case_key: CaseKey,
    now: At,
) -> Result<Vec<QuestionResponse>, Problem> {
    let mut all = Vec::new();
    for it in session.questions().of_case(case_key).await? {
        let opens = it.ended.is_none() && it.expires_at > now;
        let link = if opens {
            Some(vigie_desk::question_link(session, &it).await?)
        } else {
            None
        };
        all.push(QuestionResponse {
            id: it.id,
            asker: it.asker,
            to: it.to_name,
            text: it.text,
            at: it.made_at,
            expires_at: it.expires_at,
            answer: it.answer,
            files: it
                .files
                .iter()
                .map(|id| format!("/api/v1/attachments/{id}"))
                .collect(),
            answered_at: it.answered_at,
            amended_at: it.amended_at,
            ended: it.ended,
            thanked_at: it.thanked_at,
            link,
        });
    }
    Ok(all)
}

/// Asks a colleague a question. They need no account; the case waits for them.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/questions",
    tag = "questions",
    params(("id" = CaseId, Path)),
    request_body = QuestionRequest,
    responses((status = 200, body = QuestionCreatedResponse), (status = 409), (status = 422)),
)]
pub async fn ask(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<QuestionRequest>,
) -> ApiResult<QuestionCreatedResponse> {
    let to_email = match request
        .email
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty())
    {
        Some(email) => Some(colleague_address(email)?),
        None => None,
    };
    let named = request
        .name
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty());
    let to_name = named
        .or_else(|| to_email.as_deref().map(name_of))
        .unwrap_or_default();
    let mut write = begin(&app, &me, id).await?;
    let asking = QuestionDraft {
        case: id,
        to_email,
        to_name,
        lang: request.lang.unwrap_or(me.person.lang),
        text: request.text,
        show_contact: request.show_contact,
        address: app.config.public_address.clone(),
        anyway: request.anyway,
    };
    let made = vigie_desk::ask(&mut write, &me.person, asking).await?;
    let question = write.questions().find(made).await?;
    let link = vigie_desk::question_link(&mut write, &question).await?;
    let mailed = question.to_email.is_some() && has_mailbox(&mut write, &question).await?;
    write.commit().await?;
    Ok(Json(QuestionCreatedResponse {
        id: made,
        link,
        mailed,
    }))
}

/// Revokes a question; its link is no longer valid.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/questions/{question}",
    tag = "questions",
    params(("id" = CaseId, Path), ("question" = QuestionId, Path)),
    responses((status = 200, body = DoneResponse), (status = 409)),
)]
pub async fn revoke(
    State(app): State<AppState>,
    me: SignedIn,
    Path((id, question)): Path<(CaseId, QuestionId)>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    if write.questions().find(question).await?.case != id {
        return Err(Problem::not_found("question"));
    }
    vigie_desk::revoke_question(&mut write, question).await?;
    write.commit().await?;
    Ok(done())
}

async fn has_mailbox(session: &mut Session, question: &Question) -> Result<bool, Problem> {
    let brand = session.cases().by_key(question.case_key).await?.brand_key;
    Ok(session.sources().mailbox_of(brand).await?.is_some())
}

/// An address in the form it is stored and compared. Fails when it is invalid.
pub fn colleague_address(email: &str) -> Result<String, Problem> {
    let email = email.trim().to_lowercase();
    if vigie_recognise::email(&email).is_none() {
        return Err(Problem::unprocessable(
            "address_wrong",
            "this is no mail address, as yann@example.org",
        ));
    }
    vigie_respond::mail::parse_address(&email)
        .map_err(|error| Problem::unprocessable("address_unreachable", error))?;
    Ok(email)
}

/// Derives a name from an address: `yann.le-gallou@…` gives Yann Le Gallou, until a better one
/// is known.
pub fn name_of(email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let words = local
        .split(['.', '_', '-', '+'])
        .filter(|it| !it.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|it| it.to_uppercase().collect::<String>() + letters.as_str())
            .unwrap_or_default()
    };
    words.map(capital).collect::<Vec<_>>().join(" ")
}
