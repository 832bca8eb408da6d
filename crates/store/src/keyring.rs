//! The keys that open the secrets the database keeps. A stolen database, or a backup of it, holds
//! ciphertext only: XChaCha20-Poly1305, bound to the table and row it belongs to.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use parking_lot::RwLock;

/// What a sealed secret begins with.
const MARK: &str = "sealed:1:";
/// Bytes of a nonce.
const NONCE: usize = 24;

/// Why a key file, or a sealed secret, cannot be read. Never the key itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A line that is not a name and 32 bytes in base64.
    #[error("line {0} of the key file is not a name and 32 bytes in base64")]
    Line(usize),
    /// Two keys have one name.
    #[error("two keys of the key file are called {0}")]
    Twice(String),
    /// No key is in it.
    #[error("the key file holds no key")]
    Empty,
    /// The secret was sealed by a key that is not in the key file.
    #[error("the secrets were sealed with the key {0}, which is not in the key file")]
    Unknown(String),
    /// The secret was changed, or moved here from another row.
    #[error("a sealed secret was changed")]
    Changed,
}

/// The keys of an instance. The first seals; the others only open what they sealed once.
pub struct Keyring(RwLock<Vec<SealingKey>>);

struct SealingKey {
    name: String,
    cipher: XChaCha20Poly1305,
}

/// The row a secret belongs to: sealed for it, it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct SecretPlace<'a> {
    pub table: &'static str,
    /// Its public id, or its name.
    pub row: &'a str,
}

impl SecretPlace<'_> {
    fn text(&self) -> String {
        format!("{}/{}", self.table, self.row)
    }
}

impl Keyring {
    /// Reads a key file: a key a line, its name and its 32 bytes in base64; `#` begins a comment.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<SealingKey> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or(line).trim();
            if line.is_empty() {
                continue;
            }
            let key = SealingKey::parse(line).ok_or(KeyError::Line(number))?;
            if keys.iter().any(|other| other.name == key.name) {
                return Err(KeyError::Twice(key.name));
            }
            keys.push(key);
        }
        match keys.is_empty() {
            true => Err(KeyError::Empty),
            false => Ok(Self(RwLock::new(keys))),
        }
    }

    /// The line of a key file that holds this key.
    pub fn line(name: &str, key: &[u8; 32]) -> String {
        format!("{name} {}", STANDARD.encode(key))
    }

    /// Takes the keys of another in the place of these.
    pub fn replace(&self, other: Self) {
        *self.0.write() = other.0.into_inner();
    }

    /// Seals a secret for its place; a nonce must never be used twice.
    pub fn seal(
        &self,
        place: SecretPlace<'_>,
        secret: &str,
        nonce: [u8; 32],
    ) -> Result<String, KeyError> {
        let keys = self.0.read();
        let key = keys.first().ok_or(KeyError::Empty)?;
        let (nonce, _) = nonce.split_at(NONCE);
        let mut bytes = nonce.to_vec();
        bytes.extend(key.seal(place, nonce, secret)?);
        Ok(format!("{MARK}{}:{}", key.name, STANDARD.encode(bytes)))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: SecretPlace<'_>, sealed: &str) -> Result<String, KeyError> {
        let (name, bytes) = parts(sealed).ok_or(KeyError::Changed)?;
        let keys = self.0.read();
        let key = keys.iter().find(|key| key.name == name);
        let key = key.ok_or_else(|| KeyError::Unknown(name.to_owned()))?;
        let bytes = STANDARD.decode(bytes).map_err(|_| KeyError::Changed)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(KeyError::Changed)?;
        let opened = key.open(place, nonce, sealed)?;
        String::from_utf8(opened).map_err(|_| KeyError::Changed)
    }

    /// Whether the key that seals today sealed this.
    pub fn is_current(&self, sealed: &str) -> bool {
        let keys = self.0.read();
        let seals = keys.first().map(|key| key.name.as_str());
        parts(sealed).map(|(name, _)| name) == seals
    }
}

