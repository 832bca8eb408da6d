//! A complete case: thread, reasons, ladder, acts, viewers.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, State},
};
use vigie_analyse::Analysis;
use vigie_desk::{Ladder, ladder};
use vigie_desk::{ProposedAction, propose};
use vigie_model::{At, CaseId, CaseKey, CaseState, HowEnded, Kind, MessageKey};
use vigie_respond::ReplyRoute;
use vigie_store::{Case, MoveKind, Session, read_derived};
use vigie_triage::Decision;

use crate::api::{
    acting::check_sees,
    cases::response::{
        CaseResponse, CauseSummary, ClosureResponse, CustomerSummary, DraftResponse, MoveResponse,
        NoteResponse, PromiseResponse, ProposedActionKind, ProposedActionResponse, SourceSummary,
    },
    cases::row::{
        AttachmentResponse, CaseSummary, DeliveryResponse, MessageResponse, QueueExplanation,
        RevisionResponse, RuleSummary,
    },
    cases::summaries::PersonSummary,
    cases::summaries::TeamSummary,
    cases::tags::TagSummary,
    customers::orders::CaseOrderResponse,
};
use crate::{ApiResult, AppState, Problem, html::sanitise, session::SignedIn};

/// A complete case.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = CaseResponse), (status = 403), (status = 404)))]
pub async fn read(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<CaseResponse> {
    let mut session = app.read_snapshot().await?;
    let case = session.cases().find(id).await?;
    check_sees(&mut session, &me, &case).await?;
    Ok(Json(whole(&app, &mut session, &me, case).await?))
}

async fn whole(
    app: &AppState,
    session: &mut Session,
    me: &SignedIn,
    case: Case,
) -> Result<CaseResponse, Problem> {
    let now = app.store.now();
    let messages = messages(session, &case).await?;
    let promises: Vec<PromiseResponse> = session
        .promises()
        .of_case(case.key)
        .await?
        .into_iter()
        .map(Into::into)
        .collect();
    let cause = session
        .case_causes()
        .find(case.key)
        .await?
        .map(|it| CauseSummary {
            id: it.cause,
            top: it.top,
        });
    let closure = closure(session, &case).await?;
    let acts = Ladder {
        answered: case.answered_at.is_some(),
        cause_named: cause.is_some(),
        promised: promises
            .iter()
            .any(|it| it.outcome.as_deref() != Some("withdrawn")),
        proved: closure
            .as_ref()
            .is_some_and(|it| it.how == HowEnded::Solved),
    };
    let source = session.sources().by_key(case.source_key).await?;
    let reach = match ReplyRoute::of(&vigie_respond::reply_source(session, source.clone()).await?) {
        ReplyRoute::Webhook(_) => "webhook",
        ReplyRoute::Mail(_) => "mail",
        ReplyRoute::PrivatePage => "private_page",
        ReplyRoute::Connector => "connector",
        ReplyRoute::None => "none",
    };
    Ok(CaseResponse {
        last_message_fact: case.last_message_fact,
        owner: owner(session, &case).await?,
        team: team(session, &case).await?,
        customer: customer(session, &case).await?,
        preference: match case.customer_key {
            Some(key) => session
                .preferences()
                .of_customer(key)
                .await?
                .map(Into::into),
            None => None,
        },
        author: session.authors().by_key(case.author_key).await?.into(),
        source: SourceSummary {
            id: source.id,
            name: source.name,
            kind: source.kind,
            reach,
        },
        due_at: case.due_at,
        take_by: case.take_by,
        orphan: case.state == CaseState::Open
            && case.owner_key.is_none()
            && case.take_by.is_some_and(|it| it <= now),
        snoozed_until: case.snoozed_until,
        public: case.public,
        lang: case.lang.clone(),
        why: why(session, &case).await?,
        ladder: if case.kind == Kind::Complaint {
            ladder(acts)
        } else {
            Vec::new()
        },
        orders: orders(session, &case, &messages).await?,
        proposed: proposed(session, &case, &messages, now).await?,
        messages,
        questions: crate::api::cases::questions::questions_of_case(session, case.key, now).await?,
        notes: notes(session, &case).await?,
        tags: tags(session, &case).await?,
        cause,
        promises,
        closure,
        moves: moves(session, &case).await?,
        continues: brief(session, case.continues_key).await?,
        joined: brief(session, case.joined_key).await?,
        draft: draft(session, &case, me).await?,
        facts: session.facts().of_case(case.key).await?,
        brief: CaseSummary::from(&case),
    })
}

async fn brief(
    session: &mut Session,
    key: Option<CaseKey>,
) -> Result<Option<CaseSummary>, Problem> {
    Ok(match key {
        Some(key) => Some(CaseSummary::from(&session.cases().by_key(key).await?)),
        None => None,
    })
}

async fn owner(session: &mut Session, case: &Case) -> Result<Option<PersonSummary>, Problem> {
    Ok(match case.owner_key {
        Some(key) => Some(session.people().by_key(key).await.map(|it| PersonSummary {
            id: it.id,
            name: it.name,
        })?),
        None => None,
    })
}

async fn team(session: &mut Session, case: &Case) -> Result<Option<TeamSummary>, Problem> {
    Ok(match case.team_key {
        Some(key) => Some(session.teams().by_key(key).await.map(|it| TeamSummary {
            id: it.id,
            name: it.name,
        })?),
        None => None,
    })
}

async fn customer(session: &mut Session, case: &Case) -> Result<Option<CustomerSummary>, Problem> {
    Ok(match case.customer_key {
        Some(key) => Some(
            session
                .customers()
                .by_key(key)
                .await
                .map(|it| CustomerSummary {
                    id: it.id,
                    name: it.name,
                })?,
        ),
        None => None,
    })
}

/// The stored decision, as shown.
async fn why(session: &mut Session, case: &Case) -> Result<Option<QueueExplanation>, Problem> {
    let rule = match case.rule_key {
        Some(key) => session.rules().by_key(key).await?,
        None => None,
    };
    let rule = rule.map(|it| RuleSummary {
        id: it.id,
        one_customer: it.definition.customer_key.is_some(),
        query: it.definition.query,
        step: case.ruled,
    });
    let Some(Decision { weighed, .. }) = Decision::read(&case.reasons) else {
        return Ok(None);
    };
    Ok(Some(QueueExplanation {
        rules: weighed.rules,
        importance: weighed.importance,
        urgency: weighed.urgency,
        queue: weighed.queue,
        gate: weighed.gate,
        reasons: weighed.reasons,
        counterfactual: weighed.counterfactual,
        moved: case.moved,
        rule,
        next_change_at: weighed.next_change_at,
    }))
}

const MOST_MESSAGES: i64 = 500;

async fn messages(session: &mut Session, case: &Case) -> Result<Vec<MessageResponse>, Problem> {
    let messages = session.messages().of_case(case.key, MOST_MESSAGES).await?;
    let mut readings = session
        .messages()
        .derived_of_case(case.key, "analysis")
        .await?;
    let mut corrections = session
        .messages()
        .derived_of_case(case.key, "correction")
        .await?;
    let out: HashMap<MessageKey, DeliveryResponse> = session
        .outbox()
        .of_case(case.key)
        .await?
        .iter()
        .map(|it| (it.message_key, DeliveryResponse::from(it)))
        .collect();
    let files = session.attachments().of_case(case.key).await?;
    let mut responses = Vec::with_capacity(messages.len());
    for message in messages {
        let revisions = if message.revision > 1 {
            session.messages().revisions(message.key).await?
        } else {
            Vec::new()
        };
        let reading = readings.remove(&message.key);
        let reading = reading.as_ref().map(read_derived::<Analysis>).transpose()?;
        let correction = corrections.remove(&message.key);
        let correction = correction.as_ref().map(read_derived).transpose()?;
        let own = files
            .iter()
            .filter(|it| it.message_key == Some(message.key));
        responses.push(MessageResponse {
            id: message.id,
            who: message.who,
            emitter: message.emitter,
            visibility: message.visibility,
            channel: message.channel,
            at: message.at,
            html: message
                .html
                .as_deref()
                .map(sanitise)
                .filter(|it| !it.is_empty()),
            text: message.text,
            url: message.url,
            rating: message.details.rating,
            counts: message.details.counts,
            counts_version: message.details.counts_version,
            order: message.details.order,
            mail: message.details.mail,
            revision: message.revision,
            revisions: revisions
                .into_iter()
                .map(|it| RevisionResponse {
                    revision: it.revision,
                    text: it.text,
                    replaced_at: it.replaced_at,
                })
                .collect(),
            reading,
            correction,
            files: own.map(AttachmentResponse::from).collect(),
            out: out.get(&message.key).cloned(),
        });
    }
    Ok(responses)
}

/// Proposes the brand's own card on the same subject, else a colleague. Nothing once the case
/// no longer waits for the team.
async fn proposed(
    session: &mut Session,
    case: &Case,
    messages: &[MessageResponse],
    now: At,
) -> Result<Option<ProposedActionResponse>, Problem> {
    if case.state != CaseState::Open || matches!(case.kind, Kind::Praise | Kind::Noise) {
        return Ok(None);
    }
    if thanked(case, messages) {
        return Ok(Some(ProposedActionResponse {
            act: ProposedActionKind::Close,
            card: None,
            title: None,
            shared: Vec::new(),
        }));
    }
    let cards = session
        .answer_cards()
        .list()
        .await?
        .into_iter()
        .filter(|it| it.brand_key == case.brand_key)
        .collect();
    let theirs = messages
        .iter()
        .filter(|it| it.emitter != vigie_model::Emitter::Brand)
        .map(|it| it.text.as_str());
    let words: String = theirs.flat_map(|it| [it, " "]).collect();
    Ok(Some(
        match propose(cards, &words, now, vigie_analyse::folded) {
            ProposedAction::Card(card, shared) => ProposedActionResponse {
                act: ProposedActionKind::AnswerCard,
                card: Some(card.id),
                title: Some(card.title),
                shared,
            },
            ProposedAction::AskColleague => ProposedActionResponse {
                act: ProposedActionKind::AskColleague,
                card: None,
                title: None,
                shared: Vec::new(),
            },
        },
    ))
}

/// Whether we answered and the customer's last message is praise.
fn thanked(case: &Case, messages: &[MessageResponse]) -> bool {
    let last = messages
        .iter()
        .rev()
        .find(|it| it.emitter != vigie_model::Emitter::Brand);
    let corrected = last
        .and_then(|it| it.correction.as_ref())
        .and_then(|it| it.kind);
    let kind = corrected.or(last.and_then(|it| it.reading.as_ref()).map(|it| it.kind));
    case.answered_at.is_some() && kind == Some(Kind::Praise)
}

/// The orders its messages mention, and whether the same customer bought them.
async fn orders(
    session: &mut Session,
    case: &Case,
    messages: &[MessageResponse],
) -> Result<Vec<CaseOrderResponse>, Problem> {
    let numbers: Vec<String> = messages
        .iter()
        .filter_map(|it| it.order.clone())
        .map(|it| it.trim().to_owned())
        .collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut named = Vec::new();
    for order in session
        .orders()
        .numbered(case.brand_key, &numbers)
        .await?
        .into_values()
    {
        let buyer = session.authors().by_key(order.author_key).await?;
        let theirs = buyer.customer_key.is_some() && buyer.customer_key == case.customer_key;
        named.push(CaseOrderResponse {
            order: order.into(),
            theirs,
        });
    }
    named.sort_by_key(|it| it.order.placed_at);
    Ok(named)
}

async fn tags(session: &mut Session, case: &Case) -> Result<Vec<TagSummary>, Problem> {
    let tags = session
        .tags()
        .of_cases(&[case.key])
        .await?
        .into_values()
        .flatten();
    Ok(tags.map(Into::into).collect())
}

async fn notes(session: &mut Session, case: &Case) -> Result<Vec<NoteResponse>, Problem> {
    let notes = session.notes().of_case(case.key).await?.into_iter();
    Ok(notes
        .map(|it| NoteResponse {
            id: it.id,
            who: it.who,
            text: it.text,
            at: it.at,
        })
        .collect())
}

async fn closure(session: &mut Session, case: &Case) -> Result<Option<ClosureResponse>, Problem> {
    let standing = session
        .closures()
        .of_case(case.key)
        .await?
        .into_iter()
        .rev()
        .find(|it| it.undone_at.is_none());
    let photos = session.attachments().of_case(case.key).await?;
    Ok(standing.map(|it| ClosureResponse {
        id: it.id,
        how: it.how,
        evidence: it.evidence,
        reference: it.reference,
        photo: photos
            .iter()
            .find(|photo| Some(photo.key) == it.attachment_key)
            .map(|photo| photo.id),
        at: it.made_at,
    }))
}

async fn moves(session: &mut Session, case: &Case) -> Result<Vec<MoveResponse>, Problem> {
    let moves = session.moves().of_case(case.key).await?.into_iter();
    let kind = |kind| {
        if kind == MoveKind::Split {
            "split"
        } else {
            "join"
        }
    };
    Ok(moves
        .map(|it| MoveResponse {
            id: it.id,
            kind: kind(it.kind),
            from: it.from,
            to: it.to,
            at: it.made_at,
        })
        .collect())
}

async fn draft(
    session: &mut Session,
    case: &Case,
    me: &SignedIn,
) -> Result<Option<DraftResponse>, Problem> {
    let draft = session.drafts().find(case.key, me.person.key).await?;
    Ok(draft.map(|it| DraftResponse {
        text: it.text,
        visibility: it.visibility,
        updated_at: it.updated_at,
    }))
}
