//! Receives messages: one file per source, each turning its input into
//! [`IncomingMessage`] or a refusal that names the place, and the
//! [`Intake`] that takes batches in. It knows no database, no network and no clock.

pub mod api;
pub mod directory;
mod fields;
mod files;
pub mod form;
pub mod html;
mod intake;
pub mod mail;
pub mod orders;
pub mod past;
mod refusal;
pub mod report;
pub mod seen_elsewhere;
pub mod signed_token;
pub mod visits;

pub use files::{DOWNLOAD, StoredFile, Upload, clean_name, media_type};
pub use intake::{
    Batch, BatchContext, BoxFuture, Erasure, ErasureError, ImportDesk, ImportError, IncomingItem,
    Intake, IntakeError, IntakeOutcome, OrderOutcome,
};
pub use refusal::Refusal;

use sha2::{Digest as _, Sha256};
use vigie_model::IncomingMessage;

/// The hash of a message's content: the same hash means unchanged, another a new revision.
pub fn content_hash(message: &IncomingMessage) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [
        Some(&message.text),
        message.html.as_ref(),
        message.title.as_ref(),
    ] {
        // Length prefixes distinguish "ab"+"c" from "a"+"bc".
        let part = part.map_or("", String::as_str);
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    for file in &message.attachments {
        hash.update(file.sha256.as_bytes());
    }
    hash.finalize().to_vec()
}

/// The SHA-256 of bytes, as 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
