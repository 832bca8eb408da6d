//! The inbox: pages of named views, filtered and sorted, with keyset pagination; and how many
//! cases wait where.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CaseId, CaseKey, CaseState, Channel, Kind, Queue, Sentiment};
use vigie_store::{CaseFilters, CaseListParams, CaseSort, Cursor, Session, View};

use crate::api::cases::row::CaseRowResponse;
use crate::{ApiResult, AppState, Problem, query::Query, session::SignedIn};

/// The list and the range to read.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
pub struct CaseListQuery {
    /// `open`, `now`, `quick`, `plan`, `later`, `mine`, `teams` (given to a team of the caller,
    /// without owner), `unowned`, `orphans`, `waiting_customer`, `waiting_colleague`, `snoozed`,
    /// `late` or `closed`; `past` with `import` and `part`.
    pub view: String,
    /// The import, for the view `past`.
    pub import: Option<vigie_model::ImportId>,
    /// `all`, `never`, `last_word`, `again`, or a month such as `2024-02`.
    pub part: Option<String>,
    pub kind: Option<Kind>,
    /// Only cases with this tag.
    pub tag: Option<vigie_model::TagId>,
    /// Only cases given to this team.
    pub team: Option<vigie_model::TeamId>,
    /// Feeling of the last message.
    pub feeling: Option<Sentiment>,
    pub channel: Option<Channel>,
    /// Language code, such as `fr`.
    pub lang: Option<String>,
    /// Only cases with messages the caller has not seen.
    pub unread: Option<bool>,
    /// `pressing` when absent; `newest` or `oldest` by last message.
    pub order: Option<String>,
    /// The `next` of the previous page.
    pub after: Option<String>,
    /// Up to the `next` of another page, to read the same range again.
    pub until: Option<String>,
    /// 1–200; 50 when absent.
    pub limit: Option<i64>,
}

/// How many cases wait where.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxCountsResponse {
    /// Number of cases by name: `state:open`, `queue:now`, `mine`, `teams`, `unowned`.
    pub counts: BTreeMap<String, i64>,
    /// Orphans now.
    pub orphans: i64,
    /// The caller's cases with messages they have not seen, counted up to 100.
    pub unread: i64,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseListResponse {
    pub cases: Vec<CaseRowResponse>,
    /// Where the next page begins; absent at the end.
    pub next: Option<String>,
    /// How many cases wait where.
    #[serde(flatten)]
    pub waiting: InboxCountsResponse,
}

/// Lists the cases of a view, with keyset pagination.
#[utoipa::path(
    get,
    path = "/api/v1/cases",
    tag = "cases",
    params(CaseListQuery),
    responses((status = 200, body = CaseListResponse)),
)]
pub async fn list(
    State(app): State<AppState>,
    me: SignedIn,
    Query(params): Query<CaseListQuery>,
) -> ApiResult<CaseListResponse> {
    let mut session = app.read().await?;
    let limit = params.limit.unwrap_or(50).clamp(1, 200);
    let (view, narrowed) = narrowed_view(&mut session, &me, &params, app.store.now()).await?;
    let page = CaseListParams {
        view,
        narrowed,
        sorting: sorting(params.order.as_deref())?,
        after: params.after.as_deref().map(cursor).transpose()?,
        until: params.until.as_deref().map(cursor).transpose()?,
        limit: limit + 1,
        reader: me.person.key,
    };
    let mut rows = session.cases().list(&page).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(50));
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}.{}", row.cursor.rank, row.cursor.key.number()));
    let waiting = waiting(&mut session, &me, app.store.now()).await?;
    Ok(Json(CaseListResponse {
        cases: rows.into_iter().map(Into::into).collect(),
        next,
        waiting,
    }))
}

/// The rows to read.
#[derive(Debug, Deserialize, IntoParams)]
pub struct CaseRowsQuery {
    /// Up to 200 cases, separated by commas.
    pub ids: String,
}

/// The current rows of these cases, in this order; those deleted or not visible to the caller
/// are left out.
#[utoipa::path(
    get,
    path = "/api/v1/case-rows",
    tag = "cases",
    params(CaseRowsQuery),
    responses((status = 200, body = Vec<CaseRowResponse>)),
)]
pub async fn rows(
    State(app): State<AppState>,
    me: SignedIn,
    Query(params): Query<CaseRowsQuery>,
) -> ApiResult<Vec<CaseRowResponse>> {
    let wrong = |_| {
        Problem::bad_request(
            "ids_wrong",
            "`ids` are the ids of cases, separated by commas",
        )
    };
    let ids = params.ids.split(',').filter(|it| !it.is_empty()).take(200);
    let mut ids = ids
        .map(|it| it.parse().map(CaseId))
        .collect::<Result<Vec<_>, _>>()
        .map_err(wrong)?;
    let mut session = app.read().await?;
    if me.is_volunteer() {
        let mut seen = Vec::new();
        for id in ids {
            match sees(&mut session, &me, id).await {
                Ok(()) => seen.push(id),
                Err(error) if error.status().is_server_error() => return Err(error),
                Err(_) => {}
            }
        }
        ids = seen;
    }
    Ok(Json(
        session
            .cases()
            .listed_by_ids(&ids, me.person.key)
            .await?
            .into_iter()
            .map(Into::into)
            .collect(),
    ))
}

