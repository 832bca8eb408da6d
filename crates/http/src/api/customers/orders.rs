//! `POST /api/v1/orders`: a shop reports orders; and orders as people see them.

use axum::{Json, extract::Request, extract::State};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vigie_listen::{OrderOutcome, orders};
use vigie_model::{At, Money, OrderId, OrderStatus};
use vigie_store::{Order, Scope};

use crate::api::messages::message::{ItemProblem, read_each, values, with_problems};
use crate::{ApiResult, AppState, session::program};

const PER_MINUTE: u32 = 6_000;

/// The outcome of one order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderResult {
    /// If it could be read.
    pub number: Option<String>,
    /// `created`, `updated`, `unchanged` or `refused`.
    pub status: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ItemProblem>,
}

/// The outcomes of all orders, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderResultsResponse {
    /// One per order.
    pub results: Vec<OrderResult>,
}

/// Accepts one order or an array of at most 1,000. Scope `orders:write`. An order with the
/// same number replaces the earlier one.
#[utoipa::path(
    post,
    path = "/api/v1/orders",
    tag = "orders",
    request_body(
        content = Object,
        description = "one object or an array: number, at, status, total, currency? (EUR), shop?, \
    buyer{customer_id?, email?, phone?, name?}",
    ),
    responses(
        (status = 200, body = OrderResultsResponse),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 413),
        (status = 429),
    ),
)]
pub async fn post(
    State(app): State<AppState>,
    request: Request,
) -> ApiResult<OrderResultsResponse> {
    let program = program(&app, request.headers(), Scope::OrdersWrite).await?;
    app.check_rate_limit("orders", &program.0.prefix, PER_MINUTE)?;
    let values = values(request).await?;
    let source = app
        .read()
        .await?
        .sources()
        .by_key(program.0.source_key)
        .await?
        .id;
    let now = app.store.now();
    let (good, problems) = read_each(&values, |value| orders::read(value, now));
    let outcomes = app.intake.receive_orders(source, good).await?;
    let statuses = with_problems(problems, outcomes.into_iter().map(word).collect())?;
    let number = |value: &Value| {
        value
            .get("number")
            .and_then(Value::as_str)
            .map(|it| it.chars().take(100).collect())
    };
    let result = |(value, (status, problem))| OrderResult {
        number: number(value),
        status,
        problem,
    };
    let values = values.iter().collect();
    let results = vigie_store::paired("orders and their outcomes", values, statuses)?;
    let results = results.map(result).collect();
    Ok(Json(OrderResultsResponse { results }))
}

const fn word(outcomes: OrderOutcome) -> &'static str {
    match outcomes {
        OrderOutcome::Created => "created",
        OrderOutcome::Updated => "updated",
        OrderOutcome::Unchanged => "unchanged",
    }
}

/// An order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderResponse {
    pub id: OrderId,
    /// The shop's order number.
    pub number: String,
    pub placed_at: At,
    pub status: OrderStatus,
    pub total: Money,
    /// The shop it was bought in.
    pub shop: Option<String>,
}

impl From<Order> for OrderResponse {
    fn from(it: Order) -> Self {
        let (number, placed_at, status) = (it.number, it.placed_at, it.status);
        Self {
            id: it.id,
            number,
            placed_at,
            status,
            total: it.total,
            shop: it.shop,
        }
    }
}

/// An order mentioned in a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseOrderResponse {
    #[serde(flatten)]
    pub order: OrderResponse,
    /// Whether the customer of the case bought it, as far as identifiers prove.
    pub theirs: bool,
}
