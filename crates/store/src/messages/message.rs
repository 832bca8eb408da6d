//! Messages and conversations: the text as received, its revisions, and derived data kept
//! separately.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use vigie_model::{
    At, AuthorId, AuthorKey, BrandKey, CaseKey, Channel, ConversationId, ConversationKey, Derived,
    Emitter, MailDetails, MessageId, MessageKey, PersonKey, SourceKey, Visibility,
};

use crate::{Conversations, Error, Messages, Result, Row, Value, args};

/// The less used parts of a message, stored as one JSON text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<f64>,
    /// As given by the network.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, i64>,
    /// Version of the definition of `counts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The fields that only a mail has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Box<MailDetails>>,
    /// Its author joined the conversation only by naming it: nobody who took part wrote from
    /// their address, or to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub newcomer: bool,
    /// Whom an answer of ours is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<AuthorId>,
}

/// A message as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub key: MessageKey,
    pub id: MessageId,
    pub source_key: SourceKey,
    pub external_id: String,
    pub conversation_key: ConversationKey,
    pub case_key: CaseKey,
    /// The author, when it is somebody outside the company.
    pub author_key: Option<AuthorKey>,
    /// The user, when it is somebody of the company.
    pub person_key: Option<PersonKey>,
    pub emitter: Emitter,
    pub visibility: Visibility,
    pub channel: Channel,
    /// When it was written.
    pub at: At,
    pub received_at: At,
    pub text: String,
    /// The same text as HTML.
    pub html: Option<String>,
    pub title: Option<String>,
    /// Where it can be viewed.
    pub url: Option<String>,
    /// Rating, counts, order.
    pub details: MessageDetails,
    /// Starts at 1.
    pub revision: i64,
    /// The name shown: the author's or the user's.
    pub who: String,
}

/// A message about to be stored.
#[derive(Debug, Clone)]
pub struct NewMessage {
    pub id: MessageId,
    pub source_key: SourceKey,
    pub external_id: String,
    pub brand_key: BrandKey,
    pub conversation_key: ConversationKey,
    pub case_key: CaseKey,
    /// The author, when it is somebody outside the company.
    pub author_key: Option<AuthorKey>,
    /// The user, when it is somebody of the company.
    pub person_key: Option<PersonKey>,
    pub emitter: Emitter,
    pub visibility: Visibility,
    pub channel: Channel,
    /// When it was written.
    pub at: At,
    /// UTC offset of `at`, in minutes.
    pub at_offset: i32,
    pub text: String,
    /// The same text as HTML.
    pub html: Option<String>,
    pub title: Option<String>,
    /// Where it can be viewed.
    pub url: Option<String>,
    /// External id of the message it answers.
    pub in_reply_to: Option<String>,
    pub details: MessageDetails,
    /// Hash of the content: the same hash means unchanged.
    pub content_hash: Vec<u8>,
}

/// An earlier version of a message's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub revision: i64,
    pub text: String,
    pub replaced_at: At,
}

/// What intake needs to know about a message already stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingMessage {
    pub key: MessageKey,
    pub id: MessageId,
    pub content_hash: Vec<u8>,
    pub conversation_key: ConversationKey,
    pub case_key: CaseKey,
    pub revision: i64,
}

/// A thread of messages within a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub key: ConversationKey,
    pub id: ConversationId,
    pub source_key: SourceKey,
    /// The source's name for it.
    pub external_key: String,
    /// The case its next message joins or continues.
    pub case_key: Option<CaseKey>,
}

const COLUMNS: &str = "m.key, m.id, m.source_key, m.external_id, m.conversation_key, m.case_key, \
    m.author_key, m.person_key, \
    m.emitter, m.visibility, m.channel, m.at, m.received_at, m.text, m.html, m.title, m.url, \
    m.details, m.revision, \
    COALESCE(p.name, a.name, a.handle, '') AS who";
const FROM: &str = "FROM message m \
    LEFT JOIN author a ON a.key = m.author_key \
    LEFT JOIN person p ON p.key = m.person_key";

fn read(row: &Row) -> Result<Message> {
    Ok(Message {
        key: row.key("key")?,
        id: MessageId(row.id("id")?),
        source_key: row.key("source_key")?,
        external_id: row.text("external_id")?,
        conversation_key: row.key("conversation_key")?,
        case_key: row.key("case_key")?,
        author_key: row.opt_key("author_key")?,
        person_key: row.opt_key("person_key")?,
        emitter: row.code("emitter")?,
        visibility: row.code("visibility")?,
        channel: row.code("channel")?,
        at: row.at("at")?,
        received_at: row.at("received_at")?,
        text: row.text("text")?,
        html: row.opt_text("html")?,
        title: row.opt_text("title")?,
        url: row.opt_text("url")?,
        details: row.json("details")?,
        revision: row.int("revision")?,
        who: row.text("who")?,
    })
}

fn read_conversation(row: &Row) -> Result<Conversation> {
    Ok(Conversation {
        key: row.key("key")?,
        id: ConversationId(row.id("id")?),
        source_key: row.key("source_key")?,
        external_key: row.text("external_key")?,
        case_key: row.opt_key("case_key")?,
    })
}

