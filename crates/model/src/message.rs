//! A message as a source hands it over: words as received, never altered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{At, Channel, Emitter, Visibility};

/// What is said of the speaker; any part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AuthorSaid {
    /// The account's name on its network, without `@`.
    pub handle: Option<String>,
    /// The name shown.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number, any form.
    pub phone: Option<String>,
    /// The shop's own customer number.
    pub customer_id: Option<String>,
    /// Followers at that moment; kept, never weighed for a complaint.
    pub followers: Option<i64>,
}

/// A photo or file already stored under its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// The name to show, cleaned of paths and control characters.
    pub name: String,
    /// The media type found by reading the first bytes.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// What only a mail has, kept beside its words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MailSaid {
    /// External ids of the mails it may answer, the surest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// The private word of the case it answers.
    #[serde(skip)]
    pub case_token: Option<String>,
    /// What it quotes, apart from its words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub quoted: String,
    /// Its signature, apart from its words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// In what way no person wrote it, as `out_of_office`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic: Option<String>,
    /// The mail of ours that it says did not arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce: Option<CameBack>,
    /// What the receiving server says of the sender: `dkim`, `spf`, `dmarc` → `pass`, `fail`…
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub authentication: BTreeMap<String, String>,
    /// Addresses it was sent to, copies included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// SHA-256 of the raw mail, kept as it came.
    pub raw: String,
    /// Found in the folder of answers sent elsewhere.
    #[serde(skip)]
    pub sent: bool,
}

/// A mail of ours that could not be delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CameBack {
    /// To whom it was sent.
    pub recipient: String,
    /// The server's status, as `5.1.1`.
    pub status: Option<String>,
    /// It will not be tried again.
    pub permanent: bool,
    /// Its identifier, when the report tells it.
    pub message_id: Option<String>,
}

/// One message at the door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// The source's own identifier; unique within the source.
    pub external_id: String,
    /// The words as received.
    pub text: String,
    /// The same as HTML, when the source has it.
    pub html: Option<String>,
    /// A subject line.
    pub title: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// When it was written; the door's clock when absent.
    pub at: Option<At>,
    /// The offset the writer's time carried, minutes.
    pub at_offset: i32,
    /// Who speaks, as told.
    pub author: AuthorSaid,
    /// External id of the message it answers.
    pub in_reply_to: Option<String>,
    /// The source's name for the thread.
    pub conversation: Option<String>,
    /// Who can read it where it was written.
    pub visibility: Visibility,
    /// Who emitted it.
    pub emitter: Emitter,
    /// The medium, when the source serves several.
    pub channel: Option<Channel>,
    /// Stars given, 0–10, as received.
    pub rating: Option<f64>,
    /// Raw counts of the network, by the network's own names (row D15).
    pub counts: BTreeMap<String, i64>,
    /// The version of the network's definition of those counts.
    pub counts_version: Option<String>,
    /// Photos and files.
    pub attachments: Vec<FileRef>,
    /// An order number the customer gave.
    pub order: Option<String>,
    /// Of the past: it opens nothing again, and a case it begins is closed.
    pub past: bool,
    /// What only a mail has.
    pub mail: Option<Box<MailSaid>>,
}

impl Incoming {
    /// A bare message: everything absent but its id and its words.
    pub fn new(external_id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            external_id: external_id.into(),
            text: text.into(),
            html: None,
            title: None,
            url: None,
            at: None,
            at_offset: 0,
            author: AuthorSaid::default(),
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
