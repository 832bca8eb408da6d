//! The search box: words, "phrases", AND OR NOT, fields; each result with an excerpt of the
//! text that matched.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CaseId, CaseState, Channel, CustomerId, Kind, MessageId};
use vigie_search::{Asked, By, Found, Hit, Names, Noun, SearchError, Shown, snippet};
use vigie_store::{CaseRow, CustomerRow, ResultRow, Session};

use crate::{Answer, App, Problem, query::Query, session::SignedIn};

/// A search request.
#[derive(Deserialize, IntoParams)]
pub struct SearchAsked {
    /// The query; everything when empty.
    #[serde(default)]
    pub q: String,
    /// `message`, `case` or `customer`; messages when empty.
    #[serde(default)]
    pub noun: String,
    /// `rank` or `date`.
    #[serde(default)]
    pub order: String,
    /// The `next` of the previous page.
    pub after: Option<String>,
    /// 1–100; 30 when absent.
    pub limit: Option<usize>,
    /// Also counts the results by noun and by value.
    #[serde(default)]
    pub counts: bool,
}

/// A part of a text, marked when it matched.
#[derive(Serialize, ToSchema)]
pub struct Piece {
    /// As received.
    pub text: String,
    /// Whether it matched.
    pub marked: bool,
}

/// A message found.
#[derive(Serialize, ToSchema)]
pub struct ResultShown {
    pub message: MessageId,
    pub case: CaseId,
    pub number: i64,
    pub title: String,
    pub who: String,
    pub at: At,
    pub channel: Channel,
    pub kind: Kind,
    pub state: CaseState,
    /// Whether it was written by the company.
    pub ours: bool,
    /// Language of the case.
    pub lang: String,
    /// The text around the matches.
    pub pieces: Vec<Piece>,
}

/// A case found.
#[derive(Serialize, ToSchema)]
pub struct CaseFound {
    pub case: CaseId,
    pub number: i64,
    pub subject: Vec<Piece>,
    pub who: String,
    /// Time of the customer's last message.
    pub at: At,
    pub channel: Channel,
    pub kind: Kind,
    pub state: CaseState,
    /// Language of the customer.
    pub lang: String,
    /// Our internal text, or the beginning of the first message.
    pub pieces: Vec<Piece>,
}

/// A customer found.
#[derive(Serialize, ToSchema)]
pub struct CustomerFound {
    pub customer: CustomerId,
    pub name: String,
    /// Accounts and addresses.
    pub pieces: Vec<Piece>,
    pub open_cases: i64,
    pub cases: i64,
    /// Time of the customer's last message.
    pub heard_at: Option<At>,
}

/// The number of results with a value.
#[derive(Serialize, ToSchema)]
pub struct ValueCount {
    pub value: String,
    pub n: u64,
}

/// A page of results.
#[derive(Serialize, ToSchema)]
pub struct SearchPage {
    /// Messages in order, when searching for messages.
    pub results: Vec<ResultShown>,
    /// Cases in order, when searching for cases.
    pub cases: Vec<CaseFound>,
    /// Customers in order, when searching for customers.
    pub customers: Vec<CustomerFound>,
    /// Where the next page begins; absent at the end.
    pub next: Option<String>,
    /// The query as parsed, with every parenthesis.
    pub understood: String,
    /// Number of results of the noun searched for, if requested.
    pub total: Option<usize>,
    /// Number of results of each noun, if requested.
    pub nouns: BTreeMap<&'static str, usize>,
    /// Number of results of each value, by field, if requested.
    pub counts: BTreeMap<&'static str, Vec<ValueCount>>,
    /// Facts the index has not processed yet: what they concern cannot be found.
    pub behind: i64,
}

const MOST: usize = 100;

/// Searches for messages, cases or customers.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(SearchAsked),
    responses((status = 200, body = SearchPage), (status = 422)))]
pub async fn search(
    State(app): State<App>,
    me: SignedIn,
    Query(asked): Query<SearchAsked>,
) -> Answer<SearchPage> {
    let query = vigie_watch::parse(&asked.q).map_err(wrong)?;
    let noun = match asked.noun.as_str() {
        "" => Noun::Message,
        code => Noun::from_code(code)
            .ok_or_else(|| Problem::bad("noun_unknown", "`noun` is message, case or customer"))?,
    };
    let limit = asked.limit.unwrap_or(30).clamp(1, MOST);
    let mut session = app.read().await?;
    let names = Names::read(&mut session).await?;
    let tags: BTreeMap<String, String> = session
        .tags()
        .await?
        .into_iter()
        .map(|it| (it.key.to_string(), it.name))
        .collect();
    let wanted = Asked {
        query: query.clone(),
        noun,
        by: if asked.order == "date" {
            By::Date
        } else {
            By::Rank
        },
        after: asked.after.as_deref().map(place).transpose()?,
        limit: limit + 1,
        // Volunteers find only what they may see: their own cases.
        owner: me.is_volunteer().then_some(me.person.key),
        counts: asked.counts,
    };
    let search = app.search.clone();
    let found = tokio::task::spawn_blocking(move || search.ask(&wanted, &names))
        .await
        .map_err(|_| failed())?;
    let mut found = found.map_err(refused)?;
    let more = found.hits.len() > limit;
    found.hits.truncate(limit);
    let next = found
        .hits
        .last()
        .filter(|_| more)
        .map(|it| format!("{}.{}", it.place.to_bits(), it.key));
    let mut page = shown(&mut session, noun, &query, &found).await?;
    page.next = next;
    page.counts = found
        .counts
        .into_iter()
        .map(|(field, values)| (field, counted(field, values, &tags)))
        .collect();
    page.behind = (session.last_fact().await? - found.seen).max(0);
    Ok(Json(page))
}

