//! Triage rules defined by the company: readable, ordered, tried on the last 1,000 messages
//! before they are stored.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::{check_rule, reapply_rules, rule_query};
use vigie_model::{At, CaseId, CaseKey, CustomerId, PersonId, RuleId, TagId, TeamId};
use vigie_store::{Rule, RuleDefinition, Session, Write};

use crate::api::{
    DoneResponse, cases::response::CustomerSummary, cases::summaries::PersonSummary,
    cases::summaries::TeamSummary, cases::tags::TagSummary, done, searching::search::query_problem,
};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A triage rule as shown.
#[derive(Serialize, ToSchema)]
pub struct RuleResponse {
    pub id: RuleId,
    /// Which messages, in the query language of the search box.
    pub query: String,
    /// Only messages of this customer.
    pub customer: Option<CustomerSummary>,
    /// −1, 0 or +1 queue.
    pub step: i64,
    /// Tag to put on the case.
    pub tag: Option<TagSummary>,
    /// Owner to assign, when there is none.
    pub owner: Option<PersonSummary>,
    /// Team to give the case to, when it has none.
    pub team: Option<TeamSummary>,
    pub made_at: At,
    pub paused: bool,
    /// Open cases it decides.
    pub cases: i64,
}

/// The content of a rule.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RuleRequest {
    /// Which messages: words, "phrases", `kind:complaint`…; empty means every message.
    pub query: String,
    /// Only messages of this customer.
    pub customer: Option<CustomerId>,
    /// −1, 0 or +1 queue.
    #[serde(default)]
    pub step: i64,
    /// Tag to put on the case.
    pub tag: Option<TagId>,
    /// Owner to assign, when there is none.
    pub owner: Option<PersonId>,
    /// Team to give the case to, when it has none.
    pub team: Option<TeamId>,
    #[serde(default)]
    pub paused: bool,
}

impl RuleRequest {
    /// Checks the rule and finds the keys of what it names.
    pub(crate) async fn definition(
        &self,
        session: &mut Session,
    ) -> Result<RuleDefinition, Problem> {
        rule_query(&self.query).map_err(query_problem)?;
        if self.query.contains('\0') || !(-1..=1).contains(&self.step) {
            return Err(Problem::unprocessable(
                "step_wrong",
                "a rule moves a case one queue at most",
            ));
        }
        let customer_key = match self.customer {
            Some(id) => Some(session.customers().find(id).await?.key),
            None => None,
        };
        let tag_key = match self.tag {
            Some(id) => Some(session.tags().find(id).await?.key),
            None => None,
        };
        let owner_key = match self.owner {
            Some(id) => Some(session.people().find(id).await?.key),
            None => None,
        };
        let team_key = match self.team {
            Some(id) => Some(session.teams().find(id).await?.key),
            None => None,
        };
        let query = self.query.trim().to_owned();
        Ok(RuleDefinition {
            query,
            customer_key,
            step: self.step,
            tag_key,
            owner_key,
            team_key,
        })
    }
}

/// Every rule, in the order they are tried.
#[utoipa::path(
    get,
    path = "/api/v1/rules",
    tag = "rules",
    responses((status = 200, body = Vec<RuleResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<RuleResponse>> {
    let mut session = app.read().await?;
    let mut responses = Vec::new();
    for it in session.rules().list().await? {
        let cases = session.cases().count_ruled_by(it.key).await?;
        responses.push(RuleResponse {
            id: it.id,
            query: it.definition.query,
            customer: it.customer.map(|(id, name)| CustomerSummary { id, name }),
            step: it.definition.step,
            tag: it.tag.map(|(id, name)| TagSummary { id, name }),
            owner: it.owner.map(|(id, name)| PersonSummary { id, name }),
            team: it.team.map(|(id, name)| TeamSummary { id, name }),
            made_at: it.made_at,
            paused: it.paused_at.is_some(),
            cases,
        });
    }
    Ok(Json(responses))
}

/// A rule just created.
#[derive(Serialize, ToSchema)]
pub struct RuleChangedResponse {
    pub id: RuleId,
    /// Open cases it decides from now on, or no longer decides.
    pub changed: usize,
}

/// Number of last messages a new rule is applied to.
pub const TRIED_ON: i64 = 1_000;

/// Creates a rule and applies the rules to the cases of the last 1,000 messages.
#[utoipa::path(post, path = "/api/v1/rules", tag = "rules", request_body = RuleRequest,
    responses((status = 200, body = RuleChangedResponse), (status = 422)))]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<RuleRequest>,
) -> ApiResult<RuleChangedResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let definition = request.definition(&mut write).await?;
    check_rule(&mut write, &definition, true).await?;
    let rule = write.rules().insert(&definition).await?;
    let changed = reapply_recent(&mut write, None).await?;
    write.commit().await?;
    Ok(Json(RuleChangedResponse {
        id: rule.id,
        changed,
    }))
}

