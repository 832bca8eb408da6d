//! The next act proposed for a case: an answer card of the brand when one covers the same
//! subject, else a colleague who knows. A proposal with the words it is based on; nothing is
//! written or sent by itself.

use std::collections::BTreeSet;

use vigie_model::At;
use vigie_store::AnswerCard;

/// The act that is proposed.
#[derive(Debug, Clone, PartialEq)]
pub enum ProposedAction {
    /// This card, with the words it shares with the case.
    Card(Box<AnswerCard>, Vec<String>),
    /// No card covers the subject: ask somebody who knows.
    AskColleague,
}

/// Shorter words, in letters, are not significant.
const SHORTEST: usize = 4;
/// A card and a case that share fewer words are about different subjects.
const FEWEST: usize = 2;
/// Words common in any message.
const COMMON: [&str; 52] = [
    "bonjour", "merci", "votre", "vous", "nous", "pour", "avec", "dans", "cette", "mais", "plus",
    "tout", "bien", "sans", "sous", "service", "clients", "client", "hello", "your", "with",
    "this", "that", "have", "will", "from", "within", "customer", "care", "please", "thank",
    "thanks", "jours", "days", "message", "commande", "order", "suis", "etes", "chez", "fait",
    "faire", "encore", "depuis", "quand", "tres", "etre", "been", "what", "when", "they", "were",
];

/// Proposes an act for the text of a case. `fold` puts words in comparable form.
pub fn propose(
    cards: Vec<AnswerCard>,
    words: &str,
    now: At,
    fold: impl Fn(&str) -> String,
) -> ProposedAction {
    let case = distinctive_words(&fold(words));
    let live = cards.into_iter().filter(|it| it.expires_at > now);
    let scored = live.map(|card| {
        let title = distinctive_words(&fold(&card.title));
        let text = distinctive_words(&fold(&format!(
            "{} {} {}",
            card.title, card.text_fr, card.text_en
        )));
        let shared: Vec<String> = case.intersection(&text).cloned().collect();
        let points = shared.len() + case.intersection(&title).count();
        (points, card, shared)
    });
    let best = scored
        .filter(|it| it.0 >= FEWEST)
        .max_by(|a, b| (a.0, &b.1.title).cmp(&(b.0, &a.1.title)));
    best.map_or(ProposedAction::AskColleague, |(_, card, shared)| {
        ProposedAction::Card(Box::new(card), shared)
    })
}

fn distinctive_words(folded: &str) -> BTreeSet<String> {
    let words = folded
        .split_whitespace()
        .filter(|it| it.chars().count() >= SHORTEST && !COMMON.contains(it));
    words
        .map(|it| it.trim_end_matches(['s', 'x']).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use vigie_model::{AnswerCardId, AnswerCardKey, BrandKey, PersonId, PersonKey};

    use super::*;

    fn card(title: &str, fr: &str, expires: i64) -> AnswerCard {
        AnswerCard {
            key: AnswerCardKey::from_number(1),
            id: AnswerCardId(uuid::Uuid::nil()),
            brand_key: BrandKey::from_number(1),
            title: title.into(),
            text_fr: fr.into(),
            text_en: String::new(),
            owner_key: PersonKey::from_number(1),
            owner: PersonId(uuid::Uuid::nil()),
            owner_name: String::new(),
            expires_at: At::from_millis(expires),
            updated_at: At::from_millis(0),
        }
    }

    #[test]
    fn the_card_that_speaks_of_it_is_proposed_and_an_expired_one_never() {
        let fold = |text: &str| text.to_lowercase().replace([',', '?'], " ");
        let now = At::from_millis(100);
        let cards = || {
            vec![
                card("Colis perdu", "enquête chez le transporteur", 200),
                card("Retour", "étiquette de retour", 200),
            ]
        };
        let words = "Mon colis est perdu, le transporteur ne répond pas";
        let proposed = propose(cards(), words, now, fold);
        let shared = ["coli", "perdu", "transporteur"]
            .map(str::to_owned)
            .to_vec();
        let first = cards().into_iter().next().map(Box::new);
        assert_eq!(
            Some(proposed),
            first.map(|it| ProposedAction::Card(it, shared))
        );
        assert_eq!(
            propose(
                vec![card("Colis perdu", "transporteur", 50)],
                words,
                now,
                fold
            ),
            ProposedAction::AskColleague
        );
        assert_eq!(
            propose(cards(), "Vos vendeurs chantent-ils ?", now, fold),
            ProposedAction::AskColleague
        );
    }
}
