//! Today: what waits for the caller and the team. No performance figures, only what is to be
//! done.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{At, CaseId, HowEnded};
use vigie_store::{Brand, CaseListParams, CaseSort, Session, View};

use crate::api::{
    cases::response::PromiseResponse, cases::row::CaseRowResponse,
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
    use vigie_model::OutState::{Refused, Uncertain};
    let now = app.store.now();
    let mut session = app.read().await?;
    let waiting = crate::api::cases::inbox::waiting(&mut session, &me, now).await?;
    let volunteer = me.is_volunteer();
    let first = if volunteer {
        View::Offered(vigie_model::Queue::Quick)
    } else {
        View::Open
    };
    let first = session
        .cases()
        .list(&CaseListParams::of(first, me.person.key, 8))
        .await?;
    let mine = session
        .cases()
        .list(&CaseListParams::of(
            View::Owner(me.person.key),
            me.person.key,
            8,
        ))
        .await?;
    let promises = if volunteer {
        Vec::new()
    } else {
        session.promises().in_view(now.plus_days(2)).await?
    };
    let mentions = session.notes().mentions(me.person.key).await?.into_iter();
    let mentions = mentions
        .map(|(case, title, by, at)| MentionResponse {
            case,
            title,
            by,
            at,
        })
        .collect();
    let brand = session.brands().list().await?.into_iter().next();
    let last_heard_at = session
        .sources()
        .list()
        .await?
        .iter()
        .filter_map(|it| it.last_received_at)
        .max();
    let stuck = session
        .outbox()
        .list(&[Refused, Uncertain], None, 100)
        .await?
        .len();
    let refused = session.refused_items().list(false, None, 100).await?.len();
    let oldest = CaseListParams {
        sorting: CaseSort::Oldest,
        ..CaseListParams::of(View::Open, me.person.key, 1)
    };
    let oldest = if volunteer {
        None
    } else {
        session.cases().list(&oldest).await?.pop()
    };
    let learned = if volunteer {
        Vec::new()
    } else {
        session.measures().learned_since(now.plus_days(-7)).await?
    }
    .into_iter();
    let learned = learned.map(|it| LearnedItemResponse {
        what: it.what,
        name_fr: it.name_fr,
        name_en: it.name_en,
        at: it.at,
    });
    Ok(Json(TodayResponse {
        waiting,
        oldest: oldest.map(Into::into),
        learned: learned.collect(),
        evening: evening(&mut session, brand.as_ref(), now, volunteer).await?,
        first: first.into_iter().map(Into::into).collect(),
        mine: mine.into_iter().map(Into::into).collect(),
        promises: promises.into_iter().map(Into::into).collect(),
        mentions,
        last_heard_at,
        open_now: brand
            .as_ref()
            .is_none_or(|brand| app.calendar(brand).is_open(now)),
        stuck_answers: stuck as i64,
        refused: refused as i64,
    }))
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
    let zone = brand
        .map(|it| it.settings.timezone.as_str())
        .unwrap_or_default();
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
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
