//! The next act proposed for a case.

use vigie_desk::{ProposedAction, propose};
use vigie_model::{At, CaseState, Kind};
use vigie_store::{AnswerCard, Case, Session};

use super::{
    response::{ProposedActionKind, ProposedActionResponse},
    row::MessageResponse,
};
use crate::Problem;

/// Proposes the brand's own card on the same subject, else a colleague; after thanks, to close.
/// Nothing once the case no longer waits for the team.
pub(super) async fn proposed(
    session: &mut Session,
    case: &Case,
    messages: &[MessageResponse],
    now: At,
) -> Result<Option<ProposedActionResponse>, Problem> {
    if case.state != CaseState::Open || matches!(case.kind, Kind::Praise | Kind::Noise) {
        return Ok(None);
    }
    if thanked(case, messages) {
        return Ok(Some(without_card(ProposedActionKind::Close)));
    }

    let cards = session.answer_cards().list().await?.into_iter();
    let cards = cards.filter(|card| card.brand_key == case.brand_key);
    let theirs = messages.iter().filter(|message| !message.emitter.is_ours());
    let words: String = theirs
        .flat_map(|message| [message.text.as_str(), " "])
        .collect();
    let proposal = propose(cards.collect(), &words, now, vigie_analyse::folded);
    Ok(Some(match proposal {
        ProposedAction::Card(card, shared) => with_card(*card, shared),
        ProposedAction::AskColleague => without_card(ProposedActionKind::AskColleague),
    }))
}

fn with_card(card: AnswerCard, shared: Vec<String>) -> ProposedActionResponse {
    ProposedActionResponse {
        act: ProposedActionKind::AnswerCard,
        card: Some(card.id),
        title: Some(card.title),
        shared,
    }
}

const fn without_card(act: ProposedActionKind) -> ProposedActionResponse {
    ProposedActionResponse {
        act,
        card: None,
        title: None,
        shared: Vec::new(),
    }
}

/// Whether we answered and the customer's last message is praise.
fn thanked(case: &Case, messages: &[MessageResponse]) -> bool {
    let last = messages.iter().rev().find(|it| !it.emitter.is_ours());
    let corrected = last
        .and_then(|it| it.correction.as_ref())
        .and_then(|it| it.kind);
    let kind = corrected.or(last.and_then(|it| it.reading.as_ref()).map(|it| it.kind));
    case.answered_at.is_some() && kind == Some(Kind::Praise)
}
