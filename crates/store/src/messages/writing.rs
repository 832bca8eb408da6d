//! Storing messages: new ones in bulk, the old text as a revision when one changes, derived
//! data in its own table.

use vigie_model::{At, CaseKey, ConversationId, ConversationKey, Derived, MessageKey, SourceKey};

use crate::{
    Conversation, ConversationsMut, Error, ExistingMessage, MessagesMut, NamedRow, NewMessage,
    Result, args, named, paired, row::json_text,
};

impl MessagesMut {
    /// Stores one message; returns its key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert(&mut self, message: NewMessage) -> Result<MessageKey> {
        let keys = self.insert_many(vec![message]).await?;
        keys.first()
            .copied()
            .ok_or_else(|| Error::Inconsistent("a message was stored without a key".into()))
    }

    /// Stores new messages in bulk; returns their keys in order.
    pub async fn insert_many(&mut self, messages: Vec<NewMessage>) -> Result<Vec<MessageKey>> {
        let now = self.0.at();
        let rows = messages.into_iter().map(|m| message_row(m, now));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        self.0.insert_many("message", rows).await
    }

    /// Stores the old text as a revision and puts the new one in its place.
    pub async fn revise(
        &mut self,
        existing: &ExistingMessage,
        text: &str,
        html: Option<&str>,
        title: Option<&str>,
        hash: &[u8],
    ) -> Result<()> {
        let keep = "INSERT INTO revision (message_key, revision, text, html, title, content_hash, \
            replaced_at) SELECT key, revision, text, html, title, content_hash, $2 \
            FROM message \
            WHERE key = $1";
        let at = self.0.at();
        self.0.run(keep, args![existing.key, at]).await?;
        let replace = "UPDATE message \
            SET text = $2, html = $3, title = $4, content_hash = $5, revision = revision + 1 \
            WHERE key = $1";
        self.0
            .run(replace, args![existing.key, text, html, title, hash])
            .await?;
        Ok(())
    }

    /// Restores the text before a revision, unless it was changed again since.
    pub async fn undo_revision(&mut self, message_key: MessageKey, revision: i64) -> Result<()> {
        let columns = ["text", "html", "title", "content_hash"];
        let older = |column: &str| {
            format!(
                "{column} = (SELECT r.{column} FROM revision r WHERE r.message_key = $1 AND r.revision = \
                    $2 - 1)"
            )
        };
        let sets = columns.map(older).join(", ");
        let sql = format!(
            "UPDATE message SET {sets}, revision = $2 - 1 WHERE key = $1 AND revision = $2"
        );
        if self.0.run(sql, args![message_key, revision]).await? > 0 {
            let sql = "DELETE FROM revision WHERE message_key = $1 AND revision = $2 - 1";
            self.0.run(sql, args![message_key, revision]).await?;
        }
        Ok(())
    }

    /// Stores what a stage derived, for many messages at once; a second result replaces the
    /// first.
    pub async fn put_derived(&mut self, rows: Vec<(MessageKey, Derived)>) -> Result<()> {
        for part in rows.chunks(1_000) {
            let marks = crate::placeholders(1, part.len(), 4);
            let sql = format!(
                "INSERT INTO derived (message_key, stage, version, data) \
                    VALUES {marks} \
                    ON CONFLICT (message_key, stage) DO UPDATE SET version = excluded.version, \
                    data = excluded.data"
            );
            let values = part
                .iter()
                .flat_map(|(key, d)| args![*key, &d.stage, &d.version, &d.data])
                .collect();
            self.0.run(sql, values).await?;
        }
        Ok(())
    }

    /// Moves messages to another case.
    pub async fn move_to_case(
        &mut self,
        message_keys: &[MessageKey],
        case_key: CaseKey,
    ) -> Result<()> {
        for key in message_keys {
            self.0
                .run(
                    "UPDATE message SET case_key = $2 WHERE key = $1",
                    args![*key, case_key],
                )
                .await?;
            // Attachments and outgoing answers move with their messages.
            self.0
                .run(
                    "UPDATE attachment SET case_key = $2 WHERE message_key = $1",
                    args![*key, case_key],
                )
                .await?;
            self.0
                .run(
                    "UPDATE outbox SET case_key = $2 WHERE message_key = $1",
                    args![*key, case_key],
                )
                .await?;
        }
        Ok(())
    }
}

impl ConversationsMut {
    /// Opens conversations in bulk, each `(name, case key)`; returns them in order.
    pub async fn insert_many(
        &mut self,
        source_key: SourceKey,
        new: &[(String, CaseKey)],
    ) -> Result<Vec<Conversation>> {
        let at = self.0.at();
        let ids: Vec<_> = new.iter().map(|_| self.0.id()).collect();
        let rows = new
            .iter()
            .zip(&ids)
            .map(|((name, case), id)| {
                named![
                    id: *id,
                    source_key,
                    external_key: name,
                    case_key: *case,
                    created_at: at,
                ]
            })
            .collect();
        let keys = self.0.insert_many("conversation", rows).await?;
        let made = paired("conversations and their keys", keys, ids)?.zip(new);
        Ok(made
            .map(|((key, id), (name, case))| Conversation {
                key,
                id: ConversationId(id),
                source_key,
                external_key: name.clone(),
                case_key: Some(*case),
            })
            .collect())
    }

    /// Sets the case that a conversation's next message joins, for many conversations at once.
    pub async fn set_cases(&mut self, pairs: &[(ConversationKey, CaseKey)]) -> Result<()> {
        for (conversation_key, case_key) in pairs {
            let sql = "UPDATE conversation SET case_key = $2 WHERE key = $1";
            self.0.run(sql, args![*conversation_key, *case_key]).await?;
        }
        Ok(())
    }
}

fn message_row(m: NewMessage, now: At) -> Result<NamedRow> {
    let details = json_text(&m.details)?;
    Ok(named![
        id: m.id.0,
        source_key: m.source_key,
        external_id: m.external_id,
        brand_key: m.brand_key,
        conversation_key: m.conversation_key,
        case_key: m.case_key,
        author_key: m.author_key,
        person_key: m.person_key,
        emitter: m.emitter.code(),
        visibility: m.visibility.code(),
        channel: m.channel.code(),
        at: m.at,
        at_offset: m.at_offset,
        received_at: now,
        text: m.text,
        html: m.html,
        title: m.title,
        url: m.url,
        in_reply_to: m.in_reply_to,
        details,
        content_hash: m.content_hash,
        revision: 1_i64,
    ])
}
