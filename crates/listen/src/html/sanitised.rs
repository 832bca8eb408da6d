//! Customers' HTML made harmless: a short list of tags, no script, no style, no form; pictures
//! only through our proxy.

use std::{borrow::Cow, collections::HashSet};

use serde::{Deserialize, Serialize};

use super::parse;

/// HTML that can be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeHtml {
    /// Empty when nothing is left.
    pub html: String,
    /// Whether some of it could not be laid out, and stands at the end as text.
    pub cut: bool,
}

/// The tags that are shown.
const TAGS: [&str; 31] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// Makes HTML harmless, in a time that grows with its length only.
pub fn sanitise(html: &str) -> SafeHtml {
    let parsed = parse(html);
    let clean = ammonia::Builder::default()
        .tags(HashSet::from(TAGS))
        .generic_attributes(HashSet::new())
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("noopener noreferrer nofollow"))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") => Some(Cow::Owned(through_proxy(value)?)),
            _ => Some(value.into()),
        })
        // What was read within bounds is balanced: reading it again stays within them.
        .clean(&parsed.tree.html())
        .to_string();
    let cut = !parsed.beyond.is_empty();
    let html = match cut {
        true => format!("{clean}<p>{}</p>", escaped(&parsed.beyond)),
        false => clean,
    };
    SafeHtml { html, cut }
}

/// Text as it stands between tags.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

fn through_proxy(address: &str) -> Option<String> {
    let web = address.starts_with("http://") || address.starts_with("https://");
    let encoded: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    web.then(|| format!("/api/v1/picture?url={encoded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_styles_and_handlers_vanish_and_pictures_go_through_the_proxy() {
        let hostile = r#"<p onclick="x()">Bonjour<script>alert(1)</script><img src="https://a.example/p.png" onerror="x()">
            <a href="javascript:x()">lien</a><iframe src="https://a.example"></iframe><img src="data:image/svg+xml,x"></p>"#;
        let clean = sanitise(hostile).html;
        for forbidden in [
            "script",
            "onclick",
            "onerror",
            "javascript:",
            "iframe",
            "data:",
        ] {
            assert!(!clean.contains(forbidden), "{forbidden} in {clean}");
        }
        assert!(
            clean.contains("/api/v1/picture?url=https%3A%2F%2Fa.example%2Fp.png"),
            "{clean}"
        );
    }

    #[test]
    fn what_nests_without_end_is_shown_as_text() {
        let html = format!(
            "<p>Hello</p>{}It <b>leaks</b> & drips",
            "<div>".repeat(3_000)
        );

        let safe = sanitise(&html);

        assert!(safe.cut && safe.html.contains("Hello"), "{}", safe.html);
        assert!(
            safe.html.ends_with("It leaks &amp; drips</p>"),
            "{}",
            safe.html
        );
        assert!(!sanitise("<p>Hello</p>").cut);
    }
}
