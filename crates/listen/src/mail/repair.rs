//! Repairs what real programs break in the structure of a mail before it is read: line ends,
//! boundaries, encoded words. Only copies are repaired: the raw mail is stored unchanged.

use std::{borrow::Cow, sync::LazyLock};

use regex::bytes::{Captures, Regex};

use super::pattern::bytes_pattern;

static BOUNDARY: LazyLock<Regex> = LazyLock::new(|| {
    bytes_pattern(r#"(?i)boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^";\s]{1,200}))"#)
});
static PART: LazyLock<Regex> =
    LazyLock::new(|| bytes_pattern(r"(?m)^--([^\r\n]{1,200}?)[ \t]*\r?\n(?i:content-|mime-)"));
static MULTIPART: LazyLock<Regex> = LazyLock::new(|| {
    bytes_pattern(
        r"(?im)^content-type[ \t]*:[ \t]*(multipart/[a-z-]+)[^\r\n]*((\r?\n)[ \t][^\r\n]*)*",
    )
});
static TEXT_ALONE: LazyLock<Regex> =
    LazyLock::new(|| bytes_pattern(r"(?im)^content-type[ \t]*:[ \t]*text[ \t]*(;|\r?$)"));
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    bytes_pattern(
        r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?\r\n]*)\?=(?:\s+=\?([^?\s]{1,40})\?([bBqQ])\?([^?\r\n]*)\?=)+",
    )
});
static WORD: LazyLock<Regex> =
    LazyLock::new(|| bytes_pattern(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?\r\n]*)\?="));

/// The mail with its structure repaired; the same bytes when nothing was broken.
pub fn repaired(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = line_ends(raw);
    let raw = apply_repair(raw, encoded_words);
    let raw = apply_repair(raw, text_alone);
    let raw = apply_repair(raw, guessed_boundary);
    apply_repair(raw, closed_boundaries)
}

fn apply_repair<'a>(
    raw: Cow<'a, [u8]>,
    repair: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Cow<'a, [u8]> {
    match repair(&raw) {
        Some(repaired) => Cow::Owned(repaired),
        None => raw,
    }
}

/// Repairs a mail whose lines end with a bare CR.
fn line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(
        raw.iter()
            .map(|byte| if *byte == b'\r' { b'\n' } else { *byte })
            .collect(),
    )
}

/// Where the headers end, as a byte offset.
fn head_end(raw: &[u8]) -> usize {
    let place = |pattern: &[u8]| raw.windows(pattern.len()).position(|it| it == pattern);
    let (crlf, lf) = (place(b"\r\n\r\n"), place(b"\n\n"));
    crlf.into_iter().chain(lf).min().unwrap_or(raw.len())
}

