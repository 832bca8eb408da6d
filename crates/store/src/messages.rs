//! Messages and conversations: words as received, revisions beside them, what we derive apart.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use vigie_model::{At, Channel, ConversationId, Derived, Emitter, MailSaid, MessageId, Visibility};

use crate::{Error, Result, Row, Session, Value, args};

/// The less used parts of a message, kept as one JSON text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Stars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<f64>,
    /// Raw counts of the network.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, i64>,
    /// Version of their definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_version: Option<String>,
    /// Order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// What only a mail has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Box<MailSaid>>,
}

/// A message as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Compact key.
    pub key: i64,
    /// Public id.
    pub id: MessageId,
    /// Its source.
    pub source_key: i64,
    /// The source's id for it.
    pub external_id: String,
    /// Its thread.
    pub conversation_key: i64,
    /// Its case.
    pub case_key: i64,
    /// Who wrote, outside.
    pub author_key: Option<i64>,
    /// Who wrote, inside.
    pub person_key: Option<i64>,
    /// Who emitted it.
    pub emitter: Emitter,
    /// Who can read it.
    pub visibility: Visibility,
    /// Medium.
    pub channel: Channel,
    /// Written at.
    pub at: At,
    /// Received at.
    pub received_at: At,
    /// The words.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Subject.
    pub title: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// Rating, counts, order.
    pub details: Details,
    /// 1 for the first.
    pub revision: i64,
    /// The name shown: author's or person's.
    pub who: String,
}

/// A message about to be stored.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Public id.
    pub id: MessageId,
    /// Source.
    pub source_key: i64,
    /// The source's id.
    pub external_id: String,
    /// Brand.
    pub brand_key: i64,
    /// Thread.
    pub conversation_key: i64,
    /// Case.
    pub case_key: i64,
    /// Author outside.
    pub author_key: Option<i64>,
    /// Author inside.
    pub person_key: Option<i64>,
    /// Emitter.
    pub emitter: Emitter,
    /// Visibility.
    pub visibility: Visibility,
    /// Medium.
    pub channel: Channel,
    /// Written at.
    pub at: At,
    /// Offset of that time, minutes.
    pub at_offset: i32,
    /// Words.
    pub text: String,
    /// As HTML.
    pub html: Option<String>,
    /// Subject.
    pub title: Option<String>,
    /// Where.
    pub url: Option<String>,
    /// External id of what it answers.
    pub in_reply_to: Option<String>,
    /// The rest.
    pub details: Details,
    /// Hash of the content: the same means unchanged.
    pub content_hash: Vec<u8>,
}

/// An older wording.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Its number.
    pub revision: i64,
    /// Its words.
    pub text: String,
    /// When it was replaced.
    pub replaced_at: At,
}

/// What the door needs to know of a message already there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Key.
    pub key: i64,
    /// Public id.
    pub id: MessageId,
    /// Hash of its content.
    pub content_hash: Vec<u8>,
    /// Its thread.
    pub conversation_key: i64,
    /// Its case.
    pub case_key: i64,
    /// Its revision.
    pub revision: i64,
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Key.
    pub key: i64,
    /// Public id.
    pub id: ConversationId,
    /// Source.
    pub source_key: i64,
    /// The source's name for it.
    pub external_key: String,
    /// The case its next message joins or follows.
    pub case_key: Option<i64>,
}

const COLUMNS: &str = "m.key, m.id, m.source_key, m.external_id, m.conversation_key, m.case_key, \
    m.author_key, m.person_key, \
    m.emitter, m.visibility, m.channel, m.at, m.received_at, m.text, m.html, m.title, m.url, \
    m.details, m.revision, \
    COALESCE(p.name, a.name, a.handle, '') AS who";
const FROM: &str = "FROM message m LEFT JOIN author a ON a.key = m.author_key LEFT JOIN person p \
    ON p.key = m.person_key";

fn read(row: &Row) -> Result<Message> {
    Ok(Message {
        key: row.int("key")?,
        id: MessageId(row.id("id")?),
        source_key: row.int("source_key")?,
        external_id: row.text("external_id")?,
        conversation_key: row.int("conversation_key")?,
        case_key: row.int("case_key")?,
        author_key: row.opt_int("author_key")?,
        person_key: row.opt_int("person_key")?,
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
        key: row.int("key")?,
        id: ConversationId(row.id("id")?),
        source_key: row.int("source_key")?,
        external_key: row.text("external_key")?,
        case_key: row.opt_int("case_key")?,
    })
}

