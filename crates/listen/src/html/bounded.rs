//! HTML read in a time that grows with its length only, whatever it holds: parsing stops where it
//! nests too deeply or holds too much, and what is beyond is plain text.
//!
//! The algorithm of the standard asks of each tag whether something is open among all that is:
//! 250 KB of nested elements took eleven seconds.

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink as _};
use scraper::{Html, HtmlTreeSink};

/// The longest HTML laid out, in bytes: no newsletter is longer.
const LONGEST: usize = 1024 * 1024;
/// The deepest nesting of elements; replies to replies reach a hundred.
const DEEPEST: usize = 256;
/// The most elements and texts.
const MOST_NODES: usize = 50_000;
/// How much is parsed between two looks at what it made, in bytes.
const STEP: usize = 512;
/// The most words between two tags: a tag with more attributes than that takes a time that grows
/// with their square.
const MOST_WORDS: usize = 8_000;
/// The most text kept of what is beyond, in characters.
const LONGEST_BEYOND: usize = 200_000;

/// HTML as far as it can be laid out.
pub struct BoundedHtml {
    pub tree: Html,
    /// The text of the rest, without its tags; empty when there is none.
    pub beyond: String,
}

/// Parses HTML within the bounds.
pub fn parse(html: &str) -> BoundedHtml {
    let within = first_bytes(html, LONGEST.min(end_of_words(html)));
    let mut parser = parse_document(
        HtmlTreeSink::new(Html::new_document()),
        ParseOpts::default(),
    );
    let mut rest = within;
    while !rest.is_empty() {
        let step = first_bytes(rest, STEP);
        parser.process(step.into());
        rest = rest.strip_prefix(step).unwrap_or_default(); // default: it is its beginning
        if is_too_much(&parser.tokenizer.sink.sink.0.borrow()) {
            break;
        }
    }

    let (_, beyond) = html.split_at(whole_tags(html, within.len() - rest.len()));
    BoundedHtml {
        tree: parser.finish(),
        beyond: untagged(beyond),
    }
}

/// The place before the tag in the middle of which `at` stands, else `at`: parsing leaves out what
/// is half a tag.
fn whole_tags(html: &str, at: usize) -> usize {
    let (before, after) = html.split_at(at);
    if after.is_empty() {
        return at;
    }
    let open = before
        .rfind('<')
        .filter(|open| before.rfind('>').is_none_or(|it| it < *open));
    open.unwrap_or(at) // default: it stands between tags
}

fn is_too_much(html: &Html) -> bool {
    let mut nodes = html.tree.nodes();
    let deepest = |last: ego_tree::NodeRef<'_, _>| last.ancestors().take(DEEPEST).count();
    nodes.len() > MOST_NODES || nodes.next_back().map(deepest) == Some(DEEPEST)
}

/// The first bytes of a text, up to the end of a character; one whole character at least.
fn first_bytes(text: &str, most: usize) -> &str {
    let end = (most.max(4)..text.len()).find(|at| text.is_char_boundary(*at));
    // default: the whole of it
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Where the words since the last tag are more than any tag or text has.
fn end_of_words(html: &str) -> usize {
    let mut words = 0;
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'<' => words = 0,
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' => words += 1,
            _ => {}
        }
        if words > MOST_WORDS {
            return at;
        }
    }
    html.len()
}

/// The text of HTML that is not laid out: its tags taken off, each for a space.
fn untagged(html: &str) -> String {
    let mut text = String::new();
    let mut letters = html.chars().peekable();
    let begins_tag = |it: &char| it.is_ascii_alphabetic() || matches!(it, '/' | '!' | '?');
    while let Some(letter) = letters.next() {
        if letter == '<' && letters.peek().is_some_and(begins_tag) {
            letters.by_ref().find(|it| *it == '>');
            if !text.ends_with(char::is_whitespace) {
                text.push(' ');
            }
        } else if letter != ' ' || !text.ends_with(' ') {
            text.push(letter);
        }
    }
    text.trim().chars().take(LONGEST_BEYOND).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(html: &Html) -> usize {
        let depths = html.tree.nodes().map(|node| node.ancestors().count());
        depths.max().unwrap_or_default()
    }

    #[test]
    fn what_people_write_is_laid_out_whole() {
        let replies = "<div class=gmail_quote><blockquote>Yes<br>".repeat(60);
        let table = format!(
            "<table>{}</table>",
            "<tr><td>a</td><td><b>b</b></td></tr>".repeat(2_000)
        );
        let words = "word ".repeat(7_000);
        for html in [
            "",
            "<p>Bonjour</p>",
            "un <b>deux</b> 3 < 4 & 5",
            &replies,
            &table,
            &words,
        ] {
            assert_eq!(parse(html).beyond, "", "{} bytes", html.len());
        }
        let text = parse("<p>L’été & l'hiver</p>").tree;
        let words: String = text.root_element().text().collect();
        assert_eq!(words, "L’été & l'hiver");
    }

    #[test]
    fn what_is_beyond_is_text() {
        let deep = "<div>".repeat(3_000);
        let html = format!("<p>Hello</p>{deep}<i>the end</i>, 3 < 4<br>Jo");

        let parsed = parse(&html);

        let words: String = parsed.tree.root_element().text().collect();
        assert_eq!(words, "Hello");
        assert_eq!(parsed.beyond, "the end , 3 < 4 Jo");
    }

    #[test]
    fn nothing_nests_deeper_or_holds_more_than_the_bounds() {
        let numbered = |tag: &str, count: usize| -> String {
            let tags = (0..count).map(|number| format!("<{tag} a={number}>"));
            tags.collect()
        };
        let bold: String = (0..4_000)
            .map(|number| format!("<p><b a={number}>x</p>"))
            .collect();
        let attributes = numbered("p", 0) + "<p " + &"a b c d ".repeat(30_000) + ">x";
        for html in [
            "<div>".repeat(50_000),
            "<ul><li>".repeat(30_000),
            "<blockquote>".repeat(20_000),
            numbered("font", 20_000),
            bold,
            format!("<table>{}", "x<i>".repeat(60_000)),
            format!("<svg><style>{}", "<g>".repeat(60_000)),
            "<!--".repeat(50_000),
            "<p>x".repeat(300_000),
            attributes,
        ] {
            let parsed = parse(&html);

            let start: String = html.chars().take(30).collect();
            assert!(depth(&parsed.tree) < DEEPEST + STEP, "{start}");
            assert!(
                parsed.tree.tree.nodes().len() < MOST_NODES + 200 * STEP,
                "{start}"
            );
        }
    }
}
