//! The normal form of cues: lower case, no accents, œ as oe; each run of letters and digits is
//! a token, each `?` and `!` a token. Every token keeps its byte offsets in the text as
//! received.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The tokens of a text.
#[derive(Debug, Default)]
pub struct Tokens {
    folded: String,
    spans: Vec<TokenSpan>,
}

#[derive(Debug, Clone, Copy)]
struct TokenSpan {
    folded: (usize, usize),
    original: (usize, usize),
}

/// Longer texts are read only up to here, in bytes: the first 100,000 are always enough.
const LONGEST: usize = 100_000;

/// A text in comparable form: lower case, no accents, one blank between words.
pub fn folded(text: &str) -> String {
    Tokens::of(text).iter().collect::<Vec<_>>().join(" ")
}

impl Tokens {
    /// Splits a text into tokens.
    pub fn of(text: &str) -> Self {
        let mut tokens = Self {
            folded: String::with_capacity(text.len().min(LONGEST)),
            spans: Vec::new(),
        };
        let mut open: Option<(usize, usize)> = None;
        for (at, letter) in text.char_indices().take_while(|(at, _)| *at < LONGEST) {
            if letter.is_alphanumeric() || (open.is_some() && is_combining_mark(letter)) {
                open.get_or_insert((tokens.folded.len(), at));
                fold_into(letter, &mut tokens.folded);
                continue;
            }
            tokens.close(&mut open, at);
            if matches!(letter, '?' | '!' | '？' | '！') {
                let start = tokens.folded.len();
                tokens.folded.push(if matches!(letter, '?' | '？') {
                    '?'
                } else {
                    '!'
                });
                tokens.spans.push(TokenSpan {
                    folded: (start, start + 1),
                    original: (at, at + letter.len_utf8()),
                });
            }
        }
        let end = text.len().min(LONGEST);
        tokens.close(&mut open, end);
        tokens
    }

    fn close(&mut self, open: &mut Option<(usize, usize)>, at: usize) {
        if let Some((folded, original)) = open.take()
            && self.folded.len() > folded
        {
            self.spans.push(TokenSpan {
                folded: (folded, self.folded.len()),
                original: (original, at),
            });
        }
    }

    /// The number of tokens.
    pub const fn len(&self) -> usize {
        self.spans.len()
    }

    /// The token at this index, in normal form.
    pub fn get(&self, place: usize) -> Option<&str> {
        self.spans
            .get(place)
            .and_then(|span| self.folded.get(span.folded.0..span.folded.1))
    }

    /// Byte offsets in the text as received, from the first token to the end of the last.
    pub fn bytes(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        Some((
            self.spans.get(first)?.original.0,
            self.spans.get(last)?.original.1,
        ))
    }

    /// The tokens in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|place| self.get(place))
    }
}

fn fold_into(letter: char, out: &mut String) {
    if letter.is_ascii() {
        out.push(letter.to_ascii_lowercase());
        return;
    }
    for lower in letter.to_lowercase() {
        match lower {
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            // NFKD can produce capitals ("™" becomes "TM"): lowercase again.
            _ => out.extend(
                lower
                    .nfkd()
                    .filter(|it| !is_combining_mark(*it))
                    .flat_map(char::to_lowercase),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_ligatures_fold_and_offsets_stay() {
        let text = "L'œuf déçu, ÇA VA ?";
        let tokens = Tokens::of(text);
        assert_eq!(
            tokens.iter().collect::<Vec<_>>(),
            ["l", "oeuf", "decu", "ca", "va", "?"]
        );
        let (start, end) = tokens.bytes(1, 2).unwrap();
        assert_eq!(text.get(start..end).unwrap(), "œuf déçu");
    }
}
