//! The search box: words, "phrases", AND OR NOT, fields; each result with an excerpt of the
//! text that matched.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CaseId, CaseState, Channel, CustomerId, Kind, MessageId};
use vigie_search::{
    EntityKind, Hit, QueryNames, SearchError, SearchParams, SearchResults, Snippet, SortOrder,
    snippet,
};
use vigie_store::{CaseHitRow, CustomerHitRow, MessageHitRow, Session};

use crate::{ApiResult, AppState, Problem, query::Query, session::SignedIn};

/// A search request.
#[derive(Deserialize, IntoParams)]
pub struct SearchQuery {
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
pub struct SnippetPart {
    /// As received.
    pub text: String,
    /// Whether it matched.
    pub marked: bool,
}

/// A message found.
#[derive(Serialize, ToSchema)]
pub struct MessageHitResponse {
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
    pub pieces: Vec<SnippetPart>,
}

/// A case found.
#[derive(Serialize, ToSchema)]
pub struct CaseHitResponse {
    pub case: CaseId,
    pub number: i64,
    pub subject: Vec<SnippetPart>,
    pub who: String,
    /// Time of the customer's last message.
    pub at: At,
    pub channel: Channel,
    pub kind: Kind,
    pub state: CaseState,
    /// Language of the customer.
    pub lang: String,
    /// Our internal text, or the beginning of the first message.
    pub pieces: Vec<SnippetPart>,
}

/// A customer found.
#[derive(Serialize, ToSchema)]
pub struct CustomerHitResponse {
    pub customer: CustomerId,
    pub name: String,
    /// Accounts and addresses.
    pub pieces: Vec<SnippetPart>,
    pub open_cases: i64,
    pub cases: i64,
    /// Time of the customer's last message.
    pub heard_at: Option<At>,
}

/// The number of results with a value.
#[derive(Serialize, ToSchema)]
pub struct FacetCount {
    pub value: String,
    pub n: u64,
}

/// A page of results.
#[derive(Serialize, ToSchema)]
pub struct SearchResponse {
    /// Messages in order, when searching for messages.
    pub results: Vec<MessageHitResponse>,
    /// Cases in order, when searching for cases.
    pub cases: Vec<CaseHitResponse>,
    /// Customers in order, when searching for customers.
    pub customers: Vec<CustomerHitResponse>,
    /// Where the next page begins; absent at the end.
    pub next: Option<String>,
    /// The query as parsed, with every parenthesis.
    pub understood: String,
    /// Number of results of the noun searched for, if requested.
    pub total: Option<usize>,
    /// Number of results of each noun, if requested.
    pub nouns: BTreeMap<&'static str, usize>,
    /// Number of results of each value, by field, if requested.
    pub counts: BTreeMap<&'static str, Vec<FacetCount>>,
    /// Facts the index has not processed yet: what they concern cannot be found.
    pub behind: i64,
}

const MOST: usize = 100;

/// Searches for messages, cases or customers.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(SearchQuery),
    responses((status = 200, body = SearchResponse), (status = 422)))]
