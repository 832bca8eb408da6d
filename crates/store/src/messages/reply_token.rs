//! Reply tokens, sealed with a secret of this instance: the token of a case lets its holder
//! answer in that case, the token of a question lets its holder answer it. They go out with
//! our mails and come back; none is stored.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vigie_model::{PersonId, QuestionId};

use crate::{Error, ReplyTokens, Result, args, keyring::SecretPlace};

const SECRET: &str = "house_secret";
const PLACE: SecretPlace<'_> = SecretPlace {
    table: "setting",
    row: SECRET,
};

impl ReplyTokens {
    /// Gives the instance a secret of its own, once.
    pub(crate) async fn ensure_secret(&mut self, secret: [u8; 32], nonce: [u8; 32]) -> Result<()> {
        let sealed = self.0.seal_secret(PLACE, &STANDARD.encode(secret), nonce)?;
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        self.0.run(sql, args![SECRET, sealed]).await?;
        Ok(())
    }

    /// The reply token of the case with this number: the number and a seal, letters and digits
    /// only.
    pub async fn for_case(&mut self, number: i64) -> Result<String> {
        Ok(format!(
            "{number}x{}",
            self.seal("case-word-1", &number.to_string(), 8).await?
        ))
    }

    /// The token of a question's link: its id and a longer seal, since it opens a page without
    /// any other proof.
    pub async fn for_question(&mut self, id: QuestionId) -> Result<String> {
        let name = id.0.simple().to_string();
        Ok(format!(
            "{name}{}",
            self.seal("question-word-1", &name, 16).await?
        ))
    }

    /// What a browser keeps once a person signed in with it: their id and a seal.
    pub async fn for_browser_of(&mut self, person: PersonId) -> Result<String> {
        let name = person.0.simple().to_string();
        Ok(format!(
            "{name}{}",
            self.seal("browser-1", &name, 16).await?
        ))
    }

    /// The question a link's token opens; `None` when the token is not ours.
    pub async fn question_by_token(&mut self, token: &str) -> Result<Option<QuestionId>> {
        let id = token
            .get(..32)
            .and_then(|it| uuid::Uuid::try_parse(it).ok())
            .map(QuestionId);
        let Some(id) = id else { return Ok(None) };
        Ok((self.for_question(id).await? == token).then_some(id))
    }

    /// A seal over a name that only this instance can compute.
    async fn seal(&mut self, purpose: &str, name: &str, bytes: usize) -> Result<String> {
        let secret = self
            .0
            .one("SELECT value FROM setting WHERE name = $1", args![SECRET])
            .await?
            .text("value")?;
        let secret = self.0.open_secret(PLACE, &secret)?;
        let wrong = |err: &dyn std::fmt::Display| Error::Stored {
            column: SECRET.into(),
            detail: err.to_string(),
        };
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|err| wrong(&err))?;
        mac.update(purpose.as_bytes());
        mac.update(b":");
        mac.update(name.as_bytes());
        Ok(mac
            .finalize()
            .into_bytes()
            .iter()
            .take(bytes)
            .map(|byte| format!("{byte:02x}"))
            .collect())
    }

    /// The number of the case a token opens; `None` when the token is not ours.
    pub async fn case_by_token(&mut self, token: &str) -> Result<Option<i64>> {
        let number = token
            .split_once('x')
            .and_then(|it| it.0.parse::<i64>().ok());
        let Some(number) = number else {
            return Ok(None);
        };
        Ok((self.for_case(number).await? == token).then_some(number))
    }
}
