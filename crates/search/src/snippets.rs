//! Where the searched words occur in a text: the excerpt to show, and what to highlight.

use std::collections::BTreeSet;

use vigie_watch::Query;

use super::fields::{StreamToken, tokens};

/// An excerpt of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// What to highlight in it: UTF-8 byte offsets `[start, end)`.
    pub marks: Vec<(usize, usize)>,
}

/// Approximate length of an excerpt, in letters.
const LENGTH: usize = 240;

/// The excerpt of a text where most of the searched words occur close together.
pub fn snippet(query: &Query, text: &str) -> Snippet {
    let marks = marks(query, text);
    let first = densest(&marks);
    // Starts a little earlier, to give some context.
    let wanted = marks
        .get(first)
        .map_or(0, |it| it.0.saturating_sub(LENGTH / 4));
    let start = if wanted == 0 {
        0
    } else {
        word_edge(text, wanted)
    };
    let end = word_edge(text, (start + LENGTH).min(text.len())).max(start);
    let piece = text.get(start..end).unwrap_or_default();
    let lead = if start > 0 { "… " } else { "" };
    let tail = if end < text.len() { " …" } else { "" };
    let shift = |at: usize| at - start + lead.len();
    let inside = marks.into_iter().filter(|it| it.0 >= start && it.1 <= end);
    Snippet {
        text: format!("{lead}{piece}{tail}"),
        marks: inside.map(|it| (shift(it.0), shift(it.1))).collect(),
    }
}

fn marks(query: &Query, text: &str) -> Vec<(usize, usize)> {
    let words = query.words();
    let mut marks = BTreeSet::new();
    for stream in ["folded", "stem_fr", "stem_en"] {
        let asked: BTreeSet<String> = words
            .iter()
            .flat_map(|it| tokens(stream, it))
            .map(|it| it.0)
            .collect();
        let matches =
            |token: &StreamToken| asked.contains(&token.0) || begins(query, stream, &token.0);
        marks.extend(
            tokens(stream, text)
                .into_iter()
                .filter(matches)
                .map(|it| (it.1, it.2)),
        );
    }
    marks.into_iter().collect()
}

fn begins(query: &Query, stream: &str, token: &str) -> bool {
    match query {
        Query::Prefix(stem) => {
            stream == "folded"
                && tokens("folded", stem)
                    .first()
                    .is_some_and(|it| token.starts_with(&it.0))
        }
        Query::And(all) | Query::Or(all) => all.iter().any(|it| begins(it, stream, token)),
        _ => false,
    }
}

/// The highlight with most others near it.
fn densest(marks: &[(usize, usize)]) -> usize {
    let near = |place: usize| {
        let from = marks.get(place).map_or(0, |it| it.0);
        marks
            .iter()
            .skip(place)
            .take_while(|it| it.1 <= from + LENGTH * 3 / 4)
            .count()
    };
    (0..marks.len())
        .max_by_key(|place| (near(*place), usize::MAX - place))
        .unwrap_or(0)
}

/// The end of the word at this offset.
fn word_edge(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let rest = text.get(at..).unwrap_or_default();
    let to_end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    // A text without blanks is cut anywhere.
    at + if to_end > 40 { 0 } else { to_end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(query: &str, text: &str) -> Vec<String> {
        let shown = snippet(&vigie_watch::parse(query).unwrap(), text);
        shown
            .marks
            .iter()
            .map(|it| shown.text.get(it.0..it.1).unwrap().to_owned())
            .collect()
    }

    #[test]
    fn words_are_marked_whatever_their_accents_and_endings() {
        assert_eq!(
            marked(
                "remboursement",
                "Mon Remboursement ? Où sont mes remboursements ?"
            ),
            ["Remboursement", "remboursements"]
        );
        assert_eq!(
            marked("casse -colis", "Elle est cassée, le colis aussi"),
            ["cassée"]
        );
        assert_eq!(marked("pann*", "en panne"), ["panne"]);
        assert!(marked("kind:praise", "praise").is_empty());
    }

    #[test]
    fn the_piece_holds_the_words_and_every_text_is_cut_somewhere() {
        let long = format!(
            "{} the blue lamp broke {}",
            "filler ".repeat(200),
            "end ".repeat(200)
        );
        let shown = snippet(&vigie_watch::parse("lamp blue").unwrap(), &long);
        assert!(
            shown.text.contains("blue lamp broke")
                && shown.text.len() < 400
                && shown.marks.len() == 2
        );
        for text in ["", "é", &"é".repeat(2_000), &"x".repeat(5_000)] {
            snippet(&Query::Word("é".into()), text);
        }
    }
}
