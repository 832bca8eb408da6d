//! Customers: who they are with the evidence, one timeline; joining and separating,
//! reversibly.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_model::{Act, At, AuthorId, CustomerId, CustomerKey, IdentifierKind, IdentityJoinId};
use vigie_store::{FactDraft, NewCustomer};

use crate::api::{
    DoneResponse,
    cases::response::{AuthorResponse, PromiseResponse},
    cases::row::CaseSummary,
    cases::timeline::{TimelineEntry, timeline},
    customers::orders::OrderResponse,
    customers::preferences::PreferenceResponse,
    done,
};
use crate::{ApiResult, AppState, Problem, body::JsonBody, query::Query, session::SignedIn};

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
    let wrong = || Problem::bad_request("cursor_wrong", "`after` is not the `next` of a page");
    let after = match params.after {
        Some(text) => {
            let (key, name) = text.split_once('.').ok_or_else(wrong)?;
            Some((
                name.to_owned(),
                key.parse()
                    .map(CustomerKey::from_number)
                    .map_err(|_| wrong())?,
            ))
        }
        None => None,
    };
    let mut lines = app
        .read()
        .await?
        .customers()
        .list(params.search.trim(), after, PAGE + 1)
        .await?;
    let more = lines.len() as i64 > PAGE;
    lines.truncate(PAGE as usize);
    let next = lines
        .last()
        .filter(|_| more)
        .map(|it| format!("{}.{}", it.key.number(), it.name));
    let row = |it: vigie_store::CustomerListRow| CustomerRowResponse {
        id: it.id,
        name: it.name,
        open_cases: it.open_cases,
        heard_at: it.heard_at,
    };
    Ok(Json(CustomersResponse {
        customers: lines.into_iter().map(row).collect(),
        next,
    }))
}

/// Why an author is linked to this customer.
#[derive(Serialize, ToSchema)]
pub struct EdgeResponse {
    /// The author, as reported by the source.
    pub author: AuthorResponse,
    pub source: String,
    /// `shop_id`, `email`, `phone`, `handle`, `person` or `separated`.
    pub evidence: String,
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

/// Another customer who shares an identifier.
#[derive(Serialize, ToSchema)]
pub struct LookAlikeResponse {
    pub id: CustomerId,
    pub name: String,
    /// The kind of identifier they share.
    pub by: IdentifierKind,
}

/// A complete customer.
#[derive(Serialize, ToSchema)]
pub struct CustomerResponse {
    pub id: CustomerId,
    pub name: String,
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
    let sources = session.sources().list().await?;
    let source = |key| {
        sources
            .iter()
            .find(|it| it.key == key)
            .map(|it| it.name.clone())
            .unwrap_or_default()
    };
    let edges = session
        .customers()
        .edges(customer.key)
        .await?
        .into_iter()
        .map(|it| EdgeResponse {
            source: source(it.author.source_key),
            evidence: it
                .evidence
                .get("kind")
                .and_then(|kind| kind.as_str())
                .unwrap_or("person")
                .to_owned(),
            conflict: it.evidence.get("conflict").is_some_and(|it| it == true),
            shared: it.shared,
            since: it.made_at,
            author: it.author.into(),
        });
    let edges = edges.collect();
    let joins = session.customers().joins(customer.key).await?.into_iter();
    let joins = joins
        .map(|it| IdentityJoinResponse {
            id: it.id,
            name: it.absorbed_name,
            at: it.made_at,
        })
        .collect();
    let alike = session
        .customers()
        .look_alikes(customer.key)
        .await?
        .into_iter();
    let alike = alike
        .map(|(id, name, by)| LookAlikeResponse { id, name, by })
        .collect();
    let cases = session.cases().of_customer(customer.key).await?;
    let mut promises = Vec::new();
    for case in cases.iter().take(50) {
        promises.extend(
            session
                .promises()
                .of_case(case.key)
                .await?
                .into_iter()
                .map(PromiseResponse::from),
        );
    }
    let (orders, orders_count) = session
        .orders()
        .of_customer(customer.key, MOST_ORDERS)
        .await?;
    let orders: Vec<OrderResponse> = orders.into_iter().map(OrderResponse::from).collect();
    let visits = session
        .visits()
        .of_customer(customer.key, MOST_DAYS)
        .await?;
    let timeline = timeline(
        &mut session,
        &cases,
        orders.clone(),
        visits,
        app.store.now(),
    )
    .await?;
    let preference = session
        .preferences()
        .of_customer(customer.key)
        .await?
        .map(Into::into);
    let (id, name, since) = (customer.id, customer.name, customer.created_at);
    let cases = cases.iter().map(CaseSummary::from).collect();
    Ok(Json(CustomerResponse {
        id,
        name,
        since,
        edges,
        joins,
        alike,
        cases,
        promises,
        orders,
        orders_count,
        timeline,
        preference,
    }))
}

/// The customer to join.
#[derive(Deserialize, ToSchema)]
pub struct JoinCustomersRequest {
    /// The customer who is the same person.
    pub other: CustomerId,
}

/// The join just made.
#[derive(Serialize, ToSchema)]
pub struct CustomersJoinedResponse {
    /// Used to undo it.
    pub id: IdentityJoinId,
}

/// Joins two customers as one person.
#[utoipa::path(
    post,
    path = "/api/v1/customers/{id}/joins",
    tag = "customers",
    params(("id" = CustomerId, Path)),
    request_body = JoinCustomersRequest,
    responses((status = 200, body = CustomersJoinedResponse), (status = 422)),
)]
pub async fn join(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
    JsonBody(request): JsonBody<JoinCustomersRequest>,
) -> ApiResult<CustomersJoinedResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let (surviving, other) = (
        write.customers().find(id).await?,
        write.customers().find(request.other).await?,
    );
    if surviving.key == other.key {
        return Err(Problem::unprocessable(
            "same_customer",
            "they are already one person here",
        ));
    }
    let join = write.customers().join(surviving.key, other.key).await?;
    let fact = FactDraft::new(Act::CustomersJoined)
        .on("customer", surviving.id.0)
        .on("other", other.id.0);
    write.fact(fact.on("join", join.0));
    write.commit().await?;
    Ok(Json(CustomersJoinedResponse { id: join }))
}

