//! The search box: words, "phrases", AND OR NOT, fields; each result with the piece of its words that was asked for.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CaseId, CaseState, Channel, Kind, MessageId};
use vigie_store::search::{Asked, By, Hit, ResultRow, SearchError, Shown, snippet};

use crate::{Answer, App, Problem, query::Query, session::SignedIn};

/// What is looked for.
#[derive(Deserialize, IntoParams)]
pub struct SearchAsked {
    /// The query; everything when empty.
    #[serde(default)]
    pub q: String,
    /// `rank` or `date`.
    #[serde(default)]
    pub order: String,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// 1–100; 30 when absent.
    pub limit: Option<usize>,
    /// Counts how many there are of each, too.
    #[serde(default)]
    pub counts: bool,
}

/// A piece of words, marked when it was asked for.
#[derive(Serialize, ToSchema)]
pub struct Piece {
    /// Words as received.
    pub text: String,
    /// It was asked for.
    pub marked: bool,
}

/// A message found.
#[derive(Serialize, ToSchema)]
pub struct ResultShown {
    /// Message.
    pub message: MessageId,
    /// Case.
    pub case: CaseId,
    /// Its number.
    pub number: i64,
    /// Its subject.
    pub title: String,
    /// Who spoke.
    pub who: String,
    /// When.
    pub at: At,
    /// Where.
    pub channel: Channel,
    /// What its case is.
    pub kind: Kind,
    /// How far its case is.
    pub state: CaseState,
    /// Words of ours.
    pub ours: bool,
    /// Language of the case.
    pub lang: String,
    /// The words asked for, and around them.
    pub pieces: Vec<Piece>,
}

/// How many of a value.
#[derive(Serialize, ToSchema)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Messages.
    pub n: u64,
}

/// A page of results.
#[derive(Serialize, ToSchema)]
pub struct SearchPage {
    /// In order.
    pub results: Vec<ResultShown>,
    /// Where the next page begins; absent at the end.
    pub next: Option<String>,
    /// The query as it was understood, with every parenthesis.
    pub understood: String,
    /// How many messages there are, when it was asked.
    pub total: Option<usize>,
    /// How many of each value, by field, when it was asked.
    pub counts: BTreeMap<&'static str, Vec<ValueCount>>,
    /// Facts of the history the index has not seen yet: what came since cannot be found.
    pub behind: i64,
}

const MOST: usize = 100;

/// Finds messages.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(SearchAsked),
    responses((status = 200, body = SearchPage), (status = 422)))]
pub async fn search(State(app): State<App>, me: SignedIn, Query(asked): Query<SearchAsked>) -> Answer<SearchPage> {
    let query = vigie_watch::parse(&asked.q).map_err(wrong)?;
    let limit = asked.limit.unwrap_or(30).clamp(1, MOST);
    let mut session = app.read().await?;
    let names = session.search_names().await?;
    let wanted = Asked {
        query: query.clone(),
        by: if asked.order == "date" { By::Date } else { By::Rank },
        after: asked.after.as_deref().map(place).transpose()?,
        limit: limit + 1,
        // A volunteer finds what they may see: their own cases.
        owner: me.is_volunteer().then_some(me.person.key),
        counts: asked.counts,
    };
    let search = app.search.clone();
    let found = tokio::task::spawn_blocking(move || search.ask(&wanted, &names)).await.map_err(|_| failed())?;
    let mut found = found.map_err(|why| match why {
        SearchError::Query(why) => Problem::refused("query_wrong", why),
        other => {
            tracing::error!(why = %other, "a search failed");
            failed()
        }
    })?;
    let more = found.hits.len() > limit;
    found.hits.truncate(limit);
    let next = found.hits.last().filter(|_| more).map(|it| format!("{}.{}", it.place.to_bits(), it.message));
    let rows = session.result_rows(&found.hits.iter().map(|it| it.message).collect::<Vec<_>>()).await?;
    let rows: BTreeMap<i64, ResultRow> = rows.into_iter().map(|it| (it.key, it)).collect();
    let shown = |hit: &Hit| rows.get(&hit.message).map(|row| result(row, &snippet(&query, &row.text)));
    let count = |values: Vec<(String, u64)>| values.into_iter().map(|(value, n)| ValueCount { value, n }).collect();
    let behind = session.last_fact().await? - found.seen;
    Ok(Json(SearchPage {
        results: found.hits.iter().filter_map(shown).collect(),
        next,
        understood: query.to_string(),
        total: found.total,
        counts: found.counts.into_iter().map(|(name, values)| (name, count(values))).collect(),
        behind: behind.max(0),
    }))
}

/// A mistake of the query: its place, and a stable code the UI has words for.
fn wrong(why: vigie_watch::Wrong) -> Problem {
    Problem::refused("query_wrong", why.detail)
        .with("start", why.start)
        .with("end", why.end)
        .with("mistake", why.problem)
}

fn failed() -> Problem {
    let detail = "the search index cannot answer: look with vigie doctor, or build it anew with vigie search --rebuild";
    Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "search_failed", detail)
}

fn place(text: &str) -> Result<(f64, i64), Problem> {
    let wrong = || Problem::bad("cursor_wrong", "`after` is not the `next` of a page");
    let (place, message) = text.split_once('.').ok_or_else(wrong)?;
    let place = f64::from_bits(place.parse().map_err(|_| wrong())?);
    Ok((place, message.parse().map_err(|_| wrong())?))
}

fn result(row: &ResultRow, shown: &Shown) -> ResultShown {
    ResultShown {
        message: row.message,
        case: row.case,
        number: row.number,
        title: row.title.clone(),
        who: row.who.clone(),
        at: row.at,
        channel: row.channel,
        kind: row.kind,
        state: row.state,
        ours: row.ours,
        lang: row.lang.clone(),
        pieces: pieces(shown),
    }
}

fn pieces(shown: &Shown) -> Vec<Piece> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    let mut push = |text: Option<&str>, marked: bool| {
        pieces.extend(text.filter(|it| !it.is_empty()).map(|it| Piece { text: it.to_owned(), marked }));
    };
    for (start, end) in &shown.marks {
        if *start >= at {
            push(shown.text.get(at..*start), false);
            push(shown.text.get(*start..*end), true);
            at = *end;
        }
    }
    push(shown.text.get(at..), false);
    pieces
}
