//! The text of a mail: which parts contain it, their real charset, and soft line breaks
//! undone.

use mail_parser::{Encoding, Message, MessagePart, MimeHeaders as _, PartType};

use super::{html_text, split};

/// The content of a mail, before it is split.
pub struct Body {
    /// Plain text: its own, or converted from the HTML.
    pub text: String,
    pub html: Option<String>,
    /// Set when the text was converted from the HTML, with the parts its elements distinguish.
    made: Option<html_text::ZonedText>,
}

impl Body {
    /// Makes a body from a text and its HTML; an empty text is converted from the HTML.
    pub fn of(text: String, html: Option<String>) -> Self {
        match &html {
            Some(read) if text.trim().is_empty() => {
                let parts = html_text::parts(read);
                Self {
                    text: parts.whole(),
                    html,
                    made: Some(parts),
                }
            }
            _ => Self {
                text,
                html,
                made: None,
            },
        }
    }

    /// Separates what was written from what was quoted.
    pub fn split(&self, is_reply: bool) -> split::Split {
        match &self.made {
            None => split::split(&self.text, is_reply),
            Some(parts) => split::with_elements(parts, is_reply),
        }
    }
}

/// Reads the bodies: plain text when it is not empty, else the text of the HTML.
pub fn read(message: &Message<'_>, raw: &[u8]) -> Body {
    let text = join(message.text_bodies().filter_map(|part| plain(part, raw)));
    let html = join(message.html_bodies().filter_map(|part| html(part, raw)));
    Body::of(text, Some(html).filter(|it| !it.trim().is_empty()))
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts
        .filter(|it| !it.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn plain(part: &MessagePart<'_>, raw: &[u8]) -> Option<String> {
    let PartType::Text(read) = &part.body else {
        return None;
    };
    let text = repaired(part, raw, read)
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "");
    let flowed = part
        .content_type()
        .and_then(|it| it.attribute("format"))
        .is_some_and(|it| it.eq_ignore_ascii_case("flowed"));
    let delsp = part
        .content_type()
        .and_then(|it| it.attribute("delsp"))
        .is_some_and(|it| it.eq_ignore_ascii_case("yes"));
    Some(if flowed { unflow(&text, delsp) } else { text })
}

fn html(part: &MessagePart<'_>, raw: &[u8]) -> Option<String> {
    let PartType::Html(read) = &part.body else {
        return None;
    };
    Some(repaired(part, raw, read).replace('\0', ""))
}

/// The text of a part, decoded again when the declared charset cannot be right.
fn repaired(part: &MessagePart<'_>, raw: &[u8], read: &str) -> String {
    let declared = part
        .content_type()
        .and_then(|it| it.attribute("charset"))
        .map(str::to_lowercase);
    let declared = declared
        .as_deref()
        .map(|it| it.trim_matches(|it: char| !it.is_ascii_alphanumeric()));
    let sure = declared.is_some_and(|it| it.starts_with("utf-16") || it.starts_with("iso-2022"));
    if declared.is_some_and(|it| it.starts_with("utf-7")) {
        let bytes = raw
            .get(part.offset_body as usize..part.offset_end as usize)
            .unwrap_or_default();
        return utf7(&String::from_utf8_lossy(bytes));
    }
    if sure || (read.is_ascii() && !read.contains('\u{fffd}')) {
        return read.to_owned();
    }
    let bytes = raw
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default();
    let bytes = match part.encoding {
        Encoding::None => Some(bytes.to_vec()),
        Encoding::Base64 => mail_parser::decoders::base64::base64_decode(bytes),
        Encoding::QuotedPrintable => {
            mail_parser::decoders::quoted_printable::quoted_printable_decode(bytes)
        }
    };
    match bytes {
        // Multi-byte text is never valid UTF-8 by accident: a sender that declares another
        // charset is wrong.
        Some(bytes) if !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok() => {
            decode(&bytes, None)
        }
        Some(bytes) if read.contains('\u{fffd}') => decode(&bytes, declared),
        _ => read.to_owned(),
    }
}

/// Decodes bytes: as UTF-8 when valid, else in the declared charset, else as windows-1252,
/// which never fails.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
    }
    let named = declared.filter(|it| !it.contains("utf") && !it.contains("ascii"));
    if let Some(decoder) =
        named.and_then(|it| mail_parser::decoders::charsets::map::charset_decoder(it.as_bytes()))
    {
        return decoder(bytes);
    }
    mail_parser::decoders::charsets::map::charset_decoder(b"windows-1252").map_or_else(
        || String::from_utf8_lossy(bytes).into_owned(),
        |decoder| decoder(bytes),
    )
}

/// UTF-7 (RFC 2152): between `+` and `-` are UTF-16 units in base64; `+-` is a plus.
fn utf7(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('+') {
        out.push_str(before);
        let length = after
            .bytes()
            .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/'))
            .count();
        let (coded, next) = after.split_at(length);
        if coded.is_empty() && next.starts_with('-') {
            out.push('+');
        } else {
            let padded = format!("{coded}{}", "=".repeat((4 - coded.len() % 4) % 4));
            let bytes =
                mail_parser::decoders::base64::base64_decode(padded.as_bytes()).unwrap_or_default();
            let units = bytes.chunks_exact(2).map(|pair| {
                u16::from_be_bytes([
                    pair.first().copied().unwrap_or(0),
                    pair.get(1).copied().unwrap_or(0),
                ])
            });
            out.extend(
                char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)),
            );
        }
        rest = next.strip_prefix('-').unwrap_or(next);
    }
    out.push_str(rest);
    out
}

/// Undoes soft breaks (RFC 3676): a line ending with a space continues at the same quotation
/// depth.
fn unflow(text: &str, delsp: bool) -> String {
    let depth = |line: &str| line.bytes().take_while(|it| *it == b'>').count();
    let mut out: Vec<String> = Vec::new();
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let quoted = depth(line);
        let (marks, content) = line.split_at(quoted);
        let content = content.strip_prefix(' ').unwrap_or(content);
        match out.last_mut().filter(|_| open == Some(quoted)) {
            Some(last) => last.push_str(content),
            None if quoted > 0 => out.push(format!("{marks} {content}")),
            None => out.push(content.to_owned()),
        }
        let soft = content.ends_with(' ') && content != "-- ";
        open = soft.then_some(quoted);
        if soft
            && delsp
            && let Some(last) = out.last_mut()
        {
            last.pop();
        }
    }
    out.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_breaks_are_undone_and_hard_ones_kept() {
        assert_eq!(
            unflow("one \ntwo\nthree\n-- \nme", false),
            "one two\nthree\n-- \nme"
        );
        assert_eq!(unflow("> one \n> two\nme", false), "> one two\nme");
        assert_eq!(unflow("be \nfore", true), "before");
        assert_eq!(unflow(" > not a quote", false), "> not a quote");
    }

    #[test]
    fn seven_bits_hold_every_letter() {
        assert_eq!(utf7("Hi Mom -+Jjo--!"), "Hi Mom -\u{263a}-!");
        assert_eq!(utf7("1 +- 1"), "1 + 1");
    }

    #[test]
    fn bytes_of_any_charset_are_text() {
        assert_eq!(decode("déjà".as_bytes(), Some("us-ascii")), "déjà");
        assert_eq!(decode(b"d\xe9j\xe0 \x80", Some("us-ascii")), "déjà €");
        assert_eq!(decode(b"10 \xa4", Some("iso-8859-15")), "10 €");
        assert_eq!(decode(b"d\xe9j\xe0", Some("x-unknown")), "déjà");
    }
}
