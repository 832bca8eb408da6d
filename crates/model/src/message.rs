//! A message as a source hands it over: the text as received, never altered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{At, Channel, Emitter, IdentityProof, Visibility};

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
    /// What vouches for the identifiers; a program that posts JSON cannot say so itself.
    #[serde(skip)]
    pub proof: IdentityProof,
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
    /// What our own mail server found of the sender.
    pub sender: SenderCheck,
    /// The checks it made: `dkim`, `spf`, `dmarc` → `pass`, `fail`…
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

impl MailDetails {
    /// Every text that its sender writes.
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let bounce = self.bounce.as_mut();
        let bounce = bounce.into_iter().flat_map(|bounce| {
            let optional = [&mut bounce.status, &mut bounce.message_id];
            [&mut bounce.recipient]
                .into_iter()
                .chain(optional.into_iter().flatten())
        });
        let required = [&mut self.quoted, &mut self.signature];
        let optional = [&mut self.reply_token, &mut self.automatic];
        let listed = self.references.iter_mut().chain(&mut self.to);

        let texts = required.into_iter();
        let texts = texts.chain(optional.into_iter().flatten());
        texts
            .chain(listed)
            .chain(self.authentication.values_mut())
            .chain(bounce)
    }
}

/// Whether our own mail server vouches for the address a mail says it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SenderCheck {
    /// The domain of the address sent it.
    Passed,
    /// Somebody else sent it under that address.
    Failed,
    /// It was not checked, or the checks do not say.
    #[default]
    Unknown,
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

    /// The same without NUL characters, which no database keeps: nobody sees one, and a message
    /// that holds one must not be lost for it.
    pub fn without_nul(mut self) -> Self {
        let mail = self.mail.as_deref_mut();
        let author = &mut self.author;
        let required = [&mut self.external_id, &mut self.text];
        let optional = [
            &mut self.html,
            &mut self.title,
            &mut self.url,
            &mut self.in_reply_to,
            &mut self.conversation,
            &mut self.counts_version,
            &mut self.order,
            &mut author.handle,
            &mut author.name,
            &mut author.email,
            &mut author.phone,
            &mut author.customer_id,
        ];
        let names = self.attachments.iter_mut().map(|file| &mut file.name);
        let of_mail = mail.into_iter().flat_map(MailDetails::texts);

        let texts = required.into_iter();
        let texts = texts.chain(optional.into_iter().flatten());
        for text in texts.chain(names).chain(of_mail) {
            text.retain(|letter| letter != '\0');
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\0b";

    #[test]
    fn no_text_of_a_message_keeps_a_nul() {
        let message = IncomingMessage {
            html: Some(TEXT.into()),
            title: Some(TEXT.into()),
            url: Some(TEXT.into()),
            author: author(),
            in_reply_to: Some(TEXT.into()),
            conversation: Some(TEXT.into()),
            counts_version: Some(TEXT.into()),
            order: Some(TEXT.into()),
            attachments: vec![file()],
            mail: Some(Box::new(mail())),
            ..IncomingMessage::new(TEXT, TEXT)
        };

        let shown = format!("{:?}", message.without_nul());

        assert!(!shown.contains("\\0"), "{shown}");
        assert_eq!(shown.matches("\"ab\"").count(), 25, "{shown}");
    }

    fn author() -> IncomingAuthor {
        IncomingAuthor {
            handle: Some(TEXT.into()),
            name: Some(TEXT.into()),
            email: Some(TEXT.into()),
            phone: Some(TEXT.into()),
            customer_id: Some(TEXT.into()),
            followers: None,
            proof: IdentityProof::Claimed,
        }
    }

    fn file() -> FileRef {
        FileRef {
            sha256: String::new(),
            name: TEXT.into(),
            media_type: String::new(),
            size: 0,
        }
    }

    fn mail() -> MailDetails {
        MailDetails {
            references: vec![TEXT.into()],
            reply_token: Some(TEXT.into()),
            quoted: TEXT.into(),
            signature: TEXT.into(),
            automatic: Some(TEXT.into()),
            bounce: Some(Bounce {
                recipient: TEXT.into(),
                status: Some(TEXT.into()),
                permanent: true,
                message_id: Some(TEXT.into()),
            }),
            authentication: BTreeMap::from([("spf".to_owned(), TEXT.into())]),
            to: vec![TEXT.into()],
            ..MailDetails::default()
        }
    }
}
