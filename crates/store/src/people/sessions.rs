//! Signed-in browsers. A session ends when it is ended, at its absolute end, and when nobody used
//! it for a while.

use vigie_model::{At, PersonKey};

use super::person::{COLUMNS, Person, read};
use crate::{Result, Sessions, SessionsMut, args, named};

/// How often a use is written down, in minutes.
const NOTED_EVERY_MINUTES: i64 = 5;

/// A signed-in browser, as requests need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonSession {
    pub person: Person,
    /// The token every act must repeat, against request forgery.
    pub csrf: String,
    /// When it was last used, to some minutes.
    pub seen_at: At,
}

impl PersonSession {
    /// Whether a use at `now` is to be written down.
    pub fn is_to_be_noted(&self, now: At) -> bool {
        self.seen_at.plus_minutes(NOTED_EVERY_MINUTES) <= now
    }
}

/// A signed-in browser about to be stored.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// SHA-256 of its token.
    pub token_hash: Vec<u8>,
    pub person_key: PersonKey,
    pub csrf: &'a str,
    pub expires_at: At,
    /// What the browser calls itself.
    pub browser: String,
    /// The network it signed in from.
    pub network: String,
}

/// A signed-in browser, as its owner is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// SHA-256 of its token.
    pub token_hash: Vec<u8>,
    pub browser: String,
    pub network: String,
    pub created_at: At,
    pub seen_at: At,
}

impl Sessions {
    /// The session with this token, if it has not ended at `at`, was used since `used_since`, and
    /// its user is not disabled.
    pub async fn find(
        &mut self,
        token_hash: &[u8],
        at: At,
        used_since: At,
    ) -> Result<Option<PersonSession>> {
        let sql = format!(
            "SELECT {COLUMNS}, s.csrf, s.seen_at \
                FROM session s \
                JOIN person p ON p.key = s.person_key \
                WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 \
                AND p.disabled_at IS NULL"
        );
        let values = args![token_hash, at, used_since];
        let row = self.0.optional(sql, values).await?;
        row.map(|row| {
            Ok(PersonSession {
                person: read(&row)?,
                csrf: row.text("csrf")?,
                seen_at: row.at("seen_at")?,
            })
        })
        .transpose()
    }

    /// A person's sessions that have not ended, the latest used first.
    pub async fn of_person(
        &mut self,
        person_key: PersonKey,
        at: At,
        used_since: At,
    ) -> Result<Vec<OwnSession>> {
        let sql = "SELECT token_hash, browser, network, created_at, seen_at \
            FROM session \
            WHERE person_key = $1 AND expires_at > $2 AND seen_at > $3 \
            ORDER BY seen_at DESC, created_at DESC \
            LIMIT 100";
        let values = args![person_key, at, used_since];
        let rows = self.0.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(OwnSession {
                    token_hash: row.bytes("token_hash")?,
                    browser: row.text("browser")?,
                    network: row.text("network")?,
                    created_at: row.at("created_at")?,
                    seen_at: row.at("seen_at")?,
                })
            })
            .collect()
    }
}

impl SessionsMut {
    /// Signs a browser in.
    pub async fn insert(&mut self, new: NewSession<'_>) -> Result<()> {
        let at = self.0.at();
        let ended = "DELETE FROM session WHERE expires_at <= $1";
        self.0.run(ended, args![at]).await?;
        let values = named![
            token_hash: new.token_hash,
            person_key: new.person_key,
            csrf: new.csrf,
            created_at: at,
            expires_at: new.expires_at,
            seen_at: at,
            browser: new.browser,
            network: new.network,
        ];
        self.0.insert("session", values).await
    }

    /// Notes that a session is used.
    pub async fn note_use(&mut self, token_hash: &[u8]) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE session SET seen_at = $2 WHERE token_hash = $1";
        self.0.run(sql, args![token_hash, at]).await?;
        Ok(())
    }

    /// Signs a browser out.
    pub async fn end(&mut self, token_hash: &[u8]) -> Result<()> {
        let sql = "DELETE FROM session WHERE token_hash = $1";
        self.0.run(sql, args![token_hash]).await?;
        Ok(())
    }

    /// Signs a person out everywhere, but in the browser with this token.
    pub async fn end_others(&mut self, person_key: PersonKey, kept: &[u8]) -> Result<u64> {
        let sql = "DELETE FROM session WHERE person_key = $1 AND token_hash <> $2";
        self.0.run(sql, args![person_key, kept]).await
    }

    /// Signs a person out everywhere.
    pub async fn end_all(&mut self, person_key: PersonKey) -> Result<()> {
        let sql = "DELETE FROM session WHERE person_key = $1";
        self.0.run(sql, args![person_key]).await?;
        Ok(())
    }
}