/// Changes, pauses or resumes a rule.
#[utoipa::path(
    put,
    path = "/api/v1/rules/{id}",
    tag = "rules",
    params(("id" = RuleId, Path)),
    request_body = RuleRequest,
    responses((status = 200, body = RuleChangedResponse), (status = 404), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<RuleId>,
    JsonBody(request): JsonBody<RuleRequest>,
) -> ApiResult<RuleChangedResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let rule = write.rules().find(id).await?;
    let definition = request.definition(&mut write).await?;
    check_rule(&mut write, &definition, false).await?;
    write
        .rules()
        .save(&rule, &definition, request.paused)
        .await?;
    let changed = reapply_recent(&mut write, Some(&rule)).await?;
    write.commit().await?;
    Ok(Json(RuleChangedResponse { id, changed }))
}

/// Removes a rule: the others are applied again to the cases it decided.
#[utoipa::path(delete, path = "/api/v1/rules/{id}", tag = "rules", params(("id" = RuleId, Path)),
    responses((status = 200, body = RuleChangedResponse), (status = 404)))]
pub async fn remove(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<RuleId>,
) -> ApiResult<RuleChangedResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let rule = write.rules().find(id).await?;
    write.rules().remove(&rule).await?;
    let changed = reapply_recent(&mut write, Some(&rule)).await?;
    write.commit().await?;
    Ok(Json(RuleChangedResponse { id, changed }))
}

/// Restores a removed rule.
#[utoipa::path(
    put,
    path = "/api/v1/rules/{id}/standing",
    tag = "rules",
    params(("id" = RuleId, Path)),
    responses((status = 200, body = RuleChangedResponse), (status = 404)),
)]
pub async fn restore(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<RuleId>,
) -> ApiResult<RuleChangedResponse> {
    let mut write = app.store.write(me.actor()).await?;
    write.rules().restore(id).await?;
    let changed = reapply_recent(&mut write, None).await?;
    write.commit().await?;
    Ok(Json(RuleChangedResponse { id, changed }))
}

/// The order in which rules are tried.
#[derive(Deserialize, ToSchema)]
pub struct RuleOrderRequest {
    /// The first rules, in this order.
    pub rules: Vec<RuleId>,
}

/// Sets the order of the rules: the first that applies decides.
#[utoipa::path(
    put,
    path = "/api/v1/rules",
    tag = "rules",
    request_body = RuleOrderRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn order(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<RuleOrderRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    write.rules().order(&request.rules).await?;
    reapply_recent(&mut write, None).await?;
    write.commit().await?;
    Ok(done())
}

/// Applies the rules again to the cases of the last messages, and to those a changed rule
/// decided.
async fn reapply_recent(write: &mut Write, changed: Option<&Rule>) -> Result<usize, Problem> {
    let keys = write.cases().of_last_messages(TRIED_ON).await?;
    let mut cases = write.cases().by_keys(&keys).await?;
    if let Some(rule) = changed {
        let known: std::collections::HashSet<CaseKey> = keys.into_iter().collect();
        cases.extend(
            write
                .cases()
                .ruled_by(rule.key)
                .await?
                .into_iter()
                .filter(|it| !known.contains(&it.key)),
        );
    }
    Ok(reapply_rules(write, cases).await?)
}

/// A rule for one customer.
#[derive(Deserialize, ToSchema)]
pub struct CustomerRuleRequest {
    /// −1 less pressing, +1 more pressing, 0 as the rules decide.
    pub step: i64,
    /// The case from which it is set.
    pub case: CaseId,
}

/// Changes the step of the rule for one customer and one query; its tag and owner stay.
async fn settle_rule(write: &mut Write, definition: RuleDefinition) -> Result<(), Problem> {
    let same = |rule: &Rule| {
        rule.definition.customer_key == definition.customer_key
            && rule.definition.query == definition.query
    };
    let standing = write.rules().list().await?.into_iter().find(same);
    let merged = standing
        .as_ref()
        .map_or(definition.clone(), |it| RuleDefinition {
            step: definition.step,
            ..it.definition.clone()
        });
    let empty = !merged.does_something();
    match standing {
        Some(rule) if empty => write.rules().remove(&rule).await?,
        Some(rule) => write.rules().save(&rule, &merged, false).await?,
        None if empty => {}
        None => {
            check_rule(write, &merged, true).await?;
            write.rules().insert(&merged).await?;
        }
    }
    Ok(())
}

/// Sets the queue for a customer: applies to every message of theirs of this kind from now on.
/// Setting it again replaces it; a step of 0 removes it.
#[utoipa::path(
    put,
    path = "/api/v1/customers/{id}/rule",
    tag = "rules",
    params(("id" = CustomerId, Path)),
    request_body = CustomerRuleRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn settle(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
    JsonBody(request): JsonBody<CustomerRuleRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let case = write.cases().find(request.case).await?;
    let query = format!("kind:{}", case.kind.code());
    let (customer, step) = (Some(id), request.step);
    let rule = RuleRequest {
        query,
        customer,
        step,
        tag: None,
        owner: None,
        team: None,
        paused: false,
    };
    let definition = rule.definition(&mut write).await?;
    settle_rule(&mut write, definition.clone()).await?;
    let customer = write.customers().find(id).await?;
    let theirs = write.cases().of_customer(customer.key).await?;
    reapply_rules(&mut write, theirs).await?;
    write.commit().await?;
    Ok(done())
}
