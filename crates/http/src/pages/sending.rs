//! One sending of a page: the same page with the same words sent twice, by two clicks or by a
//! reload, is one message.

use sha2::{Digest as _, Sha256};

use crate::{AppState, passwords};

/// The name of the hidden field that tells one showing of a page from another.
pub const ONCE: &str = "once";

/// What identifies a sending.
pub struct Sending {
    /// The message's id within its source.
    pub id: String,
    /// The token of a private link that only its sender can know.
    pub token: String,
}

impl Sending {
    /// The sending of these words from a page that was shown with `once`; one of its own when the
    /// page had none of ours.
    pub fn of(app: &AppState, once: &str, text: &str) -> Self {
        let ours = once.len() == passwords::TOKEN_LENGTH
            && once
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let secret = match ours {
            true => once.to_owned(),
            false => fresh(app),
        };
        Self {
            id: derived("id", &secret, text),
            token: derived("token", &secret, text),
        }
    }
}

/// A value for the hidden field of a page that is about to be shown.
pub fn fresh(app: &AppState) -> String {
    passwords::token(app.store.secret())
}

/// 256 bits that follow from the page and the words; who does not know the page cannot guess them.
fn derived(purpose: &str, secret: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    for part in [purpose, secret, text] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    passwords::token(hash.finalize().into())
}
