//! The request for an import of historical data, and its preview.

use std::path::PathBuf;

use vigie_model::{At, Emitter, OrderStatus, PastKind};

use crate::Refusal;

/// What to import.
#[derive(Debug, Clone)]
pub struct ImportSpec {
    pub kind: PastKind,
    /// The files; a folder is a Maildir.
    pub files: Vec<PathBuf>,
    /// The name shown; the names of the files when empty.
    pub name: String,
    /// Column mapping rules.
    pub mapping: Vec<String>,
    /// The source of the messages: importing again under the same name finds them there.
    pub source: String,
    /// For mails: the addresses the brand writes from.
    pub own: Vec<String>,
}

/// What importing a file would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportDryRun {
    /// Its columns, when it is a table.
    pub columns: Vec<String>,
    /// The column mapping, as completed.
    pub mapping: Vec<String>,
    /// The first items, as they were read.
    pub sample: Vec<ImportSample>,
    /// Items read.
    pub read: i64,
    pub created: i64,
    /// Already stored with other content.
    pub updated: i64,
    /// Already stored, unchanged.
    pub unchanged: i64,
    pub refused: i64,
    /// Messages that others reply to and that are not in the files.
    pub missing_parents: i64,
    /// The first refusals: place and reason.
    pub refusals: Vec<(String, Refusal)>,
}

/// A message, a customer or an order as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportSample {
    /// The author or buyer.
    pub author: String,
    pub at: Option<At>,
    pub emitter: Emitter,
    /// The text or the subject; for a customer or an order, what identifies it.
    pub excerpt: String,
    pub status: Option<OrderStatus>,
}
