//! Parses a query. NOT binds tighter than AND, AND than OR; adjacent words are joined by AND.
//! An error gives the position and what was expected.

use vigie_model::{CaseState, Channel, Kind, Sentiment};

use crate::query::{FIELDS, Query};

/// What is wrong, and where: UTF-8 byte offsets `[start, end)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    pub start: usize,
    pub end: usize,
    /// Stable code.
    pub problem: &'static str,
    /// As a sentence.
    pub detail: String,
}

/// The deepest nesting of parentheses accepted.
const DEEPEST: usize = 50;
/// The longest query accepted, in bytes.
const LONGEST: usize = 4_000;

/// Parses a query; an empty one matches everything.
pub fn parse(text: &str) -> Result<Query, ParseError> {
    if text.len() > LONGEST {
        return Err(wrong(
            0,
            text.len(),
            "query_too_long",
            format!("a query holds at most {LONGEST} bytes"),
        ));
    }
    let tokens = tokens(text)?;
    let mut reader = Parser {
        tokens: &tokens,
        position: 0,
        end: text.len(),
        depth: 0,
    };
    if tokens.is_empty() {
        return Ok(Query::All);
    }
    let query = reader.or()?;
    match reader.tokens.get(reader.position) {
        None => Ok(query),
        Some(token) => Err(wrong(
            token.start,
            token.end,
            "unexpected",
            "this parenthesis closes nothing".into(),
        )),
    }
}

