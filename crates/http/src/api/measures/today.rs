//! Today: what waits for the caller and the team. No performance figures, only what is to be
//! done.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{At, CaseId, HowEnded, OutState, Queue};
use vigie_store::{Brand, CaseListParams, CaseSort, Session, View};

use crate::api::{
    cases::inbox::waiting, cases::response::PromiseResponse, cases::row::CaseRowResponse,
    measures::friday::VerbatimResponse,
};
use crate::{ApiResult, AppState, Problem, session::SignedIn};

/// What waits today.
#[derive(Serialize, ToSchema)]
pub struct TodayResponse {
    /// How many cases wait where.
    #[serde(flatten)]
    pub waiting: crate::api::cases::inbox::InboxCountsResponse,
    /// The first cases of the list.
    pub first: Vec<CaseRowResponse>,
    /// The caller's cases.
    pub mine: Vec<CaseRowResponse>,
    /// Promises due within two days, or late.
    pub promises: Vec<PromiseResponse>,
    /// Cases that mention the caller.
    pub mentions: Vec<MentionResponse>,
    /// Time of the last message from a customer.
    pub last_heard_at: Option<At>,
    /// Whether the brand is open now.
    pub open_now: bool,
    /// Refused or uncertain answers that need a person's decision.
    pub stuck_answers: i64,
    /// Items that intake refused.
    pub refused: i64,
    /// The open case that waits longest, by its last message.
    pub oldest: Option<CaseRowResponse>,
    /// What the company learned in seven days.
    pub learned: Vec<LearnedItemResponse>,
    /// The summary of the day, from 17:00 on.
    pub evening: Option<EveningResponse>,
}

/// Something the company learned this week.
#[derive(Serialize, ToSchema)]
pub struct LearnedItemResponse {
    /// `cause`, `card` or `rule`.
    pub what: &'static str,
    /// French name, or its own text.
    pub name_fr: String,
    /// English name, or its own text.
    pub name_en: String,
    pub at: At,
}

/// The summary of a day.
#[derive(Serialize, ToSchema)]
pub struct EveningResponse {
    /// Problems solved today, with evidence.
    pub solved: i64,
    /// A thank-you received today.
    pub thanks: Option<VerbatimResponse>,
}

/// A case that mentions the caller.
#[derive(Serialize, ToSchema)]
pub struct MentionResponse {
    pub case: CaseId,
    pub title: String,
    pub by: String,
    pub at: At,
}

/// What waits for the caller and the team.
#[utoipa::path(
    get,
    path = "/api/v1/today",
    tag = "cases",
    responses((status = 200, body = TodayResponse)),
)]
pub async fn today(State(app): State<AppState>, me: SignedIn) -> ApiResult<TodayResponse> {
    let now = app.store.now();
    let mut session = app.read().await?;
    let brand = session.brands().list().await?.into_iter().next();
    let brand = brand.as_ref();
    let of_team = OfTeam::read(&mut session, &me, now).await?;

    Ok(Json(TodayResponse {
        waiting: waiting(&mut session, &me, now).await?,
        oldest: of_team.oldest,
        learned: of_team.learned,
        promises: of_team.promises,
        evening: evening(&mut session, brand, now, me.is_volunteer()).await?,
        first: first(&mut session, &me).await?,
        mine: rows(&mut session, &me, View::Owner(me.person.key)).await?,
        mentions: mentions(&mut session, &me).await?,
        last_heard_at: last_heard_at(&mut session).await?,
        open_now: brand.is_none_or(|brand| app.calendar(brand).is_open(now)),
        stuck_answers: stuck_answers(&mut session).await?,
        refused: session
            .refused_items()
            .list(false, None, COUNTED)
            .await?
            .len() as i64,
    }))
}

/// How many cases a list of today shows.
const ROWS: i64 = 8;
/// More than this are not counted.
const COUNTED: i64 = 100;

