//! Messages as pages show them.

use vigie_model::{AttachmentId, Lang};
use vigie_respond::format_datetime;
use vigie_store::{Message, Session};

use crate::Problem;

/// A message, for its reader.
pub struct PageMessage {
    /// Whether the brand wrote it.
    pub ours: bool,
    pub who: String,
    pub when: String,
    pub text: String,
    pub files: Vec<PageFile>,
}

/// A file one can open.
pub struct PageFile {
    pub id: AttachmentId,
    pub name: String,
}

impl PageMessage {
    /// A message with its files, dated in a time zone and a language.
    pub async fn read(
        session: &mut Session,
        message: Message,
        who: String,
        zone: &str,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let files = session.attachments().of_message(message.key).await?;
        let files = files.into_iter().map(|file| PageFile {
            id: file.id,
            name: file.file.name,
        });
        Ok(Self {
            ours: message.person_key.is_some(),
            who,
            when: format_datetime(message.at, zone, lang),
            text: message.text,
            files: files.collect(),
        })
    }
}