/// Joins neighbouring encoded words of one charset, which some programs split inside a
/// character.
fn encoded_words(raw: &[u8]) -> Option<Vec<u8>> {
    let (head, body) = raw.split_at(head_end(raw));
    let (words, word): (&Regex, &Regex) = (&WORDS, &WORD);
    if !words.is_match(head) {
        return None;
    }
    let mut repaired = words
        .replace_all(head, |run: &Captures<'_>| merged(word, run))
        .into_owned();
    repaired.extend_from_slice(body);
    Some(repaired)
}

fn merged(word: &Regex, run: &Captures<'_>) -> Vec<u8> {
    let whole = run.get(0).map_or(&b""[..], |it| it.as_bytes());
    let (mut charset, mut bytes) = (Vec::new(), Vec::new());
    for found in word.captures_iter(whole) {
        let part = |at| found.get(at).map_or(&b""[..], |it| it.as_bytes());
        if charset.is_empty() {
            charset = part(1).to_ascii_lowercase();
        }
        let decoded = if part(2).eq_ignore_ascii_case(b"b") {
            mail_parser::decoders::base64::base64_decode(part(3))
        } else {
            let spaced: Vec<u8> = part(3)
                .iter()
                .map(|it| if *it == b'_' { b' ' } else { *it })
                .collect();
            // A soft break at the end would swallow what follows.
            mail_parser::decoders::quoted_printable::quoted_printable_decode(&spaced)
        };
        let Some(decoded) = decoded.filter(|_| charset == part(1).to_ascii_lowercase()) else {
            return whole.to_vec();
        };
        bytes.extend(decoded);
    }
    let mut encoded = b"=?".to_vec();
    encoded.extend(&charset);
    encoded.extend(b"?Q?");
    for byte in bytes {
        if byte.is_ascii_alphanumeric() {
            encoded.push(byte);
        } else {
            encoded.extend(format!("={byte:02X}").into_bytes());
        }
    }
    encoded.extend(b"?=");
    encoded
}

/// Treats a bare `Content-Type: text` as plain text.
fn text_alone(raw: &[u8]) -> Option<Vec<u8>> {
    let (head, body) = raw.split_at(head_end(raw));
    let pattern = &TEXT_ALONE;
    if !pattern.is_match(head) {
        return None;
    }
    let mut repaired = pattern
        .replace(head, &b"Content-Type: text/plain$1"[..])
        .into_owned();
    repaired.extend_from_slice(body);
    Some(repaired)
}

/// Repairs a multipart whose boundary is missing or never occurs: the lines that begin its
/// parts reveal it.
fn guessed_boundary(raw: &[u8]) -> Option<Vec<u8>> {
    let (head, body) = raw.split_at(head_end(raw));
    let field = MULTIPART.captures(head)?;
    let whole = field.get(0)?;
    let declared = BOUNDARY
        .captures(whole.as_bytes())
        .and_then(|it| it.get(1).or(it.get(2)));
    let comes = |boundary: &[u8]| {
        let line = [b"--", boundary].concat();
        body.windows(line.len()).any(|it| it == line)
    };
    if declared.is_some_and(|it| comes(it.as_bytes())) {
        return None;
    }
    let boundary = PART.captures(body)?.get(1)?.as_bytes();
    let kind = field.get(1)?.as_bytes();
    let mut repaired = head.get(..whole.start())?.to_vec();
    repaired.extend(b"Content-Type: ");
    repaired.extend(kind);
    repaired.extend(b"; boundary=\"");
    repaired.extend(boundary);
    repaired.extend(b"\"");
    repaired.extend(head.get(whole.end()..)?);
    repaired.extend(body);
    Some(repaired)
}

/// Closes boundaries that were never closed, at the end, innermost first.
fn closed_boundaries(raw: &[u8]) -> Option<Vec<u8>> {
    let mut open: Vec<&[u8]> = Vec::new();
    for found in BOUNDARY.captures_iter(raw).take(20) {
        let boundary = found.get(1).or(found.get(2))?.as_bytes();
        let begins = [b"--", boundary].concat();
        let ends = [begins.as_slice(), b"--"].concat();
        let has = |line: &[u8]| raw.windows(line.len()).any(|it| it == line);
        if has(&begins) && !has(&ends) && !open.contains(&boundary) {
            open.push(boundary);
        }
    }
    if open.is_empty() {
        return None;
    }
    let mut repaired = raw.to_vec();
    for boundary in open.iter().rev() {
        repaired.extend(b"\r\n--");
        repaired.extend(*boundary);
        repaired.extend(b"--\r\n");
    }
    Some(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&BOUNDARY, &PART, &MULTIPART, &TEXT_ALONE, &WORDS, &WORD] {
            assert!(!pattern.as_str().is_empty());
        }
    }

    #[test]
    fn a_sound_mail_is_left_alone() {
        let raw = b"Subject: =?utf-8?Q?caf=C3=A9?=\r\nContent-Type: multipart/mixed; \
            boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
        assert!(matches!(repaired(raw), Cow::Borrowed(_)));
    }

    #[test]
    fn words_cut_inside_a_character_are_one() {
        let raw = b"Subject: =?utf-8?Q?caf=C3?=\r\n =?UTF-8?Q?=A9_noir?=\r\n\r\nx";
        let text = String::from_utf8(repaired(raw).into_owned()).unwrap();
        assert!(
            text.starts_with("Subject: =?utf-8?Q?caf=C3=A9=20noir?=\r\n"),
            "{text}"
        );
    }
}
