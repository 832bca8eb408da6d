//! Customers: who they are with the evidence, and one timeline.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{At, CustomerId, CustomerKey, IdentityJoinId, SourceKey};
use vigie_store::{Case, CustomerListRow, Edge, IdentityJoin, Session};

use crate::api::{
    cases::response::{AuthorResponse, PromiseResponse},
    cases::row::CaseSummary,
    cases::timeline::{TimelineEntry, timeline},
    customers::look_alike::LookAlikeResponse,
    customers::orders::OrderResponse,
    customers::preferences::PreferenceResponse,
};
use crate::{ApiResult, AppState, Problem, query::Query, session::SignedIn};

/// Which customers to list.
#[derive(Deserialize, IntoParams)]
pub struct CustomersQuery {
    /// Part of the name.
    #[serde(default)]
    pub search: String,
    /// The `next` of the previous page.
    pub after: Option<String>,
}

/// A row of the customer list.
#[derive(Serialize, ToSchema)]
pub struct CustomerRowResponse {
    pub id: CustomerId,
    pub name: String,
    pub open_cases: i64,
    /// Time of the customer's last message.
    pub heard_at: Option<At>,
    /// Whether nothing proves yet who they say they are.
    pub claimed: bool,
}

/// A page of customers.
#[derive(Serialize, ToSchema)]
pub struct CustomersResponse {
    /// Sorted by name.
    pub customers: Vec<CustomerRowResponse>,
    /// Where the next page begins.
    pub next: Option<String>,
}

const PAGE: i64 = 50;
const MOST_ORDERS: i64 = 100;
/// Number of days of visits shown.
const MOST_DAYS: i64 = 200;

/// Lists customers by name.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers", params(CustomersQuery),
    responses((status = 200, body = CustomersResponse)))]
pub async fn list(
    State(app): State<AppState>,
    _: SignedIn,
    Query(params): Query<CustomersQuery>,
) -> ApiResult<CustomersResponse> {
    let after = params.after.as_deref().map(cursor).transpose()?;
    let mut session = app.read().await?;
    let search = params.search.trim();
    let mut rows = session.customers().list(search, after, PAGE + 1).await?;

    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| format!("{}.{}", row.key.number(), row.name));
    let response = |row: CustomerListRow| CustomerRowResponse {
        id: row.id,
        name: row.name,
        open_cases: row.open_cases,
        heard_at: row.heard_at,
        claimed: row.claimed,
    };
    Ok(Json(CustomersResponse {
        customers: rows.into_iter().map(response).collect(),
        next,
    }))
}

/// The name and the key after which a page begins.
fn cursor(text: &str) -> Result<(String, CustomerKey), Problem> {
    let wrong = || Problem::bad_request("cursor_wrong", "`after` is not the `next` of a page");
    let (key, name) = text.split_once('.').ok_or_else(wrong)?;
    let key = key.parse().map_err(|_| wrong())?;
    Ok((name.to_owned(), CustomerKey::from_number(key)))
}

/// Why an author is linked to this customer.
#[derive(Serialize, ToSchema)]
pub struct EdgeResponse {
    /// The author, as reported by the source.
    pub author: AuthorResponse,
    pub source: String,
    /// `shop_id`, `email`, `phone`, `handle`, `person` or `separated`.
    pub evidence: String,
    /// What vouches for it; absent from what was known before Vigie asked.
    #[schema(value_type = Option<String>)]
    pub proof: Option<serde_json::Value>,
    /// Whether other identifiers point to other customers.
    pub conflict: bool,
    /// Whether an identifier is used by several people.
    pub shared: bool,
    pub since: At,
}

/// A join that was not undone.
#[derive(Serialize, ToSchema)]
pub struct IdentityJoinResponse {
    /// Used to undo it.
    pub id: IdentityJoinId,
    /// Name of the customer joined into this one.
    pub name: String,
    pub at: At,
}

