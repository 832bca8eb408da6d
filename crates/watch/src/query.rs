//! The canonical tree of a query, and its form with every parenthesis written out.

use std::fmt;

/// Fields a query may name, with what each expects.
pub const FIELDS: [(&str, &str); 13] = [
    ("source", "the name of a source"),
    (
        "channel",
        "site, form, mail, shop, phone, after_sales or network",
    ),
    (
        "kind",
        "complaint, question, praise, market, rumour, noise or unknown",
    ),
    ("feeling", "negative, neutral, positive or unsure"),
    (
        "state",
        "open, snoozed, waiting_customer, waiting_colleague, aside or closed",
    ),
    ("tag", "the name of a tag"),
    ("owner", "a name, or none"),
    ("author", "a name, an account or an address"),
    ("by", "customer or brand"),
    ("has", "attachment"),
    ("since", "a day, as 2026-11-17"),
    ("until", "a day, as 2026-11-17"),
    ("lang", "a language, as fr"),
];

/// A query of the watch language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Matches every message.
    All,
    /// A word, as typed.
    Word(String),
    /// Words with this prefix.
    Prefix(String),
    /// Adjacent words in this order.
    Phrase(Vec<String>),
    /// A field of the message or of its case.
    Field(&'static str, String),
    /// All of them.
    And(Vec<Query>),
    /// At least one of them.
    Or(Vec<Query>),
    Not(Box<Query>),
}

impl Query {
    /// The words it searches for, except excluded ones; used to highlight them.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Word(word) | Self::Prefix(word) => vec![word],
            Self::Phrase(words) => words.iter().map(String::as_str).collect(),
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::words).collect(),
            Self::All | Self::Field(..) | Self::Not(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, all: &[Self], word: &str| {
            f.write_str("(")?;
            for (place, one) in all.iter().enumerate() {
                if place > 0 {
                    write!(f, " {word} ")?;
                }
                write!(f, "{one}")?;
            }
            f.write_str(")")
        };
        match self {
            Self::All => f.write_str("*"),
            Self::Word(word) => f.write_str(word),
            Self::Prefix(word) => write!(f, "{word}*"),
            Self::Phrase(words) => write!(f, "\"{}\"", words.join(" ")),
            // A parenthesis in a name would be read as part of the query.
            Self::Field(name, value)
                if !value
                    .chars()
                    .all(|it| it.is_alphanumeric() || "-_.@+".contains(it)) =>
            {
                write!(f, "{name}:\"{value}\"")
            }
            Self::Field(name, value) => write!(f, "{name}:{value}"),
            Self::And(all) => joined(f, all, "AND"),
            Self::Or(all) => joined(f, all, "OR"),
            Self::Not(one) => write!(f, "NOT {one}"),
        }
    }
}