/// The results, as people see them.
async fn shown(
    session: &mut Session,
    noun: Noun,
    query: &vigie_watch::Query,
    found: &Found,
) -> Result<SearchPage, Problem> {
    let keys: Vec<i64> = found.hits.iter().map(|it| it.key).collect();
    let mut page = SearchPage {
        results: Vec::new(),
        cases: Vec::new(),
        customers: Vec::new(),
        next: None,
        understood: query.to_string(),
        total: found.totals.iter().find(|it| it.0 == noun).map(|it| it.1),
        nouns: found
            .totals
            .iter()
            .map(|(noun, n)| (noun.code(), *n))
            .collect(),
        counts: BTreeMap::new(),
        behind: 0,
    };
    match noun {
        Noun::Message => {
            let rows = session
                .result_rows(&keys)
                .await?
                .into_iter()
                .map(|it| (it.key, it));
            page.results = in_order(&found.hits, rows.collect(), |it| {
                result(it, &snippet(query, &it.text))
            });
        }
        Noun::Case => {
            let rows = session
                .case_rows(&keys)
                .await?
                .into_iter()
                .map(|it| (it.key, it));
            page.cases = in_order(&found.hits, rows.collect(), |it| {
                case(it, &snippet(query, &it.title), &snippet(query, &it.text))
            });
        }
        Noun::Customer => {
            let rows = session
                .customer_rows(&keys)
                .await?
                .into_iter()
                .map(|it| (it.key, it));
            page.customers = in_order(&found.hits, rows.collect(), |it| {
                customer(it, &snippet(query, &it.text))
            });
        }
    }
    Ok(page)
}

fn in_order<R, S>(hits: &[Hit], rows: BTreeMap<i64, R>, show: impl Fn(&R) -> S) -> Vec<S> {
    hits.iter()
        .filter_map(|hit| rows.get(&hit.key))
        .map(show)
        .collect()
}

/// Tags are counted by key and shown by name.
fn counted(
    field: &str,
    values: Vec<(String, u64)>,
    tags: &BTreeMap<String, String>,
) -> Vec<ValueCount> {
    let named = |value: String| {
        if field == "tag" {
            tags.get(&value).cloned()
        } else {
            Some(value)
        }
    };
    values
        .into_iter()
        .filter_map(|(value, n)| {
            Some(ValueCount {
                value: named(value)?,
                n,
            })
        })
        .collect()
}

fn refused(why: SearchError) -> Problem {
    match why {
        SearchError::NoSuchValue {
            field,
            ref value,
            ref known,
        } => Problem::refused("query_wrong", why.to_string())
            .with("mistake", "value_unknown")
            .with("field", field)
            .with("value", value.as_str())
            .with("known", known.join(", ")),
        SearchError::NoDay(ref day) => Problem::refused("query_wrong", why.to_string())
            .with("mistake", "no_day")
            .with("value", day.as_str()),
        other => {
            tracing::error!(why = %other, "a search failed");
            failed()
        }
    }
}

/// A mistake in the query: its position, and a stable code the UI translates.
pub fn wrong(why: vigie_watch::Wrong) -> Problem {
    Problem::refused("query_wrong", why.detail)
        .with("start", why.start)
        .with("end", why.end)
        .with("mistake", why.problem)
}

fn failed() -> Problem {
    let detail = "the search index cannot answer: look with vigie doctor, or build it anew with \
        vigie search --rebuild";
    Problem::new(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        "search_failed",
        detail,
    )
}

fn place(text: &str) -> Result<(f64, i64), Problem> {
    let wrong = || Problem::bad("cursor_wrong", "`after` is not the `next` of a page");
    let (place, key) = text.split_once('.').ok_or_else(wrong)?;
    let place = f64::from_bits(place.parse().map_err(|_| wrong())?);
    Ok((place, key.parse().map_err(|_| wrong())?))
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

fn case(row: &CaseRow, subject: &Shown, shown: &Shown) -> CaseFound {
    CaseFound {
        case: row.case,
        number: row.number,
        subject: pieces(subject),
        who: row.who.clone(),
        at: row.at,
        channel: row.channel,
        kind: row.kind,
        state: row.state,
        lang: row.lang.clone(),
        pieces: pieces(shown),
    }
}

fn customer(row: &CustomerRow, shown: &Shown) -> CustomerFound {
    CustomerFound {
        customer: row.customer,
        name: row.name.clone(),
        pieces: pieces(shown),
        open_cases: row.open_cases,
        cases: row.cases,
        heard_at: row.heard_at,
    }
}

fn pieces(shown: &Shown) -> Vec<Piece> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    let mut push = |text: Option<&str>, marked: bool| {
        pieces.extend(text.filter(|it| !it.is_empty()).map(|it| Piece {
            text: it.to_owned(),
            marked,
        }));
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
