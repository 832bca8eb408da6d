//! Correcting an analysis in one act, and withdrawing the correction.

use axum::extract::{Path, State};
use vigie_analyse::Analysis;
use vigie_desk::{RuleSet, SourceNames, apply_rule};
use vigie_model::{Act, Derived, Gate, Harm, Kind, MessageId, Sentiment};
use vigie_store::{Case, FactDraft, Write, read_derived};

use crate::api::{DoneResponse, acting::begin, cases::row::Correction, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// Corrects an analysis: kind, feeling, harm, urgency, gates.
#[utoipa::path(
    put,
    path = "/api/v1/messages/{id}/correction",
    tag = "acts",
    params(("id" = MessageId, Path)),
    request_body = Correction,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn correct(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<MessageId>,
    JsonBody(request): JsonBody<Correction>,
) -> ApiResult<DoneResponse> {
    let nothing =
        request.kind == Some(Kind::Unknown) || request.sentiment == Some(Sentiment::Unsure);
    if nothing {
        return Err(Problem::unprocessable(
            "person_knows",
            "choose what it is: only a program may answer that it does not know",
        ));
    }
    put(&app, &me, id, &request, Act::ReadingCorrected).await
}

/// Withdraws a correction.
#[utoipa::path(
    delete,
    path = "/api/v1/messages/{id}/correction",
    tag = "acts",
    params(("id" = MessageId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn restore(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<MessageId>,
) -> ApiResult<DoneResponse> {
    put(&app, &me, id, &Correction::default(), Act::ReadingRestored).await
}

async fn put(
    app: &AppState,
    me: &SignedIn,
    id: MessageId,
    correction: &Correction,
    act: Act,
) -> ApiResult<DoneResponse> {
    let message = app.read().await?.messages().find(id).await?;
    let case = app.read().await?.cases().by_key(message.case_key).await?.id;
    let mut write = begin(app, me, case).await?;
    let data = serde_json::to_value(correction).map_err(|err| Problem::internal(&err))?;
    let derived = Derived {
        stage: "correction".into(),
        version: "person".into(),
        data,
    };
    write
        .messages()
        .put_derived(vec![(message.key, derived)])
        .await?;
    let before = write.cases().by_key(message.case_key).await?;
    let mut fact = FactDraft::new(act).of_case(&before).on("message", id.0);
    fact = correction
        .kind
        .iter()
        .fold(fact, |fact, kind| fact.code("kind", kind.code()));
    fact = correction
        .harm
        .iter()
        .fold(fact, |fact, harm| fact.code("harm", harm.code()));
    write.fact(fact);
    let mut after = reread(&mut write, &before).await?;
    after.touched_at = write.at();
    // The kind of the message changed: another rule may decide now.
    let (rule_set, sources) = (
        RuleSet::open(&mut write).await?,
        SourceNames::of(&mut write).await?,
    );
    let rule = rule_set
        .decides(&mut write, &sources, &after)
        .await?
        .cloned();
    apply_rule(&mut write, &mut after, rule.as_ref()).await?;
    write.cases().save(&before, &mut after).await?;
    write.commit().await?;
    Ok(done())
}

/// The case as its customer's messages determine it together, corrections first.
async fn reread(write: &mut Write, case: &Case) -> Result<Case, Problem> {
    let messages = write.messages().of_case(case.key, 500).await?;
    let readings = write
        .messages()
        .derived_of_case(case.key, "analysis")
        .await?;
    let corrections = write
        .messages()
        .derived_of_case(case.key, "correction")
        .await?;
    let mut after = case.clone();
    (after.kind, after.harm, after.gates) = (Kind::Unknown, Harm::Unknown, Vec::new());
    for message in messages.iter().filter(|it| !it.emitter.is_ours()) {
        let Some(reading) = readings.get(&message.key) else {
            continue;
        };
        // Left out, an unreadable one would take its gates off the case.
        let reading: Analysis = read_derived(reading)?;
        let correction = corrections
            .get(&message.key)
            .map(read_derived)
            .transpose()?;
        let correction: Correction = correction.unwrap_or_default(); // default: nobody corrected it
        after.kind = after.kind.stronger(correction.kind.unwrap_or(reading.kind));
        after.harm = after.harm.worse(correction.harm.unwrap_or(reading.harm));
        after.sentiment = correction.sentiment.unwrap_or(reading.sentiment);
        after.urgent = correction.urgent.unwrap_or(reading.urgent);
        let gates = reading.gates.into_iter().filter(|_| !correction.no_gate);
        let new: Vec<Gate> = gates.filter(|gate| !after.gates.contains(gate)).collect();
        after.gates.extend(new);
    }
    Ok(after)
}
