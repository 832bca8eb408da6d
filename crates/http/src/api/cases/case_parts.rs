//! The parts of a case, each read and put as it is shown.

use vigie_model::CaseKey;
use vigie_respond::{ReplyRoute, Replying};
use vigie_store::{Case, MoveKind, Session};
use vigie_triage::Decision;

use super::{
    response::{
        CauseSummary, ClaimResponse, ClosureResponse, CustomerSummary, DraftResponse, MoveResponse,
        NoteResponse, PromiseResponse, SourceSummary,
    },
    row::{CaseSummary, QueueExplanation, RuleSummary},
    summaries::{PersonSummary, TeamSummary},
    tags::TagSummary,
};
use crate::{
    AppState, Problem, api::customers::preferences::PreferenceResponse, session::SignedIn,
};

pub(super) async fn owner(
    session: &mut Session,
    case: &Case,
) -> Result<Option<PersonSummary>, Problem> {
    Ok(match case.owner_key {
        Some(key) => Some(session.people().by_key(key).await.map(|it| PersonSummary {
            id: it.id,
            name: it.name,
        })?),
        None => None,
    })
}

pub(super) async fn team(
    session: &mut Session,
    case: &Case,
) -> Result<Option<TeamSummary>, Problem> {
    Ok(match case.team_key {
        Some(key) => Some(session.teams().by_key(key).await.map(|it| TeamSummary {
            id: it.id,
            name: it.name,
        })?),
        None => None,
    })
}

/// The customer of a case, proved or claimed.
async fn whose(session: &mut Session, case: &Case) -> Result<Option<CustomerSummary>, Problem> {
    let Some(key) = case.customer_key else {
        return Ok(None);
    };
    let customer = session.customers().by_key(key).await?;
    Ok(Some(CustomerSummary {
        id: customer.id,
        name: customer.name,
    }))
}

pub(super) async fn customer(
    session: &mut Session,
    case: &Case,
) -> Result<Option<CustomerSummary>, Problem> {
    match case.claimed {
        true => Ok(None),
        false => whose(session, case).await,
    }
}

/// Who the author says they are, while nothing proves it.
pub(super) async fn claim(
    session: &mut Session,
    case: &Case,
) -> Result<Option<ClaimResponse>, Problem> {
    let Some(key) = case.customer_key.filter(|_| case.claimed) else {
        return Ok(None);
    };
    let Some(customer) = whose(session, case).await? else {
        return Ok(None);
    };
    let proposed = session.customers().proposed(key).await?;
    let author = session.authors().by_key(case.author_key).await?;
    let check = session.address_checks().last_of(author.key).await?;
    let mailbox = session.sources().mailbox_of(case.brand_key).await?;
    Ok(Some(ClaimResponse {
        customer,
        proposed: proposed.into_iter().map(Into::into).collect(),
        can_ask: author.claimed && author.email.is_some() && mailbox.is_some(),
        asked_at: check.as_ref().map(|check| check.asked_at),
        theirs: check.and_then(|check| check.theirs),
    }))
}

pub(super) async fn preference(
    session: &mut Session,
    case: &Case,
) -> Result<Option<PreferenceResponse>, Problem> {
    let Some(key) = case.customer_key else {
        return Ok(None);
    };
    let preference = session.preferences().of_customer(key).await?;
    Ok(preference.map(Into::into))
}

pub(super) async fn promises(
    session: &mut Session,
    case: &Case,
) -> Result<Vec<PromiseResponse>, Problem> {
    let promises = session.promises().of_case(case.key).await?;
    Ok(promises.into_iter().map(Into::into).collect())
}

pub(super) async fn cause(
    session: &mut Session,
    case: &Case,
) -> Result<Option<CauseSummary>, Problem> {
    let named = session.case_causes().find(case.key).await?;
    Ok(named.map(|cause| CauseSummary {
        id: cause.cause,
        top: cause.top,
    }))
}

/// Where it came from, and how an answer reaches its customer.
pub(super) async fn source(
    session: &mut Session,
    case: &Case,
    app: &AppState,
) -> Result<SourceSummary, Problem> {
    let replies = &app.replies;
    let over = vigie_respond::is_link_over(session, case, app.store.now()).await?;
    let source = session.sources().by_key(case.source_key).await?;
    let answered_by = vigie_respond::reply_source(session, source.clone()).await?;
    let reach = match ReplyRoute::of(&answered_by, replies) {
        ReplyRoute::Webhook(_) => "webhook",
        ReplyRoute::Mail(_) => "mail",
        ReplyRoute::PrivatePage if over => "none",
        ReplyRoute::PrivatePage => "private_page",
        ReplyRoute::Connector => "connector",
        ReplyRoute::None => "none",
    };
    Ok(SourceSummary {
        id: source.id,
        name: source.name,
        kind: source.kind,
        answered_there: replies.of(source.kind) == Some(Replying::OnTheNetwork),
        reach,
    })
}

pub(super) async fn brief(
    session: &mut Session,
    key: Option<CaseKey>,
) -> Result<Option<CaseSummary>, Problem> {
    Ok(match key {
        Some(key) => Some(CaseSummary::from(&session.cases().by_key(key).await?)),
        None => None,
    })
}

/// The stored decision, as shown.
pub(super) async fn why(
    session: &mut Session,
    case: &Case,
) -> Result<Option<QueueExplanation>, Problem> {
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

pub(super) async fn tags(session: &mut Session, case: &Case) -> Result<Vec<TagSummary>, Problem> {
    let tags = session
        .tags()
        .of_cases(&[case.key])
        .await?
        .into_values()
        .flatten();
    Ok(tags.map(Into::into).collect())
}

pub(super) async fn notes(
    session: &mut Session,
    case: &Case,
) -> Result<Vec<NoteResponse>, Problem> {
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

pub(super) async fn closure(
    session: &mut Session,
    case: &Case,
) -> Result<Option<ClosureResponse>, Problem> {
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

pub(super) async fn moves(
    session: &mut Session,
    case: &Case,
) -> Result<Vec<MoveResponse>, Problem> {
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

pub(super) async fn draft(
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