async fn sees(session: &mut Session, me: &SignedIn, id: CaseId) -> Result<(), Problem> {
    let case = session.cases().find(id).await?;
    crate::api::acting::check_sees(session, me, &case).await
}

/// How many cases wait where.
#[utoipa::path(
    get,
    path = "/api/v1/counts",
    tag = "cases",
    responses((status = 200, body = InboxCountsResponse)),
)]
pub async fn counts(State(app): State<AppState>, me: SignedIn) -> ApiResult<InboxCountsResponse> {
    Ok(Json(
        waiting(&mut app.read().await?, &me, app.store.now()).await?,
    ))
}

/// The counters a person may see: other owners' are left out.
pub async fn waiting(
    session: &mut Session,
    me: &SignedIn,
    now: At,
) -> Result<InboxCountsResponse, Problem> {
    let tally = session.tallies().read().await?;
    let teams = session.teams().of_person(me.person.key).await?;
    let waiting_for_teams = teams.iter().map(|team| tally.unowned_of_team(*team)).sum();
    let mine = tally.owned_by(me.person.key);

    let mut counts = tally.0;
    counts.insert("mine".into(), mine);
    counts.insert("teams".into(), waiting_for_teams);
    counts.retain(|name, _| !name.starts_with("owner:") && !name.starts_with("team:"));
    let (orphans, unread) = (
        session.cases().count_orphans(now).await?,
        session.read_states().count_unread(me.person.key).await?,
    );
    Ok(InboxCountsResponse {
        counts,
        orphans,
        unread,
    })
}

/// The view requested, as this person may see it, with its filters. Fails when the view or tag
/// does not exist, or when a volunteer asks for more than theirs.
pub async fn narrowed_view(
    session: &mut Session,
    me: &SignedIn,
    params: &CaseListQuery,
    now: At,
) -> Result<(View, CaseFilters), Problem> {
    let view = match (params.view.as_str(), params.import) {
        ("past", Some(import)) => View::Past(
            session.imports().find(import).await?.key,
            crate::api::past::insights::part(params.part.as_deref().unwrap_or(""))?,
        ),
        (name, _) => named_view(name, me, now)?,
    };
    let view = match view {
        View::Queue(Queue::Quick) if me.is_volunteer() => View::Offered(Queue::Quick),
        view if me.is_volunteer() && !matches!(view, View::Owner(_) | View::OfTeams(_)) => {
            return Err(Problem::forbidden());
        }
        view => view,
    };
    let tag = match params.tag {
        Some(tag) => Some(session.tags().find(tag).await?.key),
        None => None,
    };
    let team = match params.team {
        Some(team) => Some(session.teams().find(team).await?.key),
        None => None,
    };
    let narrowed = CaseFilters {
        kind: params.kind,
        tag,
        team,
        sentiment: params.feeling,
        channel: params.channel,
        lang: params.lang.clone().filter(|it| !it.is_empty()),
        unread_by: params.unread.unwrap_or(false).then_some(me.person.key),
    };
    Ok((view, narrowed))
}

fn named_view(name: &str, me: &SignedIn, now: At) -> Result<View, Problem> {
    Ok(match name {
        "open" => View::Open,
        "mine" => View::Owner(me.person.key),
        "teams" => View::OfTeams(me.person.key),
        "unowned" => View::Unowned,
        "orphans" => View::Orphans(now),
        "late" => View::Late(now),
        "waiting_customer" | "waiting_colleague" | "snoozed" | "aside" | "closed" => {
            View::State(state(name)?)
        }
        queue => View::Queue(
            queue
                .parse()
                .map_err(|_| Problem::bad_request("view_unknown", "no such list"))?,
        ),
    })
}

fn state(name: &str) -> Result<CaseState, Problem> {
    name.parse()
        .map_err(|_| Problem::bad_request("view_unknown", "no such list"))
}

fn sorting(order: Option<&str>) -> Result<CaseSort, Problem> {
    Ok(match order {
        None | Some("pressing") => CaseSort::Priority,
        Some("newest") => CaseSort::Newest,
        Some("oldest") => CaseSort::Oldest,
        Some(_) => {
            return Err(Problem::bad_request(
                "order_unknown",
                "order is pressing, newest or oldest",
            ));
        }
    })
}

fn cursor(text: &str) -> Result<Cursor, Problem> {
    let wrong = || Problem::bad_request("cursor_wrong", "a cursor is the `next` of a page");
    let (rank, key) = text.split_once('.').ok_or_else(wrong)?;
    Ok(Cursor {
        rank: rank.parse().map_err(|_| wrong())?,
        key: key.parse().map(CaseKey::from_number).map_err(|_| wrong())?,
    })
}
