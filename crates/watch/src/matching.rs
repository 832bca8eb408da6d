//! Whether one message matches one query: words as folded (no case, no accents), `word*` for
//! any ending, phrases as adjacent words, fields as their owner defines them. Stateless: the
//! same input gives the same answer.

use crate::Query;

/// A message as a query sees it.
pub struct MessageView<'a> {
    /// Its words, folded, in order.
    pub words: &'a [String],
    /// Whether a field has that value; `None` when the field is not meaningful for a message that
    /// has just arrived.
    pub field: &'a dyn Fn(&str, &str) -> Option<bool>,
    /// Puts a text of the query in the same form as `words`.
    pub fold: &'a dyn Fn(&str) -> String,
}

impl Query {
    /// Whether the message matches. A field that is not meaningful matches nothing.
    pub fn matches(&self, message: &MessageView<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Word(word) => message.contains_sequence(&split(&(message.fold)(word))),
            Self::Prefix(stem) => {
                let stem = (message.fold)(stem);
                !stem.is_empty() && message.words.iter().any(|it| it.starts_with(&stem))
            }
            Self::Phrase(words) => {
                message.contains_sequence(&split(&(message.fold)(&words.join(" "))))
            }
            Self::Field(name, value) => (message.field)(name, value).unwrap_or(false),
            Self::And(all) => all.iter().all(|it| it.matches(message)),
            Self::Or(all) => all.iter().any(|it| it.matches(message)),
            Self::Not(one) => !one.matches(message),
        }
    }

    /// The fields the query names, without duplicates.
    pub fn fields(&self) -> Vec<&'static str> {
        let mut named = match self {
            Self::Field(name, _) => vec![*name],
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::fields).collect(),
            Self::Not(one) => one.fields(),
            Self::All | Self::Word(_) | Self::Prefix(_) | Self::Phrase(_) => Vec::new(),
        };
        named.sort_unstable();
        named.dedup();
        named
    }
}

impl MessageView<'_> {
    /// A word of the query may be several tokens, such as `aujourd'hui`: they must be adjacent.
    fn contains_sequence(&self, asked: &[String]) -> bool {
        !asked.is_empty() && self.words.windows(asked.len()).any(|it| it == asked)
    }
}

fn split(folded: &str) -> Vec<String> {
    folded.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn fold(text: &str) -> String {
        text.to_lowercase()
            .replace(['é', 'è'], "e")
            .replace('\'', " ")
    }

    fn matches(query: &str, text: &str) -> bool {
        let words = split(&fold(text));
        let field = |name: &str, value: &str| (name == "kind").then_some(value == "complaint");
        parse(query).unwrap().matches(&MessageView {
            words: &words,
            field: &field,
            fold: &fold,
        })
    }

    #[test]
    fn words_phrases_endings_and_fields() {
        let text = "La LAMPE est arrivée cassée aujourd'hui";
        for query in [
            "lampe",
            "arrivee",
            "\"est arrivée\"",
            "cass*",
            "aujourd'hui",
            "kind:complaint lampe",
            "vase OR lampe",
            "NOT vase",
            "(vase OR lampe) NOT robe",
            "",
        ] {
            assert!(matches(query, text), "{query}");
        }
        for query in [
            "lamp",
            "\"arrivée est\"",
            "case*",
            "kind:question",
            "NOT lampe",
            "lampe vase",
            "state:open",
        ] {
            assert!(!matches(query, text), "{query}");
        }
    }

    #[test]
    fn a_field_without_meaning_matches_nothing_even_denied_twice() {
        assert!(!matches("state:open", "x") && matches("NOT state:open", "x"));
        assert_eq!(
            parse("kind:noise (lang:fr OR NOT kind:praise)")
                .unwrap()
                .fields(),
            ["kind", "lang"]
        );
    }
}
