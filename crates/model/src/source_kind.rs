//! The kind of a source. Unlike the closed vocabularies it is open: each connector brings its own.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::UnknownCode;

/// Most letters of a code.
const LONGEST: usize = 24;

/// The kind of a source: a code of 1 to 24 lower-case letters and underscores. Which kinds there
/// are, the registry of connectors says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKind {
    letters: [u8; LONGEST],
    length: u8,
}

impl SourceKind {
    /// Programs post messages.
    pub const API: Self = Self::known("api");
    /// A hosted page where customers write.
    pub const FORM: Self = Self::known("form");
    /// What staff heard from customers.
    pub const REPORT: Self = Self::known("report");
    /// A public post that somebody noticed.
    pub const SEEN_ELSEWHERE: Self = Self::known("seen_elsewhere");
    /// A mailbox.
    pub const MAIL: Self = Self::known("mail");
    /// Files of historical data.
    pub const IMPORT: Self = Self::known("import");

    /// A kind named in code; a code that is none does not compile where this makes a constant.
    pub const fn known(code: &str) -> Self {
        let bytes = code.as_bytes();
        assert!(!bytes.is_empty() && bytes.len() <= LONGEST);
        let mut letters = [0; LONGEST];
        let mut at = 0;
        while at < bytes.len() {
            let letter = byte_at(bytes, at);
            assert!(is_letter(letter));
            set(&mut letters, at, letter);
            at += 1;
        }
        Self {
            letters,
            length: bytes.len() as u8,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        let letters = self.letters.get(..usize::from(self.length));
        letters
            .and_then(|letters| std::str::from_utf8(letters).ok())
            .unwrap_or("") // default: only letters are ever stored
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "checked by the caller, at compile time"
)]
const fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes[at]
}

#[expect(
    clippy::indexing_slicing,
    reason = "checked by the caller, at compile time"
)]
const fn set(letters: &mut [u8; LONGEST], at: usize, letter: u8) {
    letters[at] = letter;
}

const fn is_letter(letter: u8) -> bool {
    letter.is_ascii_lowercase() || letter == b'_'
}

impl FromStr for SourceKind {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let letters = (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_letter);
        if letters {
            return Ok(Self::known(text));
        }
        Err(UnknownCode {
            vocabulary: "SourceKind",
            found: text.chars().take(40).collect(),
            expected: "1 to 24 lower-case letters and underscores".into(),
        })
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceKind({})", self.code())
    }
}

impl Serialize for SourceKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for SourceKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for SourceKind {
    fn name() -> std::borrow::Cow<'static, str> {
        "SourceKind".into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for SourceKind {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("a kind listed by /api/v1/connectors, or `import`"))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_shown_by_its_code() {
        assert_eq!(SourceKind::MAIL.to_string(), "mail");
        assert_eq!(format!("{:?}", SourceKind::MAIL), "SourceKind(mail)");
        let json = serde_json::to_string(&SourceKind::SEEN_ELSEWHERE).unwrap();
        assert_eq!(json, "\"seen_elsewhere\"");
    }

    #[test]
    fn a_code_is_read_and_written_the_same() {
        for code in ["mail", "seen_elsewhere", "abcdefghijklmnopqrstuvwx"] {
            let kind: SourceKind = code.parse().unwrap();

            assert_eq!(kind.code(), code);
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{code}\""));
        }
        assert_eq!("mail".parse(), Ok(SourceKind::MAIL));
    }

    #[test]
    fn what_is_no_code_is_refused_with_what_was_found() {
        for wrong in ["", "Mail", "a b", "é", "abcdefghijklmnopqrstuvwxy", "x\0"] {
            let error = wrong.parse::<SourceKind>().unwrap_err();

            assert_eq!(error.found, wrong);
        }
    }
}
