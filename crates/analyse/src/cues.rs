//! The open cue tables: phrases with a weight in log-odds for each label they support.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use crate::fold::Tokens;

/// The cue table of one language.
pub struct CueTable {
    /// Exact first tokens.
    exact: HashMap<&'static str, Vec<u32>>,
    /// First tokens ending in `*`, by their first two letters.
    prefixes: HashMap<&'static str, Vec<u32>>,
    phrases: Vec<CuePhrase>,
    biases: HashMap<(&'static str, &'static str), f64>,
    valence: HashMap<(&'static str, &'static str), f64>,
}

struct CuePhrase {
    tokens: Vec<&'static str>,
    weights: Vec<(&'static str, &'static str, f64)>,
}

/// A phrase found in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CueMatch {
    /// The field it is about.
    pub field: &'static str,
    /// The label it supports.
    pub label: &'static str,
    /// In log-odds.
    pub weight: f64,
    /// Byte offsets in the text as received.
    pub span: (usize, usize),
}

/// The French table.
pub static FRENCH: LazyLock<CueTable> =
    LazyLock::new(|| CueTable::parse(include_str!("../lexicon/fr.cues.tsv")));
/// The English table.
pub static ENGLISH: LazyLock<CueTable> =
    LazyLock::new(|| CueTable::parse(include_str!("../lexicon/en.cues.tsv")));

impl CueTable {
    fn parse(text: &'static str) -> Self {
        let mut table = Self {
            exact: HashMap::new(),
            prefixes: HashMap::new(),
            phrases: Vec::new(),
            biases: HashMap::new(),
            valence: HashMap::new(),
        };
        let mut places: HashMap<&'static str, usize> = HashMap::new();
        for (field, label, weight, phrase) in rows(text) {
            match phrase {
                "<bias>" => drop(table.biases.insert((field, label), weight)),
                "<valence>" => drop(table.valence.insert((field, label), weight)),
                _ => {
                    let place = *places.entry(phrase).or_insert_with(|| table.add(phrase));
                    if let Some(known) = table.phrases.get_mut(place) {
                        known.weights.push((field, label, weight));
                    }
                }
            }
        }
        table
    }

    fn add(&mut self, phrase: &'static str) -> usize {
        let place = self.phrases.len();
        let tokens: Vec<_> = phrase.split(' ').collect();
        let first = tokens.first().copied().unwrap_or_default();
        let key = u32::try_from(place).unwrap_or(u32::MAX);
        match first.strip_suffix('*') {
            Some(prefix) => self
                .prefixes
                .entry(two_letters(prefix))
                .or_default()
                .push(key),
            None => self.exact.entry(first).or_default().push(key),
        }
        self.phrases.push(CuePhrase {
            tokens,
            weights: Vec::new(),
        });
        place
    }

    /// Every phrase found, each counted once, at its first position.
    pub fn find(&self, tokens: &Tokens) -> Vec<CueMatch> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for place in 0..tokens.len() {
            let Some(token) = tokens.get(place) else {
                continue;
            };
            let exact = self.exact.get(token).into_iter().flatten();
            let prefixed = self.prefixes.get(two_letters(token)).into_iter().flatten();
            for key in exact.chain(prefixed) {
                let Some(phrase) = self.phrases.get(*key as usize) else {
                    continue;
                };
                if phrase.matches(tokens, place) && seen.insert(*key) {
                    let span = tokens
                        .bytes(place, place + phrase.tokens.len() - 1)
                        .unwrap_or_default();
                    found.extend(
                        phrase
                            .weights
                            .iter()
                            .map(|&(field, label, weight)| CueMatch {
                                field,
                                label,
                                weight,
                                span,
                            }),
                    );
                }
            }
        }
        found
    }

    /// The bias of a label.
    pub fn bias(&self, field: &str, label: &str) -> f64 {
        self.biases
            .get(&(field, label))
            .copied()
            .unwrap_or_default()
    }

    /// The weight of the valence feature for a label.
    pub fn valence(&self, field: &str, label: &str) -> f64 {
        self.valence
            .get(&(field, label))
            .copied()
            .unwrap_or_default()
    }
}

impl CuePhrase {
    fn matches(&self, tokens: &Tokens, place: usize) -> bool {
        self.tokens.iter().zip(place..).all(|(wanted, at)| {
            tokens
                .get(at)
                .is_some_and(|token| match wanted.strip_suffix('*') {
                    Some(prefix) => token.starts_with(prefix),
                    None => token == *wanted,
                })
        })
    }
}

/// `field, label, weight, phrase`; comments and unreadable rows are skipped, and a test reads
/// every row.
fn rows(
    text: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str, f64, &'static str)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (field, label, weight, phrase) =
                (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            Some((field, label, weight.parse().ok()?, phrase))
        })
}

fn two_letters(token: &str) -> &str {
    let end = token
        .char_indices()
        .nth(2)
        .map_or(token.len(), |(at, _)| at);
    token.get(..end).unwrap_or(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_both_tables_reads() {
        for text in [
            include_str!("../lexicon/fr.cues.tsv"),
            include_str!("../lexicon/en.cues.tsv"),
        ] {
            let lines = text
                .lines()
                .filter(|line| !line.starts_with('#') && !line.is_empty())
                .count();
            assert_eq!(rows(text).count(), lines);
        }
    }
}
