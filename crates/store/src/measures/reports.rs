//! Who reported what they heard, so that they learn its outcome; and the customer's private
//! links.

use vigie_model::{At, CaseId, CaseState, ConversationKey, HowEnded, MessageKey, PersonKey};

use crate::{Conversation, Reports, ReportsMut, Result, args};

/// The outcome of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedCase {
    pub case: CaseId,
    pub title: String,
    pub state: CaseState,
    pub how: Option<HowEnded>,
    /// Name of the owner.
    pub owner: Option<String>,
    pub at: At,
    /// Time of the last human act.
    pub touched_at: At,
}

impl Reports {
    /// A person's reports, newest first.
    pub async fn of_person(&mut self, person_key: PersonKey) -> Result<Vec<ReportedCase>> {
        let sql = "SELECT c.id, c.title, c.state, c.how, p.name, r.at, c.touched_at \
            FROM report r \
            JOIN message m ON m.key = r.message_key \
            JOIN cases c ON c.key = m.case_key \
            LEFT JOIN person p ON p.key = c.owner_key \
            WHERE r.person_key = $1 \
            ORDER BY r.message_key DESC \
            LIMIT 100";
        let rows = self.0.all(sql, args![person_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(ReportedCase {
                    case: CaseId(row.id("id")?),
                    title: row.text("title")?,
                    state: row.code("state")?,
                    how: row.opt_code("how")?,
                    owner: row.opt_text("name")?,
                    at: row.at("at")?,
                    touched_at: row.at("touched_at")?,
                })
            })
            .collect()
    }

    /// The conversation a private link opens.
    pub async fn private_link(
        &mut self,
        token_hash: &[u8],
        at: At,
    ) -> Result<Option<Conversation>> {
        let sql =
            "SELECT conversation_key FROM private_link WHERE token_hash = $1 AND expires_at > $2";
        let Some(row) = self.0.optional(sql, args![token_hash, at]).await? else {
            return Ok(None);
        };
        let found = self
            .0
            .conversations()
            .by_keys(&[row.key("conversation_key")?])
            .await?;
        Ok(found.into_iter().next())
    }
}

impl Reports {
    /// Whether a customer can still open a conversation by a link; `None` when there never was one.
    pub async fn has_open_link(
        &mut self,
        conversation_key: ConversationKey,
        at: At,
    ) -> Result<Option<bool>> {
        let sql = "SELECT MAX(expires_at) AS until FROM private_link WHERE conversation_key = $1";
        let row = self.0.one(sql, args![conversation_key]).await?;
        Ok(row.opt_at("until")?.map(|until| until > at))
    }
}

impl ReportsMut {
    /// Closes the private links of a conversation for good; returns how many were open.
    pub async fn close_private_links(&mut self, conversation_key: ConversationKey) -> Result<u64> {
        let at = self.0.at();
        let sql = "UPDATE private_link \
            SET expires_at = $2 \
            WHERE conversation_key = $1 AND expires_at > $2";
        self.0.run(sql, args![conversation_key, at]).await
    }

    /// Records who reported a message.
    pub async fn insert(&mut self, message_key: MessageKey, person_key: PersonKey) -> Result<()> {
        let at = self.0.at();
        let sql = "INSERT INTO report (message_key, person_key, at) \
            VALUES ($1, $2, $3) \
            ON CONFLICT (message_key) DO NOTHING";
        self.0.run(sql, args![message_key, person_key, at]).await?;
        Ok(())
    }

    /// Creates a private link to a conversation.
    pub async fn insert_private_link(
        &mut self,
        token_hash: &[u8],
        conversation_key: ConversationKey,
        expires_at: At,
    ) -> Result<()> {
        let at = self.0.at();
        let sql = "INSERT INTO private_link (token_hash, conversation_key, made_at, expires_at) \
            VALUES ($1, $2, $3, $4)";
        self.0
            .run(sql, args![token_hash, conversation_key, at, expires_at])
            .await?;
        Ok(())
    }
}
