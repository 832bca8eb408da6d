//! A message as a source hands it over: the text as received, never altered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{At, Channel, Emitter, Visibility};

/// What is known about the author; any field may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct IncomingAuthor {
    /// The account's name on its network, without `@`.
    pub handle: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Telephone number, in any format.
    pub phone: Option<String>,
    /// The shop's own customer number.
    pub customer_id: Option<String>,
    /// Followers at that time; stored, never used to weigh a complaint.
    pub followers: Option<i64>,
}

/// A photo or file already stored under its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// The name to show, without paths or control characters.
    pub name: String,
    /// The media type detected from the first bytes.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
}

/// What only a mail has, stored alongside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MailDetails {
    /// External ids of the mails it may answer, most reliable first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// The reply token of the case it answers.
    #[serde(skip)]
    pub reply_token: Option<String>,
    /// What it quotes, separated from its text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub quoted: String,
    /// Its signature, separated from its text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// In what way it is automatic, such as `out_of_office`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic: Option<String>,
    /// The mail of ours that it reports as undelivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce: Option<Bounce>,
    /// Checks of the sender reported by the receiving server: `dkim`, `spf`, `dmarc` → `pass`,
    /// `fail`…
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub authentication: BTreeMap<String, String>,
    /// Recipients, including copies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// SHA-256 of the raw mail, which is stored unchanged.
    pub raw: String,
    /// Found in the folder of answers sent with other programs.
    #[serde(skip)]
    pub sent: bool,
}

/// A mail of ours that could not be delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bounce {
    pub recipient: String,
    /// The server's status code, such as `5.1.1`.
    pub status: Option<String>,
    /// Delivery will not be attempted again.
    pub permanent: bool,
    /// Its identifier, when the report gives it.
    pub message_id: Option<String>,
}

/// One message at intake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncomingMessage {
    /// The source's own identifier; unique within the source.
    pub external_id: String,
    /// The text as received.
    pub text: String,
    /// The same text as HTML, when the source has it.
    pub html: Option<String>,
    /// Subject line.
    pub title: Option<String>,
    /// Where it can be viewed.
    pub url: Option<String>,
    /// When it was written; the time of intake when absent.
    pub at: Option<At>,
    /// UTC offset of the author's time, in minutes.
    pub at_offset: i32,
    /// The author, as reported by the source.
    pub author: IncomingAuthor,
    /// External id of the message it answers.
    pub in_reply_to: Option<String>,
    /// The source's name for the thread.
    pub conversation: Option<String>,
    /// Who can read it where it was written.
    pub visibility: Visibility,
    pub emitter: Emitter,
    /// The medium, when the source serves several.
    pub channel: Option<Channel>,
    /// Stars given, 0–10, as received.
    pub rating: Option<f64>,
    /// Raw counts from the network, under the network's own names (row D15).
    pub counts: BTreeMap<String, i64>,
    /// Version of the network's definition of those counts.
    pub counts_version: Option<String>,
    pub attachments: Vec<FileRef>,
    /// An order number the customer gave.
    pub order: Option<String>,
    /// Historical: it reopens nothing, and a case it starts is closed.
    pub past: bool,
    /// The fields that only a mail has.
    pub mail: Option<Box<MailDetails>>,
}

impl IncomingMessage {
    /// A minimal message: only an id and a text.
    pub fn new(external_id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            external_id: external_id.into(),
            text: text.into(),
            html: None,
            title: None,
            url: None,
            at: None,
            at_offset: 0,
            author: IncomingAuthor::default(),
            in_reply_to: None,
            conversation: None,
            visibility: Visibility::Private,
            emitter: Emitter::Customer,
            channel: None,
            rating: None,
            counts: BTreeMap::new(),
            counts_version: None,
            attachments: Vec::new(),
            order: None,
            past: false,
            mail: None,
        }
    }
}