/// Undoes a join of customers.
#[utoipa::path(
    delete,
    path = "/api/v1/joins/{id}",
    tag = "customers",
    params(("id" = IdentityJoinId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404)),
)]
pub async fn separate(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<IdentityJoinId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let (surviving, absorbed) = write.customers().undo_join(id).await?;
    let (surviving, absorbed) = (
        write.customers().by_key(surviving).await?.id,
        write.customers().by_key(absorbed).await?.id,
    );
    let fact = FactDraft::new(Act::CustomersSeparated).on("join", id.0);
    write.fact(fact.on("customer", surviving.0).on("other", absorbed.0));
    write.commit().await?;
    Ok(done())
}

/// The customer an author belongs to.
#[derive(Deserialize, ToSchema)]
pub struct PlaceAuthorRequest {
    /// Absent means a new customer of their own.
    pub customer: Option<CustomerId>,
}

/// Assigns an author to another customer, or to a new one, as confirmed by a named person.
#[utoipa::path(
    put,
    path = "/api/v1/authors/{id}/customer",
    tag = "customers",
    params(("id" = AuthorId, Path)),
    request_body = PlaceAuthorRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn place(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AuthorId>,
    JsonBody(request): JsonBody<PlaceAuthorRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let author = write.authors().find(id).await?;
    let (key, evidence) = match request.customer {
        Some(customer) => (write.customers().find(customer).await?.key, "person"),
        None => {
            let name = author
                .name
                .clone()
                .or(author.handle.clone())
                .unwrap_or_else(|| "?".into());
            let made = write
                .customers()
                .insert_many(vec![NewCustomer { name }])
                .await?;
            let made = made.first().map(|(key, _)| *key).ok_or_else(|| {
                vigie_store::Error::Inconsistent("a customer was stored without a key".into())
            })?;
            (made, "separated")
        }
    };
    write
        .authors()
        .move_to_customer(author.key, Some(key), serde_json::json!({"kind": evidence}))
        .await?;
    for before in write.cases().of_author(author.key).await? {
        let mut after = vigie_store::Case {
            customer_key: Some(key),
            ..before.clone()
        };
        write.cases().save(&before, &mut after).await?;
    }
    let act = if request.customer.is_some() {
        Act::AuthorRecognised
    } else {
        Act::AuthorSeparated
    };
    let fact = FactDraft::new(act).on("author", id.0).code("by", evidence);
    // The previous customer is in the fact too, so that followers of the history update both.
    let before = match author.customer_key {
        Some(before) => Some(write.customers().by_key(before).await?.id),
        None => None,
    };
    write.fact(
        before
            .iter()
            .fold(fact, |fact, it| fact.on("customer", it.0)),
    );
    write.commit().await?;
    Ok(done())
}

/// An identifier that several people use.
#[derive(Deserialize, ToSchema)]
pub struct SharedIdentifierRequest {
    pub kind: IdentifierKind,
    /// Its value, in any spelling.
    pub value: String,
}

/// Marks an identifier as used by several people: it proves nothing from now on.
#[utoipa::path(
    post,
    path = "/api/v1/shared-identifiers",
    tag = "customers",
    request_body = SharedIdentifierRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn share(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<SharedIdentifierRequest>,
) -> ApiResult<DoneResponse> {
    let normal = match request.kind {
        IdentifierKind::Email => vigie_recognise::email(&request.value),
        IdentifierKind::Phone => vigie_recognise::phone(&request.value, "FR"),
        _ => Some(request.value.trim().to_owned()).filter(|it| !it.is_empty()),
    };
    let value = normal
        .ok_or_else(|| Problem::unprocessable("identifier_wrong", "this is no such identifier"))?;
    let mut write = app.store.write(me.actor()).await?;
    write
        .customers()
        .share_identifier(request.kind, &value)
        .await?;
    write.fact(FactDraft::new(Act::IdentifierShared).code("kind", request.kind.code()));
    write.commit().await?;
    Ok(done())
}
