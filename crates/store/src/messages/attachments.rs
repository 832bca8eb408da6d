//! Photos and files: bytes stored under their hash in a folder, synced before the row that
//! names them.

use vigie_model::{AttachmentId, AttachmentKey, CaseKey, FileRef, MessageKey};

use crate::{Attachments, AttachmentsMut, Error, Result, Row, args, named};

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub key: AttachmentKey,
    pub id: AttachmentId,
    /// The message it came with.
    pub message_key: Option<MessageKey>,
    /// The case it belongs to.
    pub case_key: Option<CaseKey>,
    pub file: FileRef,
}

const COLUMNS: &str = "key, id, message_key, case_key, name, media_type, size, sha256";

fn read(row: &Row) -> Result<Attachment> {
    Ok(Attachment {
        key: row.key("key")?,
        id: AttachmentId(row.id("id")?),
        message_key: row.opt_key("message_key")?,
        case_key: row.opt_key("case_key")?,
        file: FileRef {
            sha256: row.text("sha256")?,
            name: row.text("name")?,
            media_type: row.text("media_type")?,
            size: row.int("size")?,
        },
    })
}

impl Attachments {
    /// The attachment with this public id.
    pub async fn find(&mut self, id: AttachmentId) -> Result<Attachment> {
        let row = self
            .0
            .optional(
                format!("SELECT {COLUMNS} FROM attachment WHERE id = $1"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("attachment")), |row| read(&row))
    }

    /// The attachments of a case.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Attachment>> {
        let sql = format!("SELECT {COLUMNS} FROM attachment WHERE case_key = $1 ORDER BY key");
        self.0
            .all(sql, args![case_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The attachments of a message.
    pub async fn of_message(&mut self, message_key: MessageKey) -> Result<Vec<Attachment>> {
        let sql = format!("SELECT {COLUMNS} FROM attachment WHERE message_key = $1 ORDER BY key");
        self.0
            .all(sql, args![message_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }
}

impl AttachmentsMut {
    /// Stores attachments whose bytes are already on disk.
    pub async fn insert_many(
        &mut self,
        rows: Vec<(Option<MessageKey>, CaseKey, FileRef)>,
    ) -> Result<Vec<AttachmentKey>> {
        let at = self.0.at();
        let rows = rows
            .into_iter()
            .map(|(message, case, file)| {
                named![
                    id: self.0.id(),
                    message_key: message,
                    case_key: case,
                    name: file.name,
                    media_type: file.media_type,
                    size: file.size,
                    sha256: file.sha256,
                    created_at: at,
                ]
            })
            .collect();
        self.0.insert_many("attachment", rows).await
    }
}
