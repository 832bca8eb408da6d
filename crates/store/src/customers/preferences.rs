//! How a customer wants to be contacted: through which channel, in which language, or only in
//! reply to their own messages.

use vigie_model::{At, Channel, CustomerKey, Lang};

use crate::{Preferences, PreferencesMut, Result, args, named};

/// What a customer prefers, as far as somebody recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PreferenceValues {
    /// The channel they want to be answered on.
    pub channel: Option<Channel>,
    pub lang: Option<Lang>,
    /// Contact them only in answer to their own messages.
    pub silent: bool,
}

/// A preference with its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    pub preferred: PreferenceValues,
    pub made_at: At,
}

impl Preferences {
    /// What a customer prefers, including what was recorded for customers joined into them; the
    /// latest record counts.
    pub async fn of_customer(&mut self, customer_key: CustomerKey) -> Result<Option<Preference>> {
        let sql = "SELECT channel, lang, silent, made_at \
            FROM preference \
            WHERE customer_key = $1 OR customer_key IN (SELECT key FROM customer WHERE joined_into \
            = $1) \
            ORDER BY made_at DESC \
            LIMIT 1";
        let row = self.0.optional(sql, args![customer_key]).await?;
        row.map(|row| {
            Ok(Preference {
                preferred: PreferenceValues {
                    channel: row.opt_code("channel")?,
                    lang: row.opt_code("lang")?,
                    silent: row.boolean("silent")?,
                },
                made_at: row.at("made_at")?,
            })
        })
        .transpose()
    }
}

impl PreferencesMut {
    /// Records what a customer prefers; an empty preference deletes it.
    pub async fn note(
        &mut self,
        customer_key: CustomerKey,
        preferred: &PreferenceValues,
    ) -> Result<()> {
        self.0
            .run(
                "DELETE FROM preference WHERE customer_key = $1",
                args![customer_key],
            )
            .await?;
        if *preferred != PreferenceValues::default() {
            let (at, actor) = (self.0.at(), self.0.actor().to_string());
            let (channel, lang) = (
                preferred.channel.map(Channel::code),
                preferred.lang.map(Lang::code),
            );
            let values = named![
                customer_key,
                channel,
                lang,
                silent: preferred.silent,
                made_by: actor,
                made_at: at,
            ];
            self.0.insert_plain("preference", vec![values]).await?;
        }
        Ok(())
    }
}
