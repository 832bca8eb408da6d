//! What is asked of whoever takes the past in.

use std::path::PathBuf;

use vigie_model::{At, Emitter, OrderStatus, PastKind};

use crate::Refusal;

/// What to take in.
#[derive(Debug, Clone)]
pub struct PastAsked {
    /// What the files are read as.
    pub kind: PastKind,
    /// The files; a folder is a Maildir.
    pub files: Vec<PathBuf>,
    /// The name shown; the files' own when empty.
    pub name: String,
    /// Which column says what.
    pub mapping: Vec<String>,
    /// The source its messages are of: the same name again finds them there.
    pub source: String,
    /// Addresses the brand writes from, for mails.
    pub own: Vec<String>,
}

/// What would become of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PastPreview {
    /// Its columns, when it is a table.
    pub columns: Vec<String>,
    /// Which column says what, as it was completed.
    pub mapping: Vec<String>,
    /// The first messages, as they were read.
    pub sample: Vec<PastSample>,
    /// Items read.
    pub read: i64,
    /// New.
    pub created: i64,
    /// There with other words.
    pub updated: i64,
    /// There, the same.
    pub unchanged: i64,
    /// Refused.
    pub refused: i64,
    /// Messages others of the files answer, and that are not in them.
    pub missing_parents: i64,
    /// The first refusals: place and reason.
    pub refusals: Vec<(String, Refusal)>,
}

/// A message, a customer or an order as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct PastSample {
    /// Who speaks or buys.
    pub author: String,
    /// When.
    pub at: Option<At>,
    /// For whom they speak.
    pub emitter: Emitter,
    /// Their words, or the subject; of a customer or an order, what tells which.
    pub words: String,
    /// Where an order stands.
    pub status: Option<OrderStatus>,
}
