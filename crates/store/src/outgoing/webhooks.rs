//! Programs that receive the history, fact by fact, and the position of each.

use vigie_model::{Act, At, Fact, WebhookId, WebhookKey};

use crate::{
    Delivery, Error, Result, Row, Session, Webhooks, WebhooksMut, args, keyring::SecretPlace, named,
};

/// A program that receives facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub key: WebhookKey,
    pub id: WebhookId,
    /// The name people gave it.
    pub name: String,
    /// The URL facts are posted to.
    pub url: String,
    /// Signs the requests.
    pub secret: String,
    /// The acts it subscribes to, or their prefixes such as `case.`; every act when empty.
    pub acts: Vec<String>,
    /// The number of the last fact it accepted, or does not subscribe to.
    pub seen: i64,
    /// Failed attempts at the next fact.
    pub attempts: i64,
    /// When the next attempt is due.
    pub next_at: At,
    /// The last failure, as a sentence.
    pub last_error: Option<String>,
    pub created_at: At,
    /// Since when deliveries are paused.
    pub paused_at: Option<At>,
}

impl Webhook {
    /// Whether it subscribes to this act.
    pub fn wants(&self, act: Act) -> bool {
        let code = act.code();
        self.acts.is_empty()
            || self
                .acts
                .iter()
                .any(|it| it == code || (it.ends_with('.') && code.starts_with(it.as_str())))
    }
}

/// An attempt at delivering a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAttempt {
    /// The number of the fact.
    pub fact: i64,
    pub delivery: Delivery,
}

/// Number of attempts stored per webhook.
const REMEMBERED: i64 = 200;

const COLUMNS: &str = "key, id, name, url, secret, acts, seen, attempts, next_at, last_error, \
    created_at, paused_at \
    FROM webhook";

/// Where the secret of a webhook is sealed for.
const fn place(id: &str) -> SecretPlace<'_> {
    SecretPlace {
        table: "webhook",
        row: id,
    }
}

fn read(session: &Session, row: &Row) -> Result<Webhook> {
    let id = row.id("id")?;
    let secret = session.open_secret(place(&id.to_string()), &row.text("secret")?)?;
    Ok(Webhook {
        key: row.key("key")?,
        id: WebhookId(id),
        name: row.text("name")?,
        url: row.text("url")?,
        secret,
        acts: row
            .text("acts")?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        seen: row.int("seen")?,
        attempts: row.int("attempts")?,
        next_at: row.at("next_at")?,
        last_error: row.opt_text("last_error")?,
        created_at: row.at("created_at")?,
        paused_at: row.opt_at("paused_at")?,
    })
}

impl Webhooks {
    /// Every webhook, oldest first.
    pub async fn list(&mut self) -> Result<Vec<Webhook>> {
        let sql = format!("SELECT {COLUMNS} ORDER BY key");
        let rows = self.0.all(sql, vec![]).await?;
        rows.iter().map(|row| read(&self.0, row)).collect()
    }