/// What is shown of cases that are not the caller's: nothing to a volunteer.
#[derive(Default)]
struct OfTeam {
    oldest: Option<CaseRowResponse>,
    learned: Vec<LearnedItemResponse>,
    promises: Vec<PromiseResponse>,
}

impl OfTeam {
    async fn read(session: &mut Session, me: &SignedIn, now: At) -> Result<Self, Problem> {
        if me.is_volunteer() {
            return Ok(Self::default());
        }
        let oldest = CaseListParams {
            sorting: CaseSort::Oldest,
            ..CaseListParams::of(View::Open, me.person.key, 1)
        };
        let oldest = session.cases().list(&oldest).await?.pop();
        let learned = session.measures().learned_since(now.plus_days(-7)).await?;
        let learned = learned.into_iter().map(|it| LearnedItemResponse {
            what: it.what,
            name_fr: it.name_fr,
            name_en: it.name_en,
            at: it.at,
        });
        let promises = session.promises().in_view(now.plus_days(2)).await?;
        Ok(Self {
            oldest: oldest.map(Into::into),
            learned: learned.collect(),
            promises: promises.into_iter().map(Into::into).collect(),
        })
    }
}

async fn rows(
    session: &mut Session,
    me: &SignedIn,
    view: View,
) -> Result<Vec<CaseRowResponse>, Problem> {
    let params = CaseListParams::of(view, me.person.key, ROWS);
    let rows = session.cases().list(&params).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The first cases the caller may take.
async fn first(session: &mut Session, me: &SignedIn) -> Result<Vec<CaseRowResponse>, Problem> {
    let view = match me.is_volunteer() {
        true => View::Offered(Queue::Quick),
        false => View::Open,
    };
    rows(session, me, view).await
}

async fn mentions(session: &mut Session, me: &SignedIn) -> Result<Vec<MentionResponse>, Problem> {
    let mentions = session.notes().mentions(me.person.key).await?;
    let shown = mentions
        .into_iter()
        .map(|(case, title, by, at)| MentionResponse {
            case,
            title,
            by,
            at,
        });
    Ok(shown.collect())
}

async fn last_heard_at(session: &mut Session) -> Result<Option<At>, Problem> {
    let sources = session.sources().list().await?;
    Ok(sources
        .iter()
        .filter_map(|source| source.last_received_at)
        .max())
}

/// Answers that wait for a person's decision.
async fn stuck_answers(session: &mut Session) -> Result<i64, Problem> {
    let stuck = [OutState::Refused, OutState::Uncertain];
    Ok(session.outbox().list(&stuck, None, COUNTED).await?.len() as i64)
}

/// Hour of the brand's day from which the summary is shown.
const EVENING: i8 = 17;

/// A volunteer is shown no text of cases that are not theirs.
async fn evening(
    session: &mut Session,
    brand: Option<&Brand>,
    now: At,
    volunteer: bool,
) -> Result<Option<EveningResponse>, Problem> {
    let zone = brand.map_or("UTC", |it| it.settings.timezone.as_str());
    let zone = jiff::tz::TimeZone::get(zone).map_err(|err| Problem::internal(&err))?;
    let here = now.timestamp().to_zoned(zone);
    if here.hour() < EVENING {
        return Ok(None);
    }
    let Ok(morning) = here.start_of_day() else {
        return Ok(None);
    };
    let since = At::from_millis(morning.timestamp().as_millisecond());
    let solved = session
        .measures()
        .ended_between(since, now)
        .await?
        .get(&HowEnded::Solved)
        .copied()
        .unwrap_or(0);
    let thanks = if volunteer {
        None
    } else {
        session
            .measures()
            .thanks_between(since, now, 1)
            .await?
            .into_iter()
            .next()
    };
    Ok(Some(EveningResponse {
        solved,
        thanks: thanks.map(|it| VerbatimResponse::of("thanks", it)),
    }))
}
