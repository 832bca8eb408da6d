//! A rule tried before it is stored: which of the last 1,000 messages it matches, and which
//! open cases would change queue.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::{RuleSet, SourceNames, customer_words, rule_query};
use vigie_model::{CaseId, CaseState, Queue};
use vigie_store::{Case, Session};
use vigie_triage::{Decision, queue_ruled};

use crate::api::{
    cases::row::CaseSummary,
    cases::rules::{RuleRequest, TRIED_ON},
    searching::search::query_problem,
};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A rule to try.
#[derive(Deserialize, ToSchema)]
pub struct RuleTrialRequest {
    #[serde(flatten)]
    pub rule: RuleRequest,
    /// A case to test the rule on.
    pub case: Option<CaseId>,
}

/// A case the rule matches.
#[derive(Serialize, ToSchema)]
pub struct RuleTrialCase {
    #[serde(flatten)]
    pub case: CaseSummary,
    /// The text matched, at most 200 letters.
    #[serde(rename = "words")]
    pub excerpt: String,
    pub lang: String,
    /// Where it waits.
    pub from: Queue,
    /// The queue it would wait in.
    pub to: Queue,
}

/// What a rule would do.
#[derive(Serialize, ToSchema)]
pub struct RuleTrialResponse {
    /// Number of messages examined.
    pub looked_at: usize,
    /// Of these, the messages matched.
    pub messages: usize,
    /// Number of cases they belong to.
    pub cases: usize,
    /// Of these, open cases that would change queue.
    pub moved: usize,
    /// Whether it matches the case to test.
    pub this_case: Option<bool>,
    /// Up to twenty matched cases: those that would change queue come first.
    pub examples: Vec<RuleTrialCase>,
}

const EXAMPLES: usize = 20;

/// Tries a rule; nothing is changed.
#[utoipa::path(post, path = "/api/v1/rule-trial", tag = "rules", request_body = RuleTrialRequest,
    responses((status = 200, body = RuleTrialResponse), (status = 422)))]
pub async fn try_out(
    State(app): State<AppState>,
    _: SignedIn,
    JsonBody(request): JsonBody<RuleTrialRequest>,
) -> ApiResult<RuleTrialResponse> {
    let mut session = app.read_snapshot().await?;
    let definition = request.rule.definition(&mut session).await?;
    let query = rule_query(&definition.query).map_err(query_problem)?;
    let rule = RuleSet::of(&definition, query);
    let mut trial = RuleTrialResponse {
        looked_at: 0,
        messages: 0,
        cases: 0,
        moved: 0,
        this_case: None,
        examples: Vec::new(),
    };
    let keys = session.cases().of_last_messages(TRIED_ON).await?;
    let mut cases = session.cases().by_keys(&keys).await?;
    cases.sort_by_key(|it| std::cmp::Reverse(it.heard_at));
    let sources = SourceNames::of(&mut session).await?;
    for case in &cases {
        let heard = customer_words(&mut session, &sources, case).await?;
        trial.looked_at += heard.len();
        let spoken: Vec<_> = heard
            .iter()
            .filter(|it| rule.applies(&it.rule_input(case)))
            .collect();
        let Some(last) = spoken.last() else { continue };
        trial.messages += spoken.len();
        trial.cases += 1;
        add(&mut trial, case, &last.message.text, definition.step);
    }
    trial.examples.sort_by_key(|it| it.from == it.to);
    trial.examples.truncate(EXAMPLES);
    trial.this_case = match request.case {
        Some(id) => Some(speaks_of(&mut session, &sources, &rule, id).await?),
        None => None,
    };
    Ok(Json(trial))
}

async fn speaks_of(
    session: &mut Session,
    sources: &SourceNames,
    rule: &vigie_desk::RuleTrial,
    id: CaseId,
) -> Result<bool, Problem> {
    let case = session.cases().find(id).await?;
    Ok(customer_words(session, sources, &case)
        .await?
        .iter()
        .any(|it| rule.applies(&it.rule_input(&case))))
}

fn add(trial: &mut RuleTrialResponse, case: &Case, words: &str, step: i64) {
    let to = Decision::read(&case.reasons).map_or(case.queue, |decision| {
        queue_ruled(&decision.situation, i8::try_from(step).unwrap_or(0))
    });
    let to = if case.state == CaseState::Open {
        to
    } else {
        case.queue
    };
    trial.moved += usize::from(to != case.queue);
    // Enough to sort from: those that change queue come first.
    if trial.examples.len() < EXAMPLES * 10 || to != case.queue {
        trial.examples.push(RuleTrialCase {
            case: CaseSummary::from(case),
            excerpt: words.chars().take(200).collect(),
            lang: case.lang.clone(),
            from: case.queue,
            to,
        });
    }
}
