//! The text of an HTML mail, each line classified by its elements: written, quoted, signature.

use ego_tree::iter::Edge;
use scraper::{Node, node::Element};

use crate::html::{self, BoundedHtml};

/// What an element indicates about its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The author's text, as far as elements show.
    Written,
    Quoted,
    Signature,
}

/// The lines of an HTML mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ZonedText {
    /// In document order.
    pub lines: Vec<(Zone, String)>,
}

impl ZonedText {
    /// The whole text, all lines joined.
    pub fn whole(&self) -> String {
        self.lines
            .iter()
            .map(|it| it.1.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Elements that begin and end a line.
const BLOCKS: [&str; 31] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
const SILENT: [&str; 6] = ["head", "script", "style", "title", "noscript", "template"];

/// Splits HTML into lines.
pub fn parts(html: &str) -> ZonedText {
    let BoundedHtml { tree, beyond } = html::parse(html);
    let mut lines = LineBuilder {
        out: Vec::new(),
        line: String::new(),
        zone: Zone::Written,
        blank_due: false,
    };
    let (mut zones, mut silent, mut plain) = (vec![Zone::Written], 0_usize, 0_usize);
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) if silent == 0 => lines.text(text, plain > 0),
                Node::Element(element) => {
                    silent += usize::from(SILENT.contains(&element.name()));
                    plain += usize::from(element.name() == "pre");
                    lines.enter(element);
                    let zone = match (
                        zones.last().copied().unwrap_or(Zone::Written),
                        means(element),
                    ) {
                        (Zone::Quoted, _) => Zone::Quoted,
                        (_, Some(ElementMeaning::Zone(zone))) => zone,
                        (zone, Some(ElementMeaning::QuotedFromHere)) => {
                            // Everything after this is the older mail, including the elements
                            // that follow.
                            zones.iter_mut().for_each(|it| *it = Zone::Quoted);
                            if zone == Zone::Quoted {
                                zone
                            } else {
                                Zone::Quoted
                            }
                        }
                        (zone, None) => zone,
                    };
                    zones.push(zone);
                    lines.turn(zone);
                }
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    silent -= usize::from(SILENT.contains(&element.name()));
                    plain -= usize::from(element.name() == "pre");
                    lines.leave(element);
                    zones.pop();
                    lines.turn(zones.last().copied().unwrap_or(Zone::Written));
                }
            }
        }
    }
    lines.end_line();
    lines.text(&beyond, true);
    lines.end_line();
    ZonedText { lines: lines.out }
}

enum ElementMeaning {
    Zone(Zone),
    QuotedFromHere,
}

/// What mail programs mean by an element.
fn means(element: &Element) -> Option<ElementMeaning> {
    let class = |name: &str| element.classes().any(|it| it == name);
    let id = element.id().unwrap_or_default();
    let style = element.attr("style").unwrap_or_default().to_lowercase();
    let quoted = class("gmail_quote")
        || class("gmail_quote_container")
        || class("yahoo_quoted")
        || class("protonmail_quote")
        || class("moz-cite-prefix")
        || class("zmail_extra")
        || (element.name() == "blockquote"
            && (element.attr("type") == Some("cite") || class("cite")));
    let signature = class("gmail_signature")
        || class("moz-signature")
        || class("protonmail_signature_block")
        || matches!(
            id,
            "Signature" | "signature" | "ms-outlook-mobile-signature" | "AppleMailSignature"
        );
    let from_here = matches!(
        id,
        "divRplyFwdMsg" | "appendonsend" | "mail-editor-reference-message-container"
    ) || id.ends_with("_divRplyFwdMsg")
        || (style.contains("border-top:solid #e1e1e1")
            || style.contains("border-top:solid #b5c4df"));
    if from_here {
        Some(ElementMeaning::QuotedFromHere)
    } else if quoted {
        Some(ElementMeaning::Zone(Zone::Quoted))
    } else if signature {
        Some(ElementMeaning::Zone(Zone::Signature))
    } else {
        None
    }
}

struct LineBuilder {
    out: Vec<(Zone, String)>,
    line: String,
    zone: Zone,
    blank_due: bool,
}

impl LineBuilder {
    fn text(&mut self, text: &str, plain: bool) {
        if plain {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.new_line();
                }
                self.line.push_str(line);
            }
            return;
        }
        for letter in text.chars() {
            // A no-break space is deliberate; other blanks collapse into one.
            if letter.is_whitespace() && letter != '\u{a0}' && letter != '\u{202f}' {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
            } else {
                self.line.push(letter);
            }
        }
    }

    fn enter(&mut self, element: &Element) {
        match element.name() {
            "br" => self.new_line(),
            "td" | "th" if !self.line.is_empty() => self.line.push(' '),
            name if BLOCKS.contains(&name) => {
                self.end_line();
                self.blank_due |= matches!(
                    name,
                    "p" | "blockquote" | "h1" | "h2" | "h3" | "ul" | "ol" | "table"
                );
            }
            _ => {}
        }
    }

    fn leave(&mut self, element: &Element) {
        if BLOCKS.contains(&element.name()) {
            self.end_line();
            self.blank_due |= matches!(
                element.name(),
                "p" | "blockquote" | "h1" | "h2" | "h3" | "ul" | "ol" | "table"
            );
        }
    }

    fn turn(&mut self, zone: Zone) {
        if zone != self.zone {
            self.end_line();
            self.zone = zone;
        }
    }

    fn end_line(&mut self) {
        if !self.line.trim().is_empty() {
            self.new_line();
        }
        self.line.clear();
    }

    fn new_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let empty = |it: Option<&(Zone, String)>| it.is_none_or(|it| it.1.is_empty());
        if std::mem::take(&mut self.blank_due) && !empty(self.out.last()) && !line.trim().is_empty()
        {
            self.out.push((self.zone, String::new()));
        }
        let trimmed = line.trim_end_matches(' ');
        // Consecutive blank lines collapse into one.
        if !(trimmed.is_empty() && empty(self.out.last())) {
            self.out.push((self.zone, trimmed.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_lines_and_blanks_are_one() {
        let text = parts(
            "<p>One\n two</p><p>three&nbsp;four<br>five</p><ul><li>six</li></ul><style>no</style>",
        )
        .whole();
        assert_eq!(text, "One two\n\nthree\u{a0}four\nfive\n\nsix");
    }

    #[test]
    fn elements_tell_quotations_and_signatures() {
        let html = "<div>Yes</div><div class=gmail_signature>Jo</div><div class=\"gmail_quote\">Le \
            lundi<blockquote>old</blockquote></div>";
        let lines = parts(html).lines;
        assert_eq!(lines.first(), Some(&(Zone::Written, "Yes".to_owned())));
        assert_eq!(lines.get(1), Some(&(Zone::Signature, "Jo".to_owned())));
        assert!(lines.iter().skip(2).all(|it| it.0 == Zone::Quoted));
        let html = "<div>Yes</div><div id=divRplyFwdMsg>De : x</div><p>old</p>";
        assert_eq!(
            parts(html).lines.last(),
            Some(&(Zone::Quoted, "old".to_owned()))
        );
    }
}