impl Messages {
    /// The last messages of a case, at most `limit`, in chronological order.
    pub async fn of_case(&mut self, case_key: CaseKey, limit: i64) -> Result<Vec<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} {FROM} WHERE m.case_key = $1 ORDER BY m.at DESC, m.key DESC LIMIT $2"
        );
        let mut messages: Vec<_> = self
            .0
            .all(sql, args![case_key, limit])
            .await?
            .iter()
            .map(read)
            .collect::<Result<_>>()?;
        messages.reverse();
        Ok(messages)
    }

    /// The messages of a conversation in chronological order.
    pub async fn of_conversation(
        &mut self,
        conversation_key: ConversationKey,
    ) -> Result<Vec<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} {FROM} WHERE m.conversation_key = $1 ORDER BY m.at, m.key LIMIT 500"
        );
        self.0
            .all(sql, args![conversation_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The message with this public id.
    pub async fn find(&mut self, id: MessageId) -> Result<Message> {
        let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.id = $1");
        self.0
            .optional(sql, args![id.0])
            .await?
            .map_or(Err(Error::Missing("message")), |row| read(&row))
    }

    /// The message with this key.
    pub async fn by_key(&mut self, key: MessageKey) -> Result<Message> {
        read(
            &self
                .0
                .one(
                    format!("SELECT {COLUMNS} {FROM} WHERE m.key = $1"),
                    args![key],
                )
                .await?,
        )
    }

    /// The earlier versions of a message, oldest first.
    pub async fn revisions(&mut self, message_key: MessageKey) -> Result<Vec<Revision>> {
        let sql = "SELECT revision, text, replaced_at \
            FROM revision \
            WHERE message_key = $1 \
            ORDER BY revision";
        let rows = self.0.all(sql, args![message_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Revision {
                    revision: row.int("revision")?,
                    text: row.text("text")?,
                    replaced_at: row.at("replaced_at")?,
                })
            })
            .collect()
    }

    /// The messages already stored under these external ids.
    pub async fn known(
        &mut self,
        sources: &[SourceKey],
        external_ids: &[String],
    ) -> Result<HashMap<String, ExistingMessage>> {
        let mut known = HashMap::new();
        for part in external_ids.chunks(1_000) {
            let of = crate::placeholders(1, 1, sources.len());
            let marks = crate::placeholders(1 + sources.len(), 1, part.len());
            let sql = format!(
                "SELECT key, id, external_id, content_hash, conversation_key, case_key, revision \
                    FROM message \
                    WHERE source_key IN {of} AND external_id IN {marks}"
            );
            let mut values: Vec<Value> = sources.iter().map(|it| Value::from(*it)).collect();
            values.extend(part.iter().map(Value::from));
            for row in self.0.all(sql, values).await? {
                let found = ExistingMessage {
                    key: row.key("key")?,
                    id: MessageId(row.id("id")?),
                    content_hash: row.bytes("content_hash")?,
                    conversation_key: row.key("conversation_key")?,
                    case_key: row.key("case_key")?,
                    revision: row.int("revision")?,
                };
                known.insert(row.text("external_id")?, found);
            }
        }
        Ok(known)
    }

    /// What a stage derived from a message.
    pub async fn derived(
        &mut self,
        message_key: MessageKey,
        stage: &str,
    ) -> Result<Option<Derived>> {
        let sql = "SELECT stage, version, data FROM derived WHERE message_key = $1 AND stage = $2";
        self.0
            .optional(sql, args![message_key, stage])
            .await?
            .map(|row| read_derived(&row))
            .transpose()
    }

    /// What a stage derived from each message of a case, by message key.
    pub async fn derived_of_case(
        &mut self,
        case_key: CaseKey,
        stage: &str,
    ) -> Result<HashMap<MessageKey, Derived>> {
        let sql = "SELECT d.message_key, d.stage, d.version, d.data \
            FROM derived d \
            JOIN message m ON m.key = d.message_key \
            WHERE m.case_key = $1 AND d.stage = $2";
        let rows = self.0.all(sql, args![case_key, stage]).await?;
        rows.iter()
            .map(|row| Ok((row.key("message_key")?, read_derived(row)?)))
            .collect()
    }
}

impl Conversations {
    /// The conversations of these sources with these names.
    pub async fn by_threads(
        &mut self,
        sources: &[SourceKey],
        names: &[String],
    ) -> Result<Vec<Conversation>> {
        let mut found = Vec::new();
        for part in names.chunks(1_000) {
            let of = crate::placeholders(1, 1, sources.len());
            let marks = crate::placeholders(1 + sources.len(), 1, part.len());
            let sql = format!(
                "SELECT key, id, source_key, external_key, case_key \
                    FROM conversation \
                    WHERE source_key IN {of} AND external_key IN {marks}"
            );
            let mut values: Vec<Value> = sources.iter().map(|it| Value::from(*it)).collect();
            values.extend(part.iter().map(Value::from));
            for row in self.0.all(sql, values).await? {
                found.push(read_conversation(&row)?);
            }
        }
        Ok(found)
    }

    /// The conversations with these keys.
    pub async fn by_keys(&mut self, keys: &[ConversationKey]) -> Result<Vec<Conversation>> {
        let mut found = Vec::new();
        for part in keys.chunks(1_000) {
            let marks = crate::placeholders(1, 1, part.len());
            let sql = format!(
                "SELECT key, id, source_key, external_key, case_key \
                    FROM conversation \
                    WHERE key IN {marks}"
            );
            for row in self
                .0
                .all(sql, part.iter().map(|key| Value::from(*key)).collect())
                .await?
            {
                found.push(read_conversation(&row)?);
            }
        }
        Ok(found)
    }
}

fn read_derived(row: &Row) -> Result<Derived> {
    Ok(Derived {
        stage: row.text("stage")?,
        version: row.text("version")?,
        data: row.json("data")?,
    })
}