fn wrong(start: usize, end: usize, problem: &'static str, detail: String) -> ParseError {
    ParseError {
        start,
        end,
        problem,
        detail,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TokenKind {
    Open,
    Close,
    And,
    Or,
    Not,
    Word(String),
    Quoted(String),
    Field(&'static str, String),
}

#[derive(Debug, Clone)]
struct Token {
    start: usize,
    end: usize,
    what: TokenKind,
}

fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(first) = text.get(at..).and_then(|it| it.chars().next()) {
        let start = at;
        at += first.len_utf8();
        let what = match first {
            it if it.is_whitespace() => continue,
            '(' => TokenKind::Open,
            ')' => TokenKind::Close,
            '"' | '“' | '«' => TokenKind::Quoted(quoted(text, start, &mut at, first)?),
            '-' if text
                .get(at..)
                .is_some_and(|it| it.starts_with(|it: char| !it.is_whitespace())) =>
            {
                TokenKind::Not
            }
            _ => {
                let rest = text.get(start..).unwrap_or_default();
                let ends =
                    |it: char| it.is_whitespace() || matches!(it, '(' | ')' | '"' | '“' | '«');
                let word = rest.split(ends).next().unwrap_or_default();
                at = start + word.len();
                word_or_field(text, start, &mut at, word)?
            }
        };
        tokens.push(Token {
            start,
            end: at,
            what,
        });
    }
    Ok(tokens)
}

/// The text up to the closing quote; `at` is moved past it.
fn quoted(text: &str, start: usize, at: &mut usize, opening: char) -> Result<String, ParseError> {
    let closing = match opening {
        '“' => '”',
        '«' => '»',
        other => other,
    };
    let rest = text.get(*at..).unwrap_or_default();
    let Some(length) = rest.find(closing) else {
        return Err(wrong(
            start,
            text.len(),
            "quote_open",
            format!("this quotation is never closed: add {closing}"),
        ));
    };
    *at += length + closing.len_utf8();
    Ok(rest.get(..length).unwrap_or_default().trim().to_owned())
}

fn word_or_field(
    text: &str,
    start: usize,
    at: &mut usize,
    word: &str,
) -> Result<TokenKind, ParseError> {
    match word {
        "AND" | "ET" => return Ok(TokenKind::And),
        "OR" | "OU" => return Ok(TokenKind::Or),
        "NOT" | "SAUF" => return Ok(TokenKind::Not),
        _ => {}
    }
    let Some((name, value)) = word
        .split_once(':')
        .filter(|it| it.0.bytes().all(|it| it.is_ascii_lowercase()))
    else {
        return Ok(TokenKind::Word(word.to_owned()));
    };
    if value.starts_with("//") || name.is_empty() {
        return Ok(TokenKind::Word(word.to_owned()));
    }
    let end = start + name.len();
    let Some((name, expected)) = FIELDS.iter().find(|it| it.0 == name) else {
        let names: Vec<_> = FIELDS.iter().map(|it| it.0).collect();
        return Err(wrong(
            start,
            end,
            "field_unknown",
            format!("no field {name}; the fields are {}", names.join(", ")),
        ));
    };
    let mut value = value.to_owned();
    if value.is_empty() && text.get(*at..).is_some_and(|it| it.starts_with('"')) {
        let opening = *at;
        *at += 1;
        value = quoted(text, opening, at, '"')?;
    }
    if value.is_empty() {
        return Err(wrong(
            start,
            *at,
            "value_missing",
            format!("{name}: expects {expected}"),
        ));
    }
    if !knows(name, &value) {
        return Err(wrong(
            start,
            *at,
            "code_unknown",
            format!("{name}: there is no {value}; it expects {expected}"),
        ));
    }
    Ok(TokenKind::Field(name, value))
}

/// Whether a field with a closed vocabulary accepts that value; names, days and accounts are
/// not checked here.
fn knows(field: &str, value: &str) -> bool {
    match field {
        "channel" => value.parse::<Channel>().is_ok(),
        "kind" => value.parse::<Kind>().is_ok(),
        "feeling" => value.parse::<Sentiment>().is_ok(),
        "state" => value.parse::<CaseState>().is_ok(),
        _ => true,
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    position: usize,
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.position).map(|it| &it.what)
    }

    fn or(&mut self) -> Result<Query, ParseError> {
        let mut all = vec![self.and()?];
        while self.peek() == Some(&TokenKind::Or) {
            self.position += 1;
            all.push(self.and()?);
        }
        Ok(one_or(all, Query::Or))
    }

    fn and(&mut self) -> Result<Query, ParseError> {
        let mut all = vec![self.not()?];
        loop {
            match self.peek() {
                Some(TokenKind::And) => self.position += 1,
                None | Some(TokenKind::Or | TokenKind::Close) => {
                    return Ok(one_or(all, Query::And));
                }
                Some(_) => {}
            }
            all.push(self.not()?);
        }
    }

    fn not(&mut self) -> Result<Query, ParseError> {
        let mut denied = false;
        while self.peek() == Some(&TokenKind::Not) {
            denied = !denied;
            self.position += 1;
        }
        let one = self.one()?;
        Ok(if denied {
            Query::Not(Box::new(one))
        } else {
            one
        })
    }

    fn one(&mut self) -> Result<Query, ParseError> {
        let Some(token) = self.tokens.get(self.position).cloned() else {
            return Err(wrong(
                self.end,
                self.end,
                "word_missing",
                "a word is missing here".into(),
            ));
        };
        self.position += 1;
        Ok(match token.what {
            TokenKind::Word(word) => match word.strip_suffix('*') {
                Some(stem) if stem.chars().count() >= 2 => Query::Prefix(stem.to_owned()),
                Some(_) => {
                    let detail = "at least two letters before *".to_owned();
                    return Err(wrong(token.start, token.end, "prefix_too_short", detail));
                }
                None => Query::Word(word),
            },
            TokenKind::Quoted(text) => {
                let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
                if words.is_empty() {
                    return Err(wrong(
                        token.start,
                        token.end,
                        "phrase_empty",
                        "words between the quotation marks".into(),
                    ));
                }
                Query::Phrase(words)
            }
            TokenKind::Field(name, value) => Query::Field(name, value),
            TokenKind::Open => self.group(&token)?,
            TokenKind::Close | TokenKind::And | TokenKind::Or | TokenKind::Not => {
                return Err(wrong(
                    token.start,
                    token.end,
                    "word_missing",
                    "a word is missing before this".into(),
                ));
            }
        })
    }

    fn group(&mut self, open: &Token) -> Result<Query, ParseError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(wrong(
                open.start,
                open.end,
                "too_deep",
                format!("at most {DEEPEST} parentheses within another"),
            ));
        }
        let inside = self.or()?;
        if self.peek() != Some(&TokenKind::Close) {
            return Err(wrong(
                open.start,
                open.end,
                "parenthesis_open",
                "this parenthesis is never closed".into(),
            ));
        }
        self.position += 1;
        self.depth -= 1;
        Ok(inside)
    }
}

