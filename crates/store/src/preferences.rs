//! How a customer wants to be written to: by which way, in which language, or not at all unless
//! they ask.

use vigie_model::{At, Channel, Lang};

use crate::{Result, Session, Write, args};

/// What a customer prefers, as far as somebody noted it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preferred {
    /// The way they want to be answered.
    pub channel: Option<Channel>,
    /// Their language.
    pub lang: Option<Lang>,
    /// Not to be written to, but in answer to their own words.
    pub silent: bool,
}

/// The same, with its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// What they prefer.
    pub preferred: Preferred,
    /// When.
    pub made_at: At,
}

impl Session {
    /// What a customer prefers, or told when they were thought somebody else; the last word counts.
    pub async fn preference(&mut self, customer_key: i64) -> Result<Option<Preference>> {
        let sql = "SELECT channel, lang, silent, made_at FROM preference WHERE customer_key = $1 \
                   OR customer_key IN (SELECT key FROM customer WHERE joined_into = $1) ORDER BY \
                   made_at DESC LIMIT 1";
        let row = self.maybe(sql, args![customer_key]).await?;
        row.map(|row| {
            Ok(Preference {
                preferred: Preferred {
                    channel: row.opt_code("channel")?,
                    lang: row.opt_code("lang")?,
                    silent: row.flag("silent")?,
                },
                made_at: row.at("made_at")?,
            })
        })
        .transpose()
    }
}

impl Write {
    /// Notes what a customer prefers; nothing at all forgets it.
    pub async fn note_preference(
        &mut self,
        customer_key: i64,
        preferred: &Preferred,
    ) -> Result<()> {
        self.run(
            "DELETE FROM preference WHERE customer_key = $1",
            args![customer_key],
        )
        .await?;
        if *preferred != Preferred::default() {
            let (at, actor) = (self.at(), self.actor().to_string());
            let (channel, lang) = (
                preferred.channel.map(Channel::code),
                preferred.lang.map(Lang::code),
            );
            let values = args![customer_key, channel, lang, preferred.silent, actor, at];
            self.insert_plain(
                "preference",
                "customer_key, channel, lang, silent, made_by, made_at",
                vec![values],
            )
            .await?;
        }
        Ok(())
    }
}
