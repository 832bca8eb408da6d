//! Headers as raw lines, and thread identifiers in every form that programs give them.

use std::collections::HashSet;

use super::body;

/// The headers of a mail: names in lower case, values unfolded and decoded whatever their
/// charset.
pub struct Headers {
    fields: Vec<(String, String)>,
}

/// More headers than any real mail has: the rest is treated as an attack.
const MOST: usize = 2_000;
/// The most identifiers of one header that are of use.
const MOST_IDS: usize = 200;

impl Headers {
    /// Reads the headers of a raw mail.
    pub fn of(raw: &[u8]) -> Self {
        let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
        for line in raw.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() || fields.len() >= MOST {
                break;
            }
            let folded = line.first().is_some_and(|it| matches!(it, b' ' | b'\t'));
            match (folded, fields.last_mut()) {
                (true, Some((_, value))) => {
                    value.push(b' ');
                    value.extend_from_slice(line.trim_ascii());
                }
                _ => fields.extend(field(line)),
            }
        }
        Self {
            fields: fields
                .into_iter()
                .map(|(name, value)| (name, body::decode(&value, None)))
                .collect(),
        }
    }

    /// The first value of a header.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|it| it.0 == name)
            .map(|it| it.1.as_str())
    }

    /// Every value of a header.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.fields
            .iter()
            .filter(move |it| it.0 == name)
            .map(|it| it.1.as_str())
    }

    /// Whether the header is present and not empty.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|it| !it.is_empty())
    }

    /// The first identifier of a header, including repeated headers.
    pub fn first_id(&self, name: &str) -> Option<String> {
        self.values(name).flat_map(ids).next()
    }

    /// The last identifiers of a header, in order, without duplicates: those that stand closest to
    /// the mail itself.
    pub fn ids(&self, name: &str) -> Vec<String> {
        let mut all: Vec<String> = self.values(name).flat_map(ids).collect();
        let mut seen = HashSet::new();
        all.retain(|id| seen.insert(id.clone()));
        all.split_off(all.len().saturating_sub(MOST_IDS))
    }
}

fn field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|it| *it == b':')?;
    let (name, value) = line.split_at(colon);
    let name = std::str::from_utf8(name).ok()?.trim().to_lowercase();
    let value = value
        .strip_prefix(b":")
        .unwrap_or(value)
        .trim_ascii()
        .to_vec();
    (!name.is_empty() && !name.contains(' ')).then_some((name, value))
}

/// The identifiers of a value: what is in brackets, or, without brackets, each word with an at
/// sign.
fn ids(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let (inside, next) = after.split_once('>').unwrap_or((after, ""));
        // Some programs fold a header in the middle of an identifier.
        let id: String = inside.chars().filter(|it| !it.is_whitespace()).collect();
        found.push(id);
        rest = next;
    }
    if found.is_empty() {
        let words = value.split(|it: char| it.is_whitespace() || it == ',' || it == ';');
        found.extend(words.filter(|it| it.contains('@')).map(str::to_owned));
    }
    if found.is_empty() && !value.contains(['<', '>', ' ']) {
        found.push(value.trim().to_owned());
    }
    found.retain(|it| !it.is_empty() && it.len() <= 500);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_found_in_every_form() {
        assert_eq!(ids("<a@b> <c@d>"), ["a@b", "c@d"]);
        assert_eq!(ids("<a@b><c@d>"), ["a@b", "c@d"]);
        assert_eq!(ids("<a@b>,\t<c@d>"), ["a@b", "c@d"]);
        assert_eq!(ids("Message from Jo of Monday <a@b>"), ["a@b"]);
        assert_eq!(ids("a@b"), ["a@b"]);
        assert_eq!(ids("< a@b >"), ["a@b"]);
        assert!(ids("<>").is_empty());
        assert!(ids("your message of Monday").is_empty());
    }
}
