//! Sends the history to programs: each fact they subscribe to, in order, at least once, signed
//! according to Standard Webhooks, with an id that stays the same at every attempt. A failed
//! fact is retried later; the next one waits behind it.

use serde_json::json;
use vigie_model::{Act, Actor, Fact};
use vigie_store::{Delivery, FactDraft, Store, Webhook, WebhookAttempt};

use crate::{
    Result,
    ssrf_guard::{AddressPolicy, client},
    webhook::{self, WebhookOutcome},
};

/// Seconds until the next attempt, by number of attempts made; the last value repeats until
/// somebody pauses the webhook.
const BACK_OFF: [i64; 8] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 18_000];
/// Facts sent to one program before its position is stored.
const FACTS: i64 = 200;
/// HTTP status: the receiver is gone permanently.
const GONE: i64 = 410;

/// Sends facts to webhooks.
#[derive(Clone)]
pub struct WebhookDispatcher {
    store: Store,
    client: reqwest::Client,
    guard: AddressPolicy,
}

impl WebhookDispatcher {
    /// A dispatcher for a store.
    pub fn new(store: Store, guard: AddressPolicy) -> std::result::Result<Self, reqwest::Error> {
        Ok(Self {
            store,
            client: client(guard)?,
            guard,
        })
    }

    /// Sends every program its new facts, each at its own pace; returns how many were accepted.
    /// When the store fails, facts accepted meanwhile are sent again with the same ids.
    pub async fn run_once(&self) -> Result<usize> {
        let now = self.store.now();
        let due = self
            .store
            .read()
            .await?
            .webhooks()
            .list()
            .await?
            .into_iter();
        let due = due.filter(|it| it.paused_at.is_none() && it.next_at <= now);
        let mut running = tokio::task::JoinSet::new();
        for webhook in due {
            let dispatcher = self.clone();
            running.spawn(async move { dispatcher.dispatch(webhook).await });
        }
        let mut taken = 0;
        while let Some(finished) = running.join_next().await {
            match finished {
                Ok(finished) => taken += finished?,
                // A failing program must not block the others.
                Err(error) => {
                    tracing::error!(%error, "telling a program broke off; it goes on from where it \
                        was")
                }
            }
        }
        Ok(taken)
    }

    async fn dispatch(&self, before: Webhook) -> Result<usize> {
        let (facts, last) = self
            .store
            .read()
            .await?
            .webhooks()
            .facts_for(&before, FACTS)
            .await?;
        if last == before.seen {
            return Ok(0);
        }
        let (mut after, mut log, mut taken) = (before.clone(), Vec::new(), 0);
        after.seen = last;
        for fact in facts {
            let (sent, delivery) = self.post(&before, &fact).await;
            let told = sent == WebhookOutcome::Delivered;
            if told {
                (after.attempts, after.last_error) = (0, None);
                taken += 1;
            } else {
                let attempts = if taken == 0 { before.attempts } else { 0 };
                self.put_off(&mut after, attempts, &fact, &delivery);
            }
            log.push(WebhookAttempt {
                fact: fact.number,
                delivery,
            });
            if !told {
                break;
            }
        }
        self.save(&before, &after, &log).await?;
        Ok(taken)
    }

    /// The fact, and what comes after it, is told later; never again by itself to who is gone.
    fn put_off(&self, after: &mut Webhook, attempts: i64, fact: &Fact, delivery: &Delivery) {
        let tried = usize::try_from(attempts).unwrap_or(usize::MAX); // default: never negative
        let [.., longest] = BACK_OFF;
        let wait = BACK_OFF.get(tried).copied().unwrap_or(longest); // default: tried often enough
        after.seen = fact.number - 1;
        after.attempts = attempts + 1;
        after.next_at = self.store.now().plus_seconds(wait);
        after.last_error = delivery.error.clone();
        after.paused_at = (delivery.status == Some(GONE)).then(|| self.store.now());
    }

    async fn save(&self, before: &Webhook, after: &Webhook, log: &[WebhookAttempt]) -> Result<()> {
        let mut write = self.store.write(Actor::System).await?;
        write.webhooks().advance(before, after).await?;
        write.webhooks().insert_attempts(before.key, log).await?;
        if after.paused_at.is_some() {
            let fact = FactDraft::new(Act::SettingChanged).on("webhook", before.id.0);
            write.fact(fact.code("state", "paused"));
        }
        write.commit().await?;
        Ok(())
    }

    async fn post(&self, to: &Webhook, fact: &Fact) -> (WebhookOutcome, Delivery) {
        let body = json!({
            "type": fact.act,
            "timestamp": fact.at,
            "data": {
                "number": fact.number,
                "actor": fact.actor,
                "ids": fact.ids,
                "fields": fact.fields,
            },
        });
        let id = format!("{}.{}", to.id, fact.number);
        let request = webhook::Request {
            url: &to.url,
            secret: &to.secret,
            id: &id,
            at: self.store.now(),
            body: body.to_string(),
        };
        webhook::post(&self.client, self.guard, request).await
    }
}