fn one_or(mut all: Vec<Query>, many: impl Fn(Vec<Query>) -> Query) -> Query {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        Some(last) => {
            all.push(last);
            many(all)
        }
        None => Query::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> String {
        parse(text).unwrap().to_string()
    }

    #[test]
    fn trees_show_every_parenthesis() {
        for (text, shown) in [
            ("", "*"),
            ("lost parcel", "(lost AND parcel)"),
            (
                "lost OR late parcel -refund",
                "(lost OR (late AND parcel AND NOT refund))",
            ),
            (
                "(lost OR late) \"blue lamp\"",
                "((lost OR late) AND \"blue lamp\")",
            ),
            ("colis SAUF perdu", "(colis AND NOT perdu)"),
            (
                "kind:complaint since:2026-01-01 pann*",
                "(kind:complaint AND since:2026-01-01 AND pann*)",
            ),
            (
                "owner:\"Claire Morvan\" https://x.org/a",
                "(owner:\"Claire Morvan\" AND https://x.org/a)",
            ),
            ("« colis perdu »", "\"colis perdu\""),
            ("NOT NOT a", "a"),
            ("10:30", "10:30"),
        ] {
            assert_eq!(tree(text), shown, "{text}");
        }
    }

    #[test]
    fn a_tree_written_out_is_read_the_same() {
        for text in [
            "a b OR c -d",
            "(a OR b) kind:praise",
            "\"x y\" pre* NOT (z OR w)",
        ] {
            let query = parse(text).unwrap();
            assert_eq!(parse(&query.to_string()).unwrap(), query);
        }
    }

    #[test]
    fn errors_name_the_place() {
        for (text, start, end, problem) in [
            ("lost (parcel", 5, 6, "parenthesis_open"),
            ("lost parcel)", 11, 12, "unexpected"),
            ("a OR", 4, 4, "word_missing"),
            ("AND b", 0, 3, "word_missing"),
            ("color:red", 0, 5, "field_unknown"),
            ("kind:", 0, 5, "value_missing"),
            ("kind:réclamation", 0, 17, "code_unknown"),
            ("é \"open", 3, 8, "quote_open"),
            ("a*", 0, 2, "prefix_too_short"),
            ("channel:pigeon", 0, 14, "code_unknown"),
            ("feeling:glad", 0, 12, "code_unknown"),
            ("state:gone", 0, 10, "code_unknown"),
        ] {
            let found = parse(text).unwrap_err();
            assert_eq!(
                (found.start, found.end, found.problem),
                (start, end, problem),
                "{text}"
            );
        }
    }

    #[test]
    fn a_query_has_an_end() {
        let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(tree(&nested(DEEPEST)), "a");
        let deeper = parse(&nested(DEEPEST + 1)).unwrap_err();
        assert_eq!((deeper.start, deeper.problem), (DEEPEST, "too_deep"));
        // Parentheses that follow one another lie in none.
        assert!(parse(&"(a) ".repeat(DEEPEST + 1)).is_ok());

        assert!(parse(&"a".repeat(LONGEST)).is_ok());
        let longer = parse(&"a".repeat(LONGEST + 1)).unwrap_err();
        assert_eq!(longer.problem, "query_too_long");
    }

    #[test]
    fn a_dash_excludes_only_what_follows_it_at_once() {
        assert_eq!(tree("lost -refund"), "(lost AND NOT refund)");
        assert_eq!(tree("lost - refund"), "(lost AND - AND refund)");
        assert_eq!(tree("lost -"), "(lost AND -)");
    }

    #[test]
    fn what_is_searched_for_is_highlighted_and_what_is_excluded_is_not() {
        let query = parse("lost pann* \"blue lamp\" (a OR b) kind:praise -refund").unwrap();
        assert_eq!(query.words(), ["lost", "pann", "blue", "lamp", "a", "b"]);
        assert!(parse("").unwrap().words().is_empty());
    }
}
