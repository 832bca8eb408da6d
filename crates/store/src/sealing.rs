//! Seals what older releases kept as it was, and seals again with a new key.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use uuid::Uuid;
use vigie_model::{Ids, SourceKind};

use crate::{
    Database, Result, Session, Store, Write, args,
    keyring::{SecretPlace, is_sealed},
    schema,
};

/// A stored secret: where it is, and what stands there.
struct StoredSecret {
    table: &'static str,
    /// The public id of its row, or its name.
    row: String,
    /// The kind of its source.
    kind: Option<String>,
    text: String,
}

/// How the secrets of an instance are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SealedSecrets {
    /// Sealed with the key that seals today.
    pub current: usize,
    /// Sealed with an older key.
    pub older: usize,
    /// Not sealed at all.
    pub plain: usize,
}

impl Session {
    /// How the secrets are kept.
    ///
    /// # Errors
    /// [`crate::Error::Sealed`] when one of them cannot be opened.
    pub async fn sealed_secrets(&mut self) -> Result<SealedSecrets> {
        let mut found = SealedSecrets::default();
        for secret in self.stored_secrets().await? {
            if !is_sealed(&secret.text) {
                found.plain += 1;
                continue;
            }
            self.open_secret(secret.place(), &secret.text)?;
            match self.is_current_seal(&secret.text) {
                true => found.current += 1,
                false => found.older += 1,
            }
        }
        Ok(found)
    }

    async fn stored_secrets(&mut self) -> Result<Vec<StoredSecret>> {
        let mut found = Vec::new();
        for (table, kind) in [("source", "kind"), ("webhook", "NULL")] {
            let sql = format!("SELECT id, secret, {kind} AS kind FROM {table} ORDER BY key");
            for row in self.all(sql, vec![]).await? {
                found.push(StoredSecret {
                    table,
                    row: row.id("id")?.to_string(),
                    kind: row.opt_text("kind")?,
                    text: row.text("secret")?,
                });
            }
        }
        let sql = "SELECT name, value FROM setting WHERE name = 'house_secret'";
        for row in self.all(sql, vec![]).await? {
            found.push(StoredSecret {
                table: "setting",
                row: row.text("name")?,
                kind: None,
                text: row.text("value")?,
            });
        }
        Ok(found)
    }

    /// Puts a sealed secret in the place of what stands there.
    async fn put_secret(&mut self, place: &StoredSecret, sealed: &str) -> Result<()> {
        let table = place.table;
        match Uuid::try_parse(&place.row) {
            Ok(id) => {
                let sql = format!("UPDATE {table} SET secret = $2 WHERE id = $1");
                self.run(sql, args![id, sealed]).await?;
            }
            Err(_) => {
                let sql = "UPDATE setting SET value = $2 WHERE name = $1";
                self.run(sql, args![&place.row, sealed]).await?;
            }
        }
        Ok(())
    }

    /// Seals whatever the key that seals today did not; returns how many. `nonce` gives 32
    /// unguessable bytes each time.
    pub(crate) async fn seal_all(&mut self, nonce: impl Fn() -> [u8; 32]) -> Result<usize> {
        let mut sealed = 0;
        for secret in self.stored_secrets().await? {
            if self.is_current_seal(&secret.text) {
                continue;
            }
            let plain = match is_sealed(&secret.text) {
                true => self.open_secret(secret.place(), &secret.text)?,
                false => secret.text.clone(),
            };
            let text = self.seal_secret(secret.place(), &plain, nonce())?;
            self.put_secret(&secret, &text).await?;
            sealed += 1;
        }
        Ok(sealed)
    }
}

impl Store {
    /// Lets go of every secret that no key opens any more, each replaced by a new one or by none:
    /// mailboxes need their passwords again, programs the new secrets, links that were sent are
    /// over. Returns how many.
    pub async fn forget_secrets(database: &Database, ids: &dyn Ids) -> Result<usize> {
        schema::migrate(database).await?;
        let mut session = database.begin().await?;
        let mut forgotten = 0;
        for secret in session.stored_secrets().await? {
            let place = secret.place();
            if !is_sealed(&secret.text) || session.open_secret(place, &secret.text).is_ok() {
                continue;
            }
            let new = secret.replacement(&STANDARD.encode(ids.secret()));
            let sealed = session.seal_secret(place, &new, ids.secret())?;
            session.put_secret(&secret, &sealed).await?;
            forgotten += 1;
        }
        session.commit().await?;
        Ok(forgotten)
    }
}

impl Write {
    /// Seals again whatever the key that seals today did not seal; returns how many.
    pub async fn seal_again(&mut self) -> Result<usize> {
        let ids = self.ids.clone();
        self.seal_all(|| ids.secret()).await
    }
}

impl StoredSecret {
    /// What takes its place when it is lost: a mailbox's password cannot be made up.
    fn replacement(&self, random: &str) -> String {
        match (self.table, self.kind.as_deref()) {
            (_, Some(kind)) if kind == SourceKind::MAIL.code() => String::new(),
            ("setting", _) => random.to_owned(),
            _ => format!("whsec_{random}"),
        }
    }

    fn place(&self) -> SecretPlace<'_> {
        SecretPlace {
            table: self.table,
            row: &self.row,
        }
    }
}
