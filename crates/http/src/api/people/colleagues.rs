//! Who knows what: the directory, whom to ask about a case and why, and how much the company
//! depends on few people.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_desk::{concentration, suggest};
use vigie_listen::directory;
use vigie_model::{Act, At, CaseId, ColleagueId};
use vigie_store::{Colleague, FactDraft};

use crate::api::acting::check_sees;
use crate::{ApiResult, AppState, Problem, multipart_form::MultipartForm, session::SignedIn};

/// Answers of this many days count.
const DAYS: i64 = 90;

/// A colleague.
#[derive(Serialize, ToSchema)]
pub struct ColleagueResponse {
    pub id: ColleagueId,
    pub email: String,
    pub name: String,
    pub shop: String,
    /// What they know.
    pub topics: Vec<String>,
    pub langs: Vec<String>,
    /// When they can be asked, as free text.
    pub hours: String,
    /// When they described themselves what they know.
    pub declared_at: Option<At>,
}

/// The directory, and how much the company depends on few people.
#[derive(Serialize, ToSchema)]
pub struct ColleaguesResponse {
    /// Everybody, by name.
    pub colleagues: Vec<ColleagueResponse>,
    /// Answers of the last ninety days.
    pub answers: i64,
    /// The share of the person who answered most, who is not named.
    pub top_share: Option<ShareResponse>,
    /// Topics known by only one person.
    pub single_holder: Vec<String>,
}

/// A share, 0–1, with its 95 % interval (Wilson) and the number of observations.
#[derive(Serialize, ToSchema)]
pub struct ShareResponse {
    /// The share.
    pub estimate: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Number of observations.
    pub n: u64,
}

/// Why a colleague is suggested.
#[derive(Serialize, ToSchema)]
pub struct SuggestionReason {
    /// `topic`, `shop`, `language` or `answered`.
    pub why: &'static str,
    /// The topic, shop or language.
    pub what: String,
}

/// A colleague to ask.
#[derive(Serialize, ToSchema)]
pub struct ColleagueSuggestionResponse {
    pub id: ColleagueId,
    pub email: String,
    pub name: String,
    pub reasons: Vec<SuggestionReason>,
    /// Number of questions that wait for them.
    pub waiting: i64,
}

/// The result of importing a directory.
#[derive(Serialize, ToSchema)]
pub struct DirectoryImportResponse {
    /// Number of colleagues stored.
    pub kept: usize,
    /// Lines refused, with the reason.
    pub refused: Vec<RefusedLine>,
}

/// A line refused.
#[derive(Serialize, ToSchema)]
pub struct RefusedLine {
    /// From 1.
    pub line: u64,
    pub detail: String,
}

/// A CSV file to upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct DirectoryImportRequest {
    /// The CSV's text.
    csv: String,
}

/// The directory.
#[utoipa::path(
    get,
    path = "/api/v1/colleagues",
    tag = "colleagues",
    responses((status = 200, body = ColleaguesResponse)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<ColleaguesResponse> {
    let mut session = app.read().await?;
    let all = session.colleagues().list().await?;
    let loads = session
        .colleagues()
        .loads(app.store.now().plus_days(-DAYS))
        .await?;
    let sum = concentration(&all, &loads);
    let colleagues = all.into_iter().map(to_response).collect();
    let top = vigie_measure::wilson(sum.top.unsigned_abs(), sum.answers.unsigned_abs());
    let top_share = top.map(|it| ShareResponse {
        estimate: it.estimate,
        low: it.low,
        high: it.high,
        n: it.n,
    });
    Ok(Json(ColleaguesResponse {
        colleagues,
        answers: sum.answers,
        top_share,
        single_holder: sum.single_holder,
    }))
}

fn to_response(it: Colleague) -> ColleagueResponse {
    let (id, email, name, shop) = (it.id, it.email, it.name, it.shop);
    let (topics, langs, hours, declared_at) = (it.topics, it.langs, it.hours, it.declared_at);
    ColleagueResponse {
        id,
        email,
        name,
        shop,
        topics,
        langs,
        hours,
        declared_at,
    }
}

/// Whom to ask about a case, and why.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/colleagues",
    tag = "colleagues",
    params(("id" = CaseId, Path)),
    responses(
        (status = 200, body = Vec<ColleagueSuggestionResponse>),
        (status = 403),
        (status = 404),
    ),
)]
pub async fn suggested(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<Vec<ColleagueSuggestionResponse>> {
    let mut session = app.read().await?;
    let case = session.cases().find(id).await?;
    check_sees(&mut session, &me, &case).await?;
    let mut words = case.title.clone();
    for message in session
        .messages()
        .of_case(case.key, 20)
        .await?
        .iter()
        .filter(|it| it.author_key.is_some())
    {
        words.push(' ');
        words.push_str(&message.text);
    }
    let all = session.colleagues().list().await?;
    let loads = session
        .colleagues()
        .loads(app.store.now().plus_days(-DAYS))
        .await?;
    let found = suggest(all, &loads, &words, &case.lang, vigie_analyse::folded);
    let reason = |(why, what)| SuggestionReason { why, what };
    let suggestions = found.into_iter().map(|it| ColleagueSuggestionResponse {
        id: it.colleague.id,
        email: it.colleague.email,
        name: it.colleague.name,
        reasons: it.reasons.into_iter().map(reason).collect(),
        waiting: it.waiting,
    });
    Ok(Json(suggestions.collect()))
}

/// Imports the company's directory. What colleagues declared themselves is not overwritten.
#[utoipa::path(
    post,
    path = "/api/v1/colleagues",
    tag = "colleagues",
    request_body(content = DirectoryImportRequest, content_type = "multipart/form-data"),
    responses((status = 200, body = DirectoryImportResponse), (status = 422)),
)]
pub async fn import(
    State(app): State<AppState>,
    me: SignedIn,
    sent: MultipartForm,
) -> ApiResult<DirectoryImportResponse> {
    let (entries, refused) =
        directory::read(sent.field("csv").as_bytes()).map_err(Problem::from)?;
    let mut write = app.store.write(me.actor()).await?;
    let kept = entries.len();
    for it in entries {
        let (email, name, shop, topics, langs, hours) =
            (it.email, it.name, it.shop, it.topics, it.langs, it.hours);
        let id = ColleagueId(uuid::Uuid::nil());
        let colleague = Colleague {
            id,
            email,
            name,
            shop,
            topics,
            langs,
            hours,
            declared_at: None,
        };
        write.colleagues().upsert(&colleague, false).await?;
    }
    write.fact(
        FactDraft::new(Act::DirectoryChanged)
            .number("colleagues", i64::try_from(kept).unwrap_or(i64::MAX)),
    );
    write.commit().await?;
    let refused = refused
        .into_iter()
        .map(|(line, refusal)| RefusedLine {
            line,
            detail: refusal.detail,
        })
        .collect();
    Ok(Json(DirectoryImportResponse { kept, refused }))
}