impl Session {
    /// The messages of a case in the order of time, at most `limit`, the last ones.
    pub async fn messages_of_case(&mut self, case_key: i64, limit: i64) -> Result<Vec<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} {FROM} WHERE m.case_key = $1 ORDER BY m.at DESC, m.key DESC LIMIT $2"
        );
        let mut messages: Vec<_> = self
            .all(sql, args![case_key, limit])
            .await?
            .iter()
            .map(read)
            .collect::<Result<_>>()?;
        messages.reverse();
        Ok(messages)
    }

    /// The messages of a thread in the order of time.
    pub async fn messages_of_conversation(
        &mut self,
        conversation_key: i64,
    ) -> Result<Vec<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} {FROM} WHERE m.conversation_key = $1 ORDER BY m.at, m.key LIMIT 500"
        );
        self.all(sql, args![conversation_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The message of that public id.
    pub async fn message(&mut self, id: MessageId) -> Result<Message> {
        let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.id = $1");
        self.maybe(sql, args![id.0])
            .await?
            .map_or(Err(Error::Missing("message")), |row| read(&row))
    }

    /// The message of that key.
    pub async fn message_by_key(&mut self, key: i64) -> Result<Message> {
        read(
            &self
                .one(
                    format!("SELECT {COLUMNS} {FROM} WHERE m.key = $1"),
                    args![key],
                )
                .await?,
        )
    }

    /// The older wordings of a message, oldest first.
    pub async fn revisions(&mut self, message_key: i64) -> Result<Vec<Revision>> {
        let sql = "SELECT revision, text, replaced_at FROM revision WHERE message_key = $1 ORDER \
            BY revision";
        let rows = self.all(sql, args![message_key]).await?;
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

    /// Which of these external ids the sources already have.
    pub async fn known_messages(
        &mut self,
        sources: &[i64],
        external_ids: &[String],
    ) -> Result<HashMap<String, Known>> {
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
            for row in self.all(sql, values).await? {
                let found = Known {
                    key: row.int("key")?,
                    id: MessageId(row.id("id")?),
                    content_hash: row.bytes("content_hash")?,
                    conversation_key: row.int("conversation_key")?,
                    case_key: row.int("case_key")?,
                    revision: row.int("revision")?,
                };
                known.insert(row.text("external_id")?, found);
            }
        }
        Ok(known)
    }

    /// The threads of these sources with these names.
    pub async fn conversations(
        &mut self,
        sources: &[i64],
        names: &[String],
    ) -> Result<Vec<Conversation>> {
        let mut found = Vec::new();
        for part in names.chunks(1_000) {
            let of = crate::placeholders(1, 1, sources.len());
            let marks = crate::placeholders(1 + sources.len(), 1, part.len());
            let sql = format!(
                "SELECT key, id, source_key, external_key, case_key FROM conversation \
                 WHERE source_key IN {of} AND external_key IN {marks}"
            );
            let mut values: Vec<Value> = sources.iter().map(|it| Value::from(*it)).collect();
            values.extend(part.iter().map(Value::from));
            for row in self.all(sql, values).await? {
                found.push(read_conversation(&row)?);
            }
        }
        Ok(found)
    }

    /// The threads of these keys.
    pub async fn conversations_by_keys(&mut self, keys: &[i64]) -> Result<Vec<Conversation>> {
        let mut found = Vec::new();
        for part in keys.chunks(1_000) {
            let marks = crate::placeholders(1, 1, part.len());
            let sql = format!(
                "SELECT key, id, source_key, external_key, case_key FROM conversation WHERE key IN \
                    {marks}"
            );
            for row in self
                .all(sql, part.iter().map(|key| Value::from(*key)).collect())
                .await?
            {
                found.push(read_conversation(&row)?);
            }
        }
        Ok(found)
    }

    /// What a stage derived from a message.
    pub async fn derived(&mut self, message_key: i64, stage: &str) -> Result<Option<Derived>> {
        let sql = "SELECT stage, version, data FROM derived WHERE message_key = $1 AND stage = $2";
        self.maybe(sql, args![message_key, stage])
            .await?
            .map(|row| read_derived(&row))
            .transpose()
    }

    /// What a stage derived from each message of a case, by message key.
    pub async fn derived_of_case(
        &mut self,
        case_key: i64,
        stage: &str,
    ) -> Result<HashMap<i64, Derived>> {
        let sql = "SELECT d.message_key, d.stage, d.version, d.data FROM derived d JOIN message m \
            ON m.key = d.message_key \
                   WHERE m.case_key = $1 AND d.stage = $2";
        let rows = self.all(sql, args![case_key, stage]).await?;
        rows.iter()
            .map(|row| Ok((row.int("message_key")?, read_derived(row)?)))
            .collect()
    }
}

fn read_derived(row: &Row) -> Result<Derived> {
    Ok(Derived {
        stage: row.text("stage")?,
        version: row.text("version")?,
        data: row.json("data")?,
    })
}
