//! Triage rules defined by the company: readable, ordered, tried on the last 1,000 messages
//! before they are stored.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::{check_rule, rule_again, rule_query};
use vigie_model::{At, CaseId, CustomerId, PersonId, RuleId, TagId, TeamId};
use vigie_store::{Rule, RuleSaid, Session, Write};

use super::{
    Done,
    case_shown::{CustomerNamed, Named},
    done,
    search::wrong,
    tags::TagWorn,
    teams::TeamOf,
};
use crate::{Answer, App, Problem, body::Asked, session::SignedIn};

/// A triage rule as shown.
#[derive(Serialize, ToSchema)]
pub struct RuleShown {
    pub id: RuleId,
    /// Which messages, in the query language of the search box.
    pub query: String,
    /// Only messages of this customer.
    pub customer: Option<CustomerNamed>,
    /// −1, 0 or +1 queue.
    pub step: i64,
    /// Tag to put on the case.
    pub tag: Option<TagWorn>,
    /// Owner to assign, when there is none.
    pub owner: Option<Named>,
    /// Team to give the case to, when it has none.
    pub team: Option<TeamOf>,
    pub made_at: At,
    pub paused: bool,
    /// Open cases it decides.
    pub cases: i64,
}

/// The content of a rule.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RuleAsked {
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

impl RuleAsked {
    /// Checks the rule and finds the keys of what it names.
    pub(super) async fn said(&self, session: &mut Session) -> Result<RuleSaid, Problem> {
        rule_query(&self.query).map_err(wrong)?;
        if self.query.contains('\0') || !(-1..=1).contains(&self.step) {
            return Err(Problem::refused(
                "step_wrong",
                "a rule moves a case one queue at most",
            ));
        }
        let customer_key = match self.customer {
            Some(id) => Some(session.customer(id).await?.key),
            None => None,
        };
        let tag_key = match self.tag {
            Some(id) => Some(session.tag(id).await?.key),
            None => None,
        };
        let owner_key = match self.owner {
            Some(id) => Some(session.person(id).await?.key),
            None => None,
        };
        let team_key = match self.team {
            Some(id) => Some(session.team(id).await?.key),
            None => None,
        };
        let query = self.query.trim().to_owned();
        Ok(RuleSaid {
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
    responses((status = 200, body = Vec<RuleShown>)),
)]
pub async fn list(State(app): State<App>, _: SignedIn) -> Answer<Vec<RuleShown>> {
    let mut session = app.read().await?;
    let mut shown = Vec::new();
    for it in session.rules().await? {
        let cases = session.count_ruled_by(it.key).await?;
        shown.push(RuleShown {
            id: it.id,
            query: it.said.query,
            customer: it.customer.map(|(id, name)| CustomerNamed { id, name }),
            step: it.said.step,
            tag: it.tag.map(|(id, name)| TagWorn { id, name }),
            owner: it.owner.map(|(id, name)| Named { id, name }),
            team: it.team.map(|(id, name)| TeamOf { id, name }),
            made_at: it.made_at,
            paused: it.paused_at.is_some(),
            cases,
        });
    }
    Ok(Json(shown))
}

/// A rule just created.
#[derive(Serialize, ToSchema)]
pub struct RuleMade {
    pub id: RuleId,
    /// Open cases it decides from now on, or no longer decides.
    pub changed: usize,
}

/// Number of last messages a new rule is applied to.
pub const TRIED_ON: i64 = 1_000;

/// Creates a rule and applies the rules to the cases of the last 1,000 messages.
#[utoipa::path(post, path = "/api/v1/rules", tag = "rules", request_body = RuleAsked,
    responses((status = 200, body = RuleMade), (status = 422)))]
pub async fn make(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<RuleAsked>,
) -> Answer<RuleMade> {
    let mut write = app.store.write(me.actor()).await?;
    let said = asked.said(&mut write).await?;
    check_rule(&mut write, &said, true).await?;
    let rule = write.insert_rule(&said).await?;
    let changed = ask_again(&mut write, None).await?;
    write.commit().await?;
    Ok(Json(RuleMade {
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
    request_body = RuleAsked,
    responses((status = 200, body = RuleMade), (status = 404), (status = 422)),
)]
pub async fn change(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<RuleId>,
    Asked(asked): Asked<RuleAsked>,
) -> Answer<RuleMade> {
    let mut write = app.store.write(me.actor()).await?;
    let rule = write.rule(id).await?;
    let said = asked.said(&mut write).await?;
    check_rule(&mut write, &said, false).await?;
    write.save_rule(&rule, &said, asked.paused).await?;
    let changed = ask_again(&mut write, Some(&rule)).await?;
    write.commit().await?;
    Ok(Json(RuleMade { id, changed }))
}

/// Removes a rule: the others are applied again to the cases it decided.
#[utoipa::path(delete, path = "/api/v1/rules/{id}", tag = "rules", params(("id" = RuleId, Path)),
    responses((status = 200, body = RuleMade), (status = 404)))]
