//! Friday's page: one page for the director, from customers' messages of the week to where
//! help is needed. Every figure links to its cases; no employee is measured.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CaseId, CauseId, HowEnded, TopCause};
use vigie_store::{Session, Verbatim};

use crate::{ApiResult, AppState, Problem, query::Query, session::SignedIn};

/// The week to review.
#[derive(Deserialize, IntoParams)]
pub struct WeekQuery {
    /// Its last day, such as `2026-11-27`; today when absent.
    pub day: Option<String>,
}

/// A quotation from a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerbatimResponse {
    /// Why it was chosen: `gravest`, `cause` or `thanks`.
    pub why: &'static str,
    pub case: CaseId,
    pub number: i64,
    /// Name of the customer or author.
    pub who: String,
    /// The text as received, at most 600 letters.
    pub text: String,
    /// Whether the end was left out.
    pub cut: bool,
    pub lang: String,
    pub at: At,
}

impl VerbatimResponse {
    /// A quotation, with the reason it was chosen.
    pub fn of(error: &'static str, it: Verbatim) -> Self {
        let text: String = it.text.chars().take(600).collect();
        let cut = text.len() < it.text.len();
        Self {
            why: error,
            case: it.case,
            number: it.number,
            who: it.who,
            text,
            cut,
            lang: it.lang,
            at: it.at,
        }
    }
}

/// A cause of the week.
#[derive(Serialize, ToSchema)]
pub struct WeeklyCauseResponse {
    pub id: CauseId,
    /// The top-level cause.
    pub top: TopCause,
    pub name_fr: String,
    pub name_en: String,
    /// Cases for which it was named.
    pub cases: i64,
    /// Number of distinct customers or authors.
    pub people: i64,
    /// Cases not closed.
    pub open: i64,
}

/// The review of a week.
#[derive(Serialize, ToSchema)]
pub struct FridayResponse {
    pub since: At,
    pub until: At,
    /// Number of cases opened.
    pub opened: i64,
    /// Cases closed as solved, with evidence.
    pub solved: i64,
    /// Cases closed as answered.
    pub answered: i64,
    /// Cases closed with nothing to do.
    pub nothing_to_do: i64,
    pub promises_kept: i64,
    pub promises_broken: i64,
    /// Promises past their date, not judged.
    pub promises_late: i64,
    pub promises_waiting: i64,
    /// At most three.
    pub verbatims: Vec<VerbatimResponse>,
    /// At most three.
    pub causes: Vec<WeeklyCauseResponse>,
    /// Open cases past their due time now.
    pub late: i64,
    pub orphans: i64,
    /// Cases waiting for a colleague now.
    pub waiting_colleague: i64,
}

/// Days in a week.
const DAYS: i64 = 7;

/// The review of the seven days that end with a day, in the brand's time zone.
#[utoipa::path(
    get,
    path = "/api/v1/friday",
    tag = "measures",
    params(WeekQuery),
    responses((status = 200, body = FridayResponse)),
)]
pub async fn friday(
    State(app): State<AppState>,
    _: SignedIn,
    Query(params): Query<WeekQuery>,
) -> ApiResult<FridayResponse> {
    let now = app.store.now();
    let mut session = app.read_snapshot().await?;
    let zone = session.brands().timezone().await?;
    let until = end_of_day(params.day.as_deref(), &zone, now)?;
    let since = until.plus_days(-DAYS);
    let ended = session.measures().ended_between(since, until).await?;
    let ended = |how| ended.get(&how).copied().unwrap_or(0);
    let promises = session
        .measures()
        .promises_between(since, until.min(now))
        .await?;
    let causes = session.measures().causes_between(since, until, 3).await?;
    let verbatims = verbatims(&mut session, causes.first().map(|it| it.id), since, until).await?;
    let late = session
        .measures()
        .late_signals(now)
        .await?
        .iter()
        .map(|it| it.cases)
        .sum();
    let waiting_colleague = session
        .tallies()
        .read()
        .await?
        .get("state:waiting_colleague");
    Ok(Json(FridayResponse {
        since,
        until,
        opened: session.measures().opened_between(since, until).await?,
        solved: ended(HowEnded::Solved),
        answered: ended(HowEnded::Answered),
        nothing_to_do: ended(HowEnded::NothingToDo),
        promises_kept: promises.kept,
        promises_broken: promises.broken,
        promises_late: promises.late,
        promises_waiting: promises.waiting,
        verbatims,
        causes: causes
            .into_iter()
            .map(|it| WeeklyCauseResponse {
                id: it.id,
                top: it.top,
                name_fr: it.name_fr,
                name_en: it.name_en,
                cases: it.cases,
                people: it.people,
                open: it.open,
            })
            .collect(),
        late,
        orphans: session.cases().count_orphans(now).await?,
        waiting_colleague,
    }))
}

/// The end of that day, or of today.
fn end_of_day(day: Option<&str>, zone: &str, now: At) -> Result<At, Problem> {
    let zone = jiff::tz::TimeZone::get(zone).map_err(|err| Problem::internal(&err))?;
    let wrong = || Problem::bad_request("day_wrong", "`day` is a day, as 2026-11-27");
    let day: jiff::civil::Date = match day {
        Some(day) => day.parse().map_err(|_| wrong())?,
        None => now.timestamp().to_zoned(zone.clone()).date(),
    };
    let end = day
        .tomorrow()
        .and_then(|it| it.to_zoned(zone))
        .map_err(|_| wrong())?;
    Ok(At::from_millis(end.timestamp().as_millisecond()))
}

/// The most serious complaint, one message about the most frequent cause, one thank-you; from
/// three different cases.
async fn verbatims(
    session: &mut Session,
    cause: Option<CauseId>,
    since: At,
    until: At,
) -> Result<Vec<VerbatimResponse>, Problem> {
    let mut offered = vec![(
        "gravest",
        session
            .measures()
            .worst_complaints_between(since, until, 3)
            .await?,
    )];
    if let Some(cause) = cause {
        offered.push((
            "cause",
            session
                .measures()
                .words_of_cause(cause, since, until, 3)
                .await?,
        ));
    }
    offered.push((
        "thanks",
        session.measures().thanks_between(since, until, 3).await?,
    ));
    let mut chosen: Vec<VerbatimResponse> = Vec::new();
    for (why, words) in offered {
        let fresh = words
            .into_iter()
            .find(|it| chosen.iter().all(|other| other.case != it.case));
        chosen.extend(fresh.map(|it| VerbatimResponse::of(why, it)));
    }
    Ok(chosen)
}
