//! The private word of a case: who knows it answers in that case. It goes out with our mails and comes back with theirs.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{Error, Result, Session, args};

const SECRET: &str = "house_secret";

impl Session {
    /// Gives the house a secret of its own, once.
    pub(crate) async fn ensure_secret(&mut self, secret: [u8; 32]) -> Result<()> {
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        self.run(sql, args![SECRET, hex]).await?;
        Ok(())
    }

    /// The private word of the case of that number: the number and a seal, letters and digits only.
    pub async fn case_word(&mut self, number: i64) -> Result<String> {
        let secret = self.one("SELECT value FROM setting WHERE name = $1", args![SECRET]).await?.text("value")?;
        let wrong = |why: &dyn std::fmt::Display| Error::Stored { column: SECRET.into(), why: why.to_string() };
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|why| wrong(&why))?;
        mac.update(b"case-word-1:");
        mac.update(number.to_string().as_bytes());
        let seal: String = mac.finalize().into_bytes().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{number}x{seal}"))
    }

    /// The number of the case a word opens; nothing when the word was not ours.
    pub async fn case_of_word(&mut self, word: &str) -> Result<Option<i64>> {
        let number = word.split_once('x').and_then(|it| it.0.parse::<i64>().ok());
        let Some(number) = number else { return Ok(None) };
        Ok((self.case_word(number).await? == word).then_some(number))
    }
}
