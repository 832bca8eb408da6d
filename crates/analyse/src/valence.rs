//! The valence of words, one by one: open valence lists, with negation, and emoticons.

use std::{collections::HashMap, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::fold::Tokens;

type Lexicon = HashMap<&'static str, f64>;

/// The French list.
pub static FRENCH: LazyLock<Lexicon> =
    LazyLock::new(|| parse(include_str!("../lexicon/fr.valence.tsv")).collect());
/// The English list.
pub static ENGLISH: LazyLock<Lexicon> =
    LazyLock::new(|| parse(include_str!("../lexicon/en.valence.tsv")).collect());
static EMOTICONS: LazyLock<Emoticons> = LazyLock::new(Emoticons::load);

const NEGATORS: &[&str] = &[
    "pas", "jamais", "plus", "rien", "aucun", "aucune", "sans", "ni", "not", "no", "never",
    "without", "neither", "nor",
];

/// Factor for a negated word, which means the opposite, less strongly.
const NEGATED: f64 = -0.7;

fn parse(text: &'static str) -> impl Iterator<Item = (&'static str, f64)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (word, valence) = line.split_once('\t')?;
            Some((word, valence.trim().parse().ok()?))
        })
}

/// The valence of a text, between −1 and 1.
pub fn valence(words: &Lexicon, tokens: &Tokens, text: &str) -> f64 {
    let mut sum = EMOTICONS.sum(text);
    for place in 0..tokens.len() {
        if let Some(valence) = tokens.get(place).and_then(|token| words.get(token)) {
            sum += if negated(tokens, place) {
                valence * NEGATED
            } else {
                *valence
            };
        }
    }
    sum / (sum * sum + 15.0).sqrt()
}

/// Whether one of the three preceding tokens negates it; English contractions leave a lone "t"
/// after "don", "isn"…
fn negated(tokens: &Tokens, place: usize) -> bool {
    (place.saturating_sub(3)..place).any(|before| {
        tokens.get(before).is_some_and(|token| {
            let contraction = || {
                before
                    .checked_sub(1)
                    .and_then(|it| tokens.get(it))
                    .is_some_and(|it| it.ends_with('n'))
            };
            NEGATORS.contains(&token) || (token == "t" && contraction())
        })
    })
}

struct Emoticons {
    matcher: Option<AhoCorasick>,
    valences: Vec<(&'static str, f64)>,
}

impl Emoticons {
    fn load() -> Self {
        let valences: Vec<_> = parse(include_str!("../lexicon/emoticons.tsv")).collect();
        let names = valences.iter().map(|(name, _)| name);
        // The list is compiled in and a test reads it: without a matcher, emoticons would only be
        // ignored.
        let matcher = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(names)
            .ok();
        Self { matcher, valences }
    }

    fn sum(&self, text: &str) -> f64 {
        let Some(matcher) = &self.matcher else {
            return 0.0;
        };
        let found = matcher
            .find_iter(text)
            .filter(|it| stands_alone(text, it.start(), it.end()));
        found
            .filter_map(|it| self.valences.get(it.pattern().as_usize()))
            .map(|(_, valence)| valence)
            .sum()
    }
}

/// An emoticon that begins or ends with a letter or digit must not touch another one there:
/// "XD" in "XDR" is not a laugh.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let last = |part: Option<&str>| part.and_then(|it| it.chars().next_back());
    let first = |part: Option<&str>| part.and_then(|it| it.chars().next());
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let glued = |a: Option<char>, b: Option<char>| is_part(a) && is_part(b);
    !glued(last(text.get(..start)), first(text.get(start..)))
        && !glued(last(text.get(..end)), first(text.get(end..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> f64 {
        valence(&ENGLISH, &Tokens::of(text), text)
    }

    #[test]
    fn negation_turns_words_round() {
        assert!(english("this is good") > 0.0);
        assert!(english("this isn't good") < 0.0);
        assert!(EMOTICONS.matcher.is_some());
    }

    #[test]
    fn a_smiley_inside_a_word_or_an_address_is_none() {
        assert_eq!(EMOTICONS.sum("https://example.org"), 0.0);
        assert!(EMOTICONS.sum("thanks :)") > 0.0);
    }
}