    /// The webhook with this public id.
    pub async fn find(&mut self, id: WebhookId) -> Result<Webhook> {
        let row = self
            .0
            .optional(format!("SELECT {COLUMNS} WHERE id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("webhook")), |row| read(&self.0, &row))
    }

    /// The last attempts of a webhook, newest first.
    pub async fn log(&mut self, webhook: WebhookKey, limit: i64) -> Result<Vec<WebhookAttempt>> {
        let sql = "SELECT fact, at, status, error, milliseconds \
            FROM webhook_delivery \
            WHERE webhook_key = $1 \
            ORDER BY key DESC \
            LIMIT $2";
        let rows = self.0.all(sql, args![webhook, limit]).await?;
        let attempt = |row: &Row| {
            let delivery = Delivery {
                at: row.at("at")?,
                status: row.opt_int("status")?,
                error: row.opt_text("error")?,
                milliseconds: row.int("milliseconds")?,
            };
            Ok(WebhookAttempt {
                fact: row.int("fact")?,
                delivery,
            })
        };
        rows.iter().map(attempt).collect()
    }

    /// Up to `limit` facts a webhook subscribes to, in order; and the number up to which there is
    /// no other.
    pub async fn facts_for(&mut self, webhook: &Webhook, limit: i64) -> Result<(Vec<Fact>, i64)> {
        let facts = self.0.facts().after(webhook.seen, limit).await?;
        let last = facts.last().map_or(webhook.seen, |it| it.number);
        Ok((
            facts
                .into_iter()
                .filter(|it| webhook.wants(it.act))
                .collect(),
            last,
        ))
    }
}

impl WebhooksMut {
    /// Stores a webhook; it receives facts from now on.
    pub async fn insert(
        &mut self,
        name: &str,
        url: &str,
        secret: &str,
        acts: &[String],
    ) -> Result<WebhookId> {
        let (id, at, actor, seen) = (
            self.0.id(),
            self.0.at(),
            self.0.actor().to_string(),
            self.0.facts().last().await?,
        );
        let nonce = self.0.secret();
        let secret = self.0.seal_secret(place(&id.to_string()), secret, nonce)?;

        self.0
            .insert(
                "webhook",
                named![
                    id,
                    name,
                    url,
                    secret,
                    acts: acts.join(" "),
                    seen,
                    next_at: at,
                    made_by: actor,
                    created_at: at,
                ],
            )
            .await?;
        Ok(WebhookId(id))
    }

    /// Stores the name, address, acts and pause of a webhook.
    pub async fn save(&mut self, it: &Webhook) -> Result<()> {
        let sql =
            "UPDATE webhook SET name = $2, url = $3, acts = $4, paused_at = $5 WHERE key = $1";
        self.0
            .run(
                sql,
                args![it.key, &it.name, &it.url, it.acts.join(" "), it.paused_at],
            )
            .await?;
        Ok(())
    }

    /// Stores the position of a webhook, unless somebody changed it meanwhile.
    pub async fn advance(&mut self, before: &Webhook, after: &Webhook) -> Result<()> {
        let sql = "UPDATE webhook \
            SET seen = $3, attempts = $4, next_at = $5, last_error = $6, paused_at = \
            COALESCE(paused_at, $7) \
            WHERE key = $1 AND seen = $2";
        let values = args![
            before.key,
            before.seen,
            after.seen,
            after.attempts,
            after.next_at,
            &after.last_error,
            after.paused_at
        ];
        self.0.run(sql, values).await?;
        Ok(())
    }

    /// Delivers again everything after a fact.
    pub async fn replay(&mut self, webhook: WebhookKey, after: i64) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE webhook \
            SET seen = $2, attempts = 0, next_at = $3, last_error = NULL \
            WHERE key = $1";
        self.0.run(sql, args![webhook, after, at]).await?;
        Ok(())
    }

    /// Logs attempts; only the latest are kept.
    pub async fn insert_attempts(
        &mut self,
        webhook: WebhookKey,
        attempts: &[WebhookAttempt],
    ) -> Result<()> {
        for it in attempts {
            let d = &it.delivery;
            let values = named![
                webhook_key: webhook,
                fact: it.fact,
                at: d.at,
                status: d.status,
                error: &d.error,
                milliseconds: d.milliseconds,
            ];
            self.0.insert("webhook_delivery", values).await?;
        }
        let sql = "DELETE FROM webhook_delivery \
            WHERE webhook_key = $1 AND key <= (SELECT MAX(key) FROM webhook_delivery) - $2";
        self.0.run(sql, args![webhook, REMEMBERED]).await?;
        Ok(())
    }

    /// Deletes a webhook and its log.
    pub async fn remove(&mut self, webhook: WebhookKey) -> Result<()> {
        self.0
            .run(
                "DELETE FROM webhook_delivery WHERE webhook_key = $1",
                args![webhook],
            )
            .await?;
        self.0
            .run("DELETE FROM webhook WHERE key = $1", args![webhook])
            .await?;
        Ok(())
    }
}