/// A complete customer.
#[derive(Serialize, ToSchema)]
pub struct CustomerResponse {
    pub id: CustomerId,
    pub name: String,
    /// Whether nothing proves yet who they say they are.
    pub claimed: bool,
    /// First known.
    pub since: At,
    /// The authors of this customer, with the evidence.
    pub edges: Vec<EdgeResponse>,
    /// Joins that were not undone.
    pub joins: Vec<IdentityJoinResponse>,
    /// Other customers who share an identifier.
    pub alike: Vec<LookAlikeResponse>,
    /// Cases, newest first.
    pub cases: Vec<CaseSummary>,
    pub promises: Vec<PromiseResponse>,
    /// The last hundred, newest first.
    pub orders: Vec<OrderResponse>,
    /// Total number of orders.
    pub orders_count: i64,
    /// Newest first.
    pub timeline: Vec<TimelineEntry>,
    /// How they want to be contacted.
    pub preference: Option<PreferenceResponse>,
}

/// A complete customer.
#[utoipa::path(
    get,
    path = "/api/v1/customers/{id}",
    tag = "customers",
    params(("id" = CustomerId, Path)),
    responses((status = 200, body = CustomerResponse), (status = 404)),
)]
pub async fn read(
    State(app): State<AppState>,
    _: SignedIn,
    Path(id): Path<CustomerId>,
) -> ApiResult<CustomerResponse> {
    let mut session = app.read().await?;
    let customer = session.customers().find(id).await?;
    let cases = session.cases().of_customer(customer.key).await?;
    let (orders, orders_count) = session
        .orders()
        .of_customer(customer.key, MOST_ORDERS)
        .await?;
    let orders: Vec<OrderResponse> = orders.into_iter().map(OrderResponse::from).collect();
    let visits = session
        .visits()
        .of_customer(customer.key, MOST_DAYS)
        .await?;
    let now = app.store.now();
    let preference = session.preferences().of_customer(customer.key).await?;

    Ok(Json(CustomerResponse {
        edges: edges(&mut session, customer.key).await?,
        joins: joins(&mut session, customer.key).await?,
        alike: look_alikes(&mut session, customer.key).await?,
        promises: promises(&mut session, &cases).await?,
        timeline: timeline(&mut session, &cases, orders.clone(), visits, now).await?,
        cases: cases.iter().map(CaseSummary::from).collect(),
        orders,
        orders_count,
        preference: preference.map(Into::into),
        id: customer.id,
        name: customer.name,
        claimed: customer.claimed_as.is_some(),
        since: customer.created_at,
    }))
}

/// The accounts of a customer, and why they are theirs.
async fn edges(session: &mut Session, customer: CustomerKey) -> Result<Vec<EdgeResponse>, Problem> {
    let sources = session.sources().list().await?.into_iter();
    let names: HashMap<SourceKey, String> =
        sources.map(|source| (source.key, source.name)).collect();
    let edges = session.customers().edges(customer).await?;
    let response = |edge: Edge| {
        let evidence = |name: &str| edge.evidence.get(name);
        let kind = evidence("kind").and_then(|kind| kind.as_str());
        let source = names.get(&edge.author.source_key);
        EdgeResponse {
            source: source.cloned().unwrap_or_default(), // default: sources are never deleted
            evidence: kind.unwrap_or("person").to_owned(), // default: the oldest edges say nothing
            proof: evidence("proof").cloned(),
            conflict: evidence("conflict").is_some_and(|conflict| conflict == true),
            shared: edge.shared,
            since: edge.made_at,
            author: edge.author.into(),
        }
    };
    Ok(edges.into_iter().map(response).collect())
}

async fn joins(
    session: &mut Session,
    customer: CustomerKey,
) -> Result<Vec<IdentityJoinResponse>, Problem> {
    let joins = session.customers().joins(customer).await?;
    let response = |join: IdentityJoin| IdentityJoinResponse {
        id: join.id,
        name: join.absorbed_name,
        at: join.made_at,
    };
    Ok(joins.into_iter().map(response).collect())
}

async fn look_alikes(
    session: &mut Session,
    customer: CustomerKey,
) -> Result<Vec<LookAlikeResponse>, Problem> {
    let alike = session.customers().look_alikes(customer).await?.into_iter();
    Ok(alike.map(LookAlikeResponse::from).collect())
}

/// What was promised in the newest of these cases.
async fn promises(session: &mut Session, cases: &[Case]) -> Result<Vec<PromiseResponse>, Problem> {
    let mut promises = Vec::new();
    for case in cases.iter().take(50) {
        let made = session.promises().of_case(case.key).await?;
        promises.extend(made.into_iter().map(PromiseResponse::from));
    }
    Ok(promises)
}
