//! Your own past: what an import shows about the company, each number with its cases.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_measure::{quantile, wilson};
use vigie_model::{At, CauseId, CauseKey, ImportId, Kind};
use vigie_store::ImportSegment;

use crate::api::{
    cases::row::CaseRowResponse, measures::first_contact::WaitResponse,
    people::colleagues::ShareResponse,
};
use crate::{ApiResult, AppState, Problem, session::SignedIn};

/// Number of cases shown among those that waited longest.
const OLDEST: i64 = 10;

/// What an import shows about the company.
#[derive(Serialize, ToSchema)]
pub struct ImportInsightsResponse {
    pub cases: i64,
    /// Never answered: `part=never`.
    pub never: Option<ShareResponse>,
    /// Answered, but the customer's last message was not (it may be a thank-you):
    /// `part=last_word`.
    pub last_word: Option<ShareResponse>,
    /// The customer wrote more than once: `part=again`.
    pub again: Option<ShareResponse>,
    /// Of those, the customer wrote again before any answer came.
    pub again_unanswered: i64,
    /// Number of cases of each kind.
    pub kinds: Vec<KindCount>,
    /// First answers by month: `part=2024-02`.
    pub months: Vec<MonthlyWaitResponse>,
    /// Never answered, oldest first.
    pub oldest: Vec<CaseRowResponse>,
    /// The most frequent causes.
    pub causes: Vec<CauseCount>,
}

/// The number of cases of a kind.
#[derive(Serialize, ToSchema)]
pub struct KindCount {
    pub kind: Kind,
    pub cases: i64,
}

/// The number of cases of a cause.
#[derive(Serialize, ToSchema)]
pub struct CauseCount {
    pub cause: CauseId,
    pub name_fr: String,
    pub name_en: String,
    pub cases: i64,
}

/// First answers to messages of one month.
#[derive(Serialize, ToSchema)]
pub struct MonthlyWaitResponse {
    /// `2024-02`.
    pub month: String,
    /// The median wait for a first answer, in wall-clock minutes.
    pub median: WaitResponse,
}

/// What an import shows about the company.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{id}/past",
    tag = "imports",
    params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportInsightsResponse), (status = 404)),
)]
pub async fn import_insights(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<ImportId>,
) -> ApiResult<ImportInsightsResponse> {
    let mut session = app.read_snapshot().await?;
    let import = session.imports().find(id).await?;
    let past = session.insights().of_import(import.key).await?;
    let spoke: i64 = past.kinds.iter().map(|it| it.1).sum();
    let share = |count: i64| {
        let found = wilson(count.unsigned_abs(), spoke.unsigned_abs());
        found.map(|it| ShareResponse {
            estimate: it.estimate,
            low: it.low,
            high: it.high,
            n: it.n,
        })
    };
    let all: BTreeMap<CauseKey, _> = session
        .causes()
        .list()
        .await?
        .into_iter()
        .map(|it| (it.key, it))
        .collect();
    let cause = |(key, cases): &(CauseKey, i64)| {
        let it = all.get(key)?;
        Some(CauseCount {
            cause: it.id,
            name_fr: it.name_fr.clone(),
            name_en: it.name_en.clone(),
            cases: *cases,
        })
    };
    let oldest = session
        .cases()
        .oldest_without_answer(import.key, me.person.key, OLDEST)
        .await?;
    Ok(Json(ImportInsightsResponse {
        cases: past.cases,
        never: share(past.never),
        last_word: share(past.last_word),
        again: share(past.again),
        again_unanswered: past.again_unanswered,
        kinds: past
            .kinds
            .iter()
            .map(|(kind, cases)| KindCount {
                kind: *kind,
                cases: *cases,
            })
            .collect(),
        months: months(&past.answers),
        oldest: oldest.into_iter().map(Into::into).collect(),
        causes: past.causes.iter().filter_map(cause).collect(),
    }))
}

fn months(answers: &[(At, At)]) -> Vec<MonthlyWaitResponse> {
    let mut waits: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (said, answered) in answers {
        let month = said.to_string().get(..7).unwrap_or_default().to_owned();
        waits
            .entry(month)
            .or_default()
            .push(answered.minutes_since(*said));
    }
    let to_response = |(month, waits): (String, Vec<f64>)| {
        let it = quantile(&waits, 0.5)?;
        Some(MonthlyWaitResponse {
            month,
            median: WaitResponse {
                estimate: it.estimate,
                low: it.low,
                high: it.high,
                n: it.n,
            },
        })
    };
    waits.into_iter().filter_map(to_response).collect()
}

/// The part of an import a list requests. Fails when it is unknown.
pub fn part(text: &str) -> Result<ImportSegment, Problem> {
    Ok(match text {
        "" | "all" => ImportSegment::All,
        "never" => ImportSegment::Never,
        "last_word" => ImportSegment::LastWord,
        "again" => ImportSegment::Again,
        month => {
            let wrong = || {
                Problem::bad_request(
                    "part_unknown",
                    "no such part: all, never, last_word, again or a month as 2024-02",
                )
            };
            let (year, number) = month.split_once('-').ok_or_else(wrong)?;
            let (year, number): (i32, i32) = (
                year.parse().map_err(|_| wrong())?,
                number.parse().map_err(|_| wrong())?,
            );
            let begin = |year: i32, number: i32| {
                format!("{year:04}-{number:02}-01T00:00:00Z").parse::<At>()
            };
            let (next_year, next) = if number == 12 {
                (year + 1, 1)
            } else {
                (year, number + 1)
            };
            let from = begin(year, number).map_err(|_| wrong())?;
            ImportSegment::Between(from, begin(next_year, next).map_err(|_| wrong())?)
        }
    })
}