pub async fn search(
    State(app): State<AppState>,
    me: SignedIn,
    Query(params): Query<SearchQuery>,
) -> ApiResult<SearchResponse> {
    let query = vigie_watch::parse(&params.q).map_err(query_problem)?;
    let noun = match params.noun.as_str() {
        "" => EntityKind::Message,
        code => EntityKind::from_code(code).ok_or_else(|| {
            Problem::bad_request("noun_unknown", "`noun` is message, case or customer")
        })?,
    };
    let limit = params.limit.unwrap_or(30).clamp(1, MOST);
    let mut session = app.read().await?;
    let names = QueryNames::read(&mut session).await?;
    let tags: BTreeMap<String, String> = session
        .tags()
        .list()
        .await?
        .into_iter()
        .map(|it| (it.key.number().to_string(), it.name))
        .collect();
    let wanted = SearchParams {
        query: query.clone(),
        noun,
        sort: if params.order == "date" {
            SortOrder::Date
        } else {
            SortOrder::Rank
        },
        after: params.after.as_deref().map(sort_key).transpose()?,
        limit: limit + 1,
        // Volunteers find only what they may see: their own cases.
        owner: me.is_volunteer().then_some(me.person.key),
        counts: params.counts,
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
        .map(|it| format!("{}.{}", it.sort_key.to_bits(), it.key));
    let mut page = search_response(&mut session, noun, &query, &found).await?;
    page.next = next;
    page.counts = found
        .counts
        .into_iter()
        .map(|(field, values)| (field, counted(field, values, &tags)))
        .collect();
    page.behind = (session.facts().last().await? - found.seen).max(0);
    Ok(Json(page))
}

/// The results, as people see them.
async fn search_response(
    session: &mut Session,
    noun: EntityKind,
    query: &vigie_watch::Query,
    found: &SearchResults,
) -> Result<SearchResponse, Problem> {
    let mut page = SearchResponse {
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
        EntityKind::Message => {
            let rows = session
                .hits()
                .messages(&found.keys())
                .await?
                .into_iter()
                .map(|it| (it.key.number(), it));
            page.results = in_order(&found.hits, rows.collect(), |hit| {
                result(hit, &snippet(query, &hit.text))
            });
        }
        EntityKind::Case => {
            let rows = session
                .hits()
                .cases(&found.keys())
                .await?
                .into_iter()
                .map(|it| (it.key.number(), it));
            page.cases = in_order(&found.hits, rows.collect(), |hit| {
                case(hit, &snippet(query, &hit.title), &snippet(query, &hit.text))
            });
        }
        EntityKind::Customer => {
            let rows = session
                .hits()
                .customers(&found.keys())
                .await?
                .into_iter()
                .map(|it| (it.key.number(), it));
            page.customers = in_order(&found.hits, rows.collect(), |hit| {
                customer(hit, &snippet(query, &hit.text))
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
) -> Vec<FacetCount> {
    let named = |value: String| match field {
        "tag" => tags.get(&value).cloned(),
        _ => Some(value),
    };
    let counted = values.into_iter();
    counted
        .filter_map(|(value, n)| named(value).map(|value| FacetCount { value, n }))
        .collect()
}

fn refused(error: SearchError) -> Problem {
    match error {
        SearchError::NoSuchValue {
            field,
            ref value,
            ref known,
        } => Problem::unprocessable("query_wrong", error.to_string())
            .with_field("mistake", "value_unknown")
            .with_field("field", field)
            .with_field("value", value.as_str())
            .with_field("known", known.join(", ")),
        SearchError::NoDay(ref day) => Problem::unprocessable("query_wrong", error.to_string())
            .with_field("mistake", "no_day")
            .with_field("value", day.as_str()),
        other => {
            tracing::error!(error = %other, "a search failed");
            failed()
        }
    }
}

/// A mistake in the query: its position, and a stable code the UI translates.
pub fn query_problem(error: vigie_watch::ParseError) -> Problem {
    Problem::unprocessable("query_wrong", error.detail)
        .with_field("start", error.start)
        .with_field("end", error.end)
        .with_field("mistake", error.problem)
}

fn failed() -> Problem {
    let detail = "the search index cannot answer: look with vigie doctor, or build it again with \
        vigie search --rebuild";
    Problem::new(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        "search_failed",
        detail,
    )
}

fn sort_key(text: &str) -> Result<(f64, i64), Problem> {
    let wrong = || Problem::bad_request("cursor_wrong", "`after` is not the `next` of a page");
    let (sort_key, key) = text.split_once('.').ok_or_else(wrong)?;
    let sort_key = f64::from_bits(sort_key.parse().map_err(|_| wrong())?);
    Ok((sort_key, key.parse().map_err(|_| wrong())?))
}

fn result(row: &MessageHitRow, snippet: &Snippet) -> MessageHitResponse {
    MessageHitResponse {
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
        pieces: snippet_parts(snippet),
    }
}

fn case(row: &CaseHitRow, subject: &Snippet, snippet: &Snippet) -> CaseHitResponse {
    CaseHitResponse {
        case: row.case,
        number: row.number,
        subject: snippet_parts(subject),
        who: row.who.clone(),
        at: row.at,
        channel: row.channel,
        kind: row.kind,
        state: row.state,
        lang: row.lang.clone(),
        pieces: snippet_parts(snippet),
    }
}

fn customer(row: &CustomerHitRow, snippet: &Snippet) -> CustomerHitResponse {
    CustomerHitResponse {
        customer: row.customer,
        name: row.name.clone(),
        pieces: snippet_parts(snippet),
        open_cases: row.open_cases,
        cases: row.cases,
        heard_at: row.heard_at,
    }
}

fn snippet_parts(snippet: &Snippet) -> Vec<SnippetPart> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    let mut push = |text: Option<&str>, marked: bool| {
        pieces.extend(text.filter(|it| !it.is_empty()).map(|it| SnippetPart {
            text: it.to_owned(),
            marked,
        }));
    };
    for (start, end) in &snippet.marks {
        if *start >= at {
            push(snippet.text.get(at..*start), false);
            push(snippet.text.get(*start..*end), true);
            at = *end;
        }
    }
    push(snippet.text.get(at..), false);
    pieces
}
