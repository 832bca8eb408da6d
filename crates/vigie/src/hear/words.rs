//! What a case keeps of its messages: first words, the kind that asks most of us, the worst harm.

use vigie_model::{Harm, Kind};

/// The first words of a text on one line.
pub fn first_words(text: &str, longest: usize) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() >= longest {
            let left = longest.saturating_sub(line.chars().count() + 1);
            if line.is_empty() {
                line.extend(word.chars().take(left));
            }
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Of two kinds the one that asks most of us: a thank-you does not make a complaint go away.
pub fn stronger_kind(a: Kind, b: Kind) -> Kind {
    const ORDER: [Kind; 7] =
        [Kind::Complaint, Kind::Rumour, Kind::Question, Kind::Market, Kind::Praise, Kind::Noise, Kind::Unknown];
    ORDER.into_iter().find(|kind| *kind == a || *kind == b).unwrap_or(a)
}

/// Of two harms the worse; unknown gives way to anything told.
pub fn worse_harm(a: Harm, b: Harm) -> Harm {
    let points = |harm| if harm == Harm::Unknown { -1 } else { Harm::ALL.iter().position(|it| *it == harm).map_or(0, |it| it as i64) };
    if points(b) > points(a) { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_stop_at_a_word() {
        assert_eq!(first_words("mon  colis\nest perdu", 40), "mon colis est perdu");
        assert_eq!(first_words("mon colis est perdu", 12), "mon colis…");
        assert_eq!(first_words("anticonstitutionnellement", 10), "anticonst…");
    }

    #[test]
    fn a_thank_you_leaves_a_complaint_a_complaint() {
        assert_eq!(stronger_kind(Kind::Complaint, Kind::Praise), Kind::Complaint);
        assert_eq!(worse_harm(Harm::Unknown, Harm::None), Harm::None);
        assert_eq!(worse_harm(Harm::LargeMoney, Harm::Annoyance), Harm::LargeMoney);
    }
}