pub async fn remove(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<RuleId>,
) -> Answer<RuleMade> {
    let mut write = app.store.write(me.actor()).await?;
    let rule = write.rule(id).await?;
    write.remove_rule(&rule).await?;
    let changed = ask_again(&mut write, Some(&rule)).await?;
    write.commit().await?;
    Ok(Json(RuleMade { id, changed }))
}

/// Restores a removed rule.
#[utoipa::path(
    put,
    path = "/api/v1/rules/{id}/standing",
    tag = "rules",
    params(("id" = RuleId, Path)),
    responses((status = 200, body = RuleMade), (status = 404)),
)]
pub async fn restore(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<RuleId>,
) -> Answer<RuleMade> {
    let mut write = app.store.write(me.actor()).await?;
    write.restore_rule(id).await?;
    let changed = ask_again(&mut write, None).await?;
    write.commit().await?;
    Ok(Json(RuleMade { id, changed }))
}

/// The order in which rules are tried.
#[derive(Deserialize, ToSchema)]
pub struct OrderAsked {
    /// The first rules, in this order.
    pub rules: Vec<RuleId>,
}

/// Sets the order of the rules: the first that applies decides.
#[utoipa::path(
    put,
    path = "/api/v1/rules",
    tag = "rules",
    request_body = OrderAsked,
    responses((status = 200, body = Done)),
)]
pub async fn order(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<OrderAsked>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    write.order_rules(&asked.rules).await?;
    ask_again(&mut write, None).await?;
    write.commit().await?;
    Ok(done())
}

/// Applies the rules again to the cases of the last messages, and to those a changed rule
/// decided.
async fn ask_again(write: &mut Write, changed: Option<&Rule>) -> Result<usize, Problem> {
    let keys = write.cases_of_last_messages(TRIED_ON).await?;
    let mut cases = write.cases_by_keys(&keys).await?;
    if let Some(rule) = changed {
        let known: std::collections::HashSet<i64> = keys.into_iter().collect();
        cases.extend(
            write
                .cases_ruled_by(rule.key)
                .await?
                .into_iter()
                .filter(|it| !known.contains(&it.key)),
        );
    }
    Ok(rule_again(write, cases).await?)
}

/// A rule for one customer.
#[derive(Deserialize, ToSchema)]
pub struct CustomerRuleAsked {
    /// −1 less pressing, +1 more pressing, 0 as the rules decide.
    pub step: i64,
    /// The case from which it is set.
    pub case: CaseId,
}

/// Changes the step of the rule for one customer and one query; its tag and owner stay.
async fn settle_rule(write: &mut Write, said: RuleSaid) -> Result<(), Problem> {
    let same = |it: &Rule| it.said.customer_key == said.customer_key && it.said.query == said.query;
    let standing = write.rules().await?.into_iter().find(same);
    let kept = standing.as_ref().map_or(said.clone(), |it| RuleSaid {
        step: said.step,
        ..it.said.clone()
    });
    let empty = !kept.does_something();
    match standing {
        Some(rule) if empty => write.remove_rule(&rule).await?,
        Some(rule) => write.save_rule(&rule, &kept, false).await?,
        None if empty => {}
        None => {
            check_rule(write, &kept, true).await?;
            write.insert_rule(&kept).await?;
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
    request_body = CustomerRuleAsked,
    responses((status = 200, body = Done), (status = 422)),
)]
pub async fn settle(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
    Asked(asked): Asked<CustomerRuleAsked>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    let case = write.case(asked.case).await?;
    let query = format!("kind:{}", case.kind.code());
    let (customer, step) = (Some(id), asked.step);
    let rule = RuleAsked {
        query,
        customer,
        step,
        tag: None,
        owner: None,
        team: None,
        paused: false,
    };
    let said = rule.said(&mut write).await?;
    settle_rule(&mut write, said.clone()).await?;
    let theirs = write
        .cases_of_customer(said.customer_key.unwrap_or_default())
        .await?;
    rule_again(&mut write, theirs).await?;
    write.commit().await?;
    Ok(done())
}