/// Whether a stored secret is sealed; older releases kept them as they were.
pub fn is_sealed(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The name of the key, and what it sealed.
fn parts(sealed: &str) -> Option<(&str, &str)> {
    sealed.strip_prefix(MARK)?.split_once(':')
}

impl SealingKey {
    fn seal(
        &self,
        place: SecretPlace<'_>,
        nonce: &[u8],
        secret: &str,
    ) -> Result<Vec<u8>, KeyError> {
        let place = place.text();
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: place.as_bytes(),
        };
        let sealed = self.cipher.encrypt(XNonce::from_slice(nonce), payload);
        sealed.map_err(|_| KeyError::Changed)
    }

    fn open(
        &self,
        place: SecretPlace<'_>,
        nonce: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        let place = place.text();
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        let opened = self.cipher.decrypt(XNonce::from_slice(nonce), payload);
        opened.map_err(|_| KeyError::Changed)
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, key) = line.split_once(char::is_whitespace)?;
        let key = STANDARD.decode(key.trim()).ok()?;
        let plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        let named = name.len() <= 64 && name.chars().all(plain);
        named.then_some(())?;
        Some(Self {
            name: name.to_owned(),
            cipher: XChaCha20Poly1305::new_from_slice(&key).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: SecretPlace<'_> = SecretPlace {
        table: "source",
        row: "1",
    };

    fn ring(names: &[(&str, u8)]) -> Keyring {
        let lines = names.iter();
        let lines = lines.map(|(name, byte)| Keyring::line(name, &[*byte; 32]));
        Keyring::parse(&lines.collect::<Vec<_>>().join("\n")).unwrap()
    }

    /// The vector of draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    #[test]
    fn the_cipher_is_the_published_one() {
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let nonce: Vec<u8> = (0x40..=0x57).collect();
        let place = [
            0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
        ];
        let text = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip \
                    for the future, sunscreen would be it.";
        let cipher = XChaCha20Poly1305::new_from_slice(&key).unwrap();
        let payload = Payload {
            msg: text.as_bytes(),
            aad: &place,
        };
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload).unwrap();

        assert_eq!(
            sealed[..8],
            [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]
        );
        let tag = [
            0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a,
            0xcf, 0x49,
        ];
        assert_eq!(sealed[sealed.len() - 16..], tag);
    }

    #[test]
    fn a_secret_opens_in_its_place_with_its_key_only() {
        let keys = ring(&[("a", 1)]);
        let sealed = keys.seal(HERE, "hunter2", [7; 32]).unwrap();

        assert!(is_sealed(&sealed) && !sealed.contains("hunter2"));
        assert_eq!(keys.open(HERE, &sealed).unwrap(), "hunter2");
        let elsewhere = SecretPlace {
            table: "source",
            row: "2",
        };
        assert_eq!(keys.open(elsewhere, &sealed), Err(KeyError::Changed));
        let other = ring(&[("a", 2)]).open(HERE, &sealed);
        assert_eq!(other, Err(KeyError::Changed));
        let none = ring(&[("b", 1)]).open(HERE, &sealed);
        assert_eq!(none, Err(KeyError::Unknown("a".into())));
    }

    #[test]
    fn what_was_changed_opens_nowhere() {
        let keys = ring(&[("a", 1)]);
        let sealed = keys.seal(HERE, "hunter2", [7; 32]).unwrap();
        let middle = sealed.len() - 3;
        let mut changed = sealed.clone().into_bytes();
        changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(keys.open(HERE, &changed), Err(KeyError::Changed));
        assert_eq!(keys.open(HERE, "hunter2"), Err(KeyError::Changed));
    }

    #[test]
    fn the_first_key_seals_and_the_others_still_open() {
        let keys = ring(&[("old", 1)]);
        let sealed = keys.seal(HERE, "hunter2", [7; 32]).unwrap();
        assert!(keys.is_current(&sealed));

        keys.replace(ring(&[("new", 2), ("old", 1)]));
        assert_eq!(keys.open(HERE, &sealed).unwrap(), "hunter2");
        assert!(!keys.is_current(&sealed));
        let again = keys.seal(HERE, "hunter2", [8; 32]).unwrap();
        assert!(again.starts_with("sealed:1:new:") && keys.is_current(&again));
    }

    #[test]
    fn a_key_file_that_is_none_is_refused_with_its_line() {
        let good = Keyring::line("a", &[1; 32]);
        for (text, error) in [
            (String::new(), KeyError::Empty),
            ("# nothing\n\n".into(), KeyError::Empty),
            (format!("{good}\nb short"), KeyError::Line(2)),
            (
                format!("{good} # mine\n{good}"),
                KeyError::Twice("a".into()),
            ),
            (
                format!("a:b {}", STANDARD.encode([1; 32])),
                KeyError::Line(1),
            ),
            ("alone".into(), KeyError::Line(1)),
        ] {
            assert_eq!(Keyring::parse(&text).err(), Some(error), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_sealed_opens_and_nothing_else_does(text in "\\PC{0,80}", other in "\\PC{0,80}") {
            let keys = ring(&[("a", 1)]);
            let sealed = keys.seal(HERE, &text, [7; 32]).unwrap();
            assert_eq!(keys.open(HERE, &sealed).unwrap(), text);
            assert!(keys.open(HERE, &other).is_err());
            assert!(Keyring::parse(&other).is_err());
        }
    }
}
