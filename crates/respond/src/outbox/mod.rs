//! The outbox: each answer from queued to settled. To a program at least once, with a stable
//! id and a back-off; on the private page immediately; in rehearsal nothing is sent. An
//! uncertain answer waits for a person.

mod route;
mod sender;
mod settling;

pub use route::{ReplyRoute, SENDS, reply_source};
pub use sender::{AnswerToSend, SendOutcome, Sender, Senders};
pub use settling::{decide, mark_bounced, replay};

use std::sync::Arc;

use vigie_model::{Actor, MailboxSettings, OutState};
use vigie_store::{ColleagueMail, Delivery, Outgoing, Source, Store, Write};

use crate::{
    Error, Result, mail,
    ssrf_guard::{AddressPolicy, client},
    webhook::{self, WebhookOutcome},
};
use sender::answer_to_send;
use settling::{settle, settle_outgoing};

/// Sends answers that are due.
pub struct Outbox {
    store: Store,
    client: reqwest::Client,
    guard: AddressPolicy,
    senders: Arc<Senders>,
}

/// Seconds until the next attempt, by number of attempts made: about nine hours in total.
const BACK_OFF: [i64; 8] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 18_000];
/// An attempt lasts at most ten seconds: one older than this was left by a crashed process.
const STUCK_SECONDS: i64 = 60;

impl Outbox {
    /// An outbox for a store; `senders` are those of the connectors that send answers themselves.
    pub fn new(
        store: Store,
        guard: AddressPolicy,
        senders: Senders,
    ) -> std::result::Result<Self, reqwest::Error> {
        Ok(Self {
            store,
            client: client(guard)?,
            guard,
            senders: Arc::new(senders),
        })
    }

    /// Sends every answer that is due; returns how many were handled. When the store fails, the
    /// rest stays queued.
    pub async fn run_once(&self) -> Result<usize> {
        let now = self.store.now();
        let due = self
            .store
            .read()
            .await?
            .outbox()
            .due(now, now.plus_seconds(-STUCK_SECONDS), 50)
            .await?;
        for out in &due {
            self.handle(out).await?;
        }
        let letters = self
            .store
            .read()
            .await?
            .colleague_mails()
            .due(now, now.plus_seconds(-STUCK_SECONDS))
            .await?;
        for letter in &letters {
            self.post(letter).await?;
        }
        Ok(due.len() + letters.len())
    }

    /// Sends a mail from Vigie to a colleague. A duplicate would be a nuisance, not a harm: it is
    /// retried.
    async fn post(&self, letter: &ColleagueMail) -> Result<()> {
        let mut write = self.store.write(Actor::System).await?;
        let source = write.sources().by_key(letter.source_key).await?;
        let brand = write.brands().by_key(source.brand_key).await?;
        let at = write.at();
        if brand.settings.rehearsal {
            write
                .colleague_mails()
                .move_to(letter.key, "rehearsed", at)
                .await?;
            write.commit().await?;
            return Ok(());
        }
        write
            .colleague_mails()
            .move_to(letter.key, "sending", at)
            .await?;
        write.commit().await?;
        let outcome = self
            .deliver_colleague_mail(&source, &brand.name, letter)
            .await;
        let mut write = self.store.write(Actor::System).await?;
        let tried = usize::try_from(letter.attempts).unwrap_or(usize::MAX);
        let (state, next) = match (&outcome, BACK_OFF.get(tried)) {
            (SendOutcome::Accepted, _) => ("sent", at),
            (SendOutcome::Deferred(_) | SendOutcome::Uncertain(_), Some(seconds)) => {
                ("queued", at.plus_seconds(*seconds))
            }
            _ => ("refused", at),
        };
        write
            .colleague_mails()
            .move_to(letter.key, state, next)
            .await?;
        if let Some(error) = outcome.error() {
            write.sources().mark_failed(source.key, error).await?;
        }
        write.commit().await?;
        Ok(())
    }

    async fn deliver_colleague_mail(
        &self,
        source: &Source,
        brand: &str,
        letter: &ColleagueMail,
    ) -> SendOutcome {
        let mailbox = match mail::settings_of(source) {
            Ok(mailbox) => mailbox,
            Err(error) => return SendOutcome::Refused(error),
        };
        let composed = mail::compose_plain(
            &mailbox,
            brand,
            letter,
            &self.store.id().to_string(),
            self.store.now(),
        );
        match (
            composed,
            mail::password(&self.client, &mailbox, source).await,
        ) {
            (Ok((from, to, raw)), Ok(password)) => {
                mail::deliver(&mailbox, &password, (from, to), &raw).await
            }
            (Err(error), _) => SendOutcome::Refused(error),
            (_, Err(error)) => SendOutcome::Deferred(error),
        }
    }

    async fn handle(&self, out: &Outgoing) -> Result<()> {
        let mut write = self.store.write(Actor::System).await?;
        let source = write.sources().by_key(out.source_key).await?;
        let case = write.cases().by_key(out.case_key).await?;
        let brand = write.brands().by_key(case.brand_key).await?;
        let reach = ReplyRoute::of(&source);
        let url = match (brand.settings.rehearsal, reach) {
            (true, _) => return settle(write, out, OutState::Rehearsed).await,
            (false, ReplyRoute::PrivatePage) => return settle(write, out, OutState::Sent).await,
            (false, ReplyRoute::None) => return settle(write, out, OutState::Refused).await,
            (false, ReplyRoute::Mail(mailbox)) => {
                return self.by_mail(write, out, &source, &mailbox).await;
            }
            (false, ReplyRoute::Connector) => return self.by_connector(write, out, &source).await,
            (false, ReplyRoute::Webhook(url)) => url,
        };
        // Recorded before the attempt: a crash leaves it "sending", and it is retried with the
        // same id.
        let at = write.at();
        if !write
            .outbox()
            .move_to(out.key, out.state, OutState::Sending, at)
            .await?
        {
            return Ok(());
        }
        let body = body(&mut write, out).await?;
        write.commit().await?;
        self.attempt(out, &source, &url, body).await
    }

    /// Sends to a person: what may have been delivered is never retried automatically.
    async fn by_mail(
        &self,
        mut write: Write,
        out: &Outgoing,
        source: &Source,
        mailbox: &MailboxSettings,
    ) -> Result<()> {
        if out.state == OutState::Sending {
            return settle(write, out, OutState::Uncertain).await;
        }
        let at = write.at();
        if !write
            .outbox()
            .move_to(out.key, out.state, OutState::Sending, at)
            .await?
        {
            return Ok(());
        }
        let composed = match mail::gather(&mut write, out).await {
            Ok(letter) => mail::compose(mailbox, &letter),
            Err(Error::NoWayBack(error)) => Err(error.to_owned()),
            Err(error) => return Err(error),
        };
        write.commit().await?;
        let started = std::time::Instant::now();
        let outcome = match composed {
            Err(error) => SendOutcome::Refused(error),
            Ok((from, to, raw)) => match mail::password(&self.client, mailbox, source).await {
                Ok(password) => mail::deliver(mailbox, &password, (from, to), &raw).await,
                Err(error) => SendOutcome::Deferred(error),
            },
        };
        self.record_attempt(
            out,
            source,
            outcome,
            i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
        )
        .await
    }

    /// Sends by the connector of the source: what may have left is never sent again by itself.
    async fn by_connector(&self, mut write: Write, out: &Outgoing, source: &Source) -> Result<()> {
        if out.state == OutState::Sending {
            return settle(write, out, OutState::Uncertain).await;
        }
        let at = write.at();
        if !write
            .outbox()
            .move_to(out.key, out.state, OutState::Sending, at)
            .await?
        {
            return Ok(());
        }
        let answer = answer_to_send(&mut write, out).await?;
        write.commit().await?;

        let started = std::time::Instant::now();
        let outcome = match self.senders.get(&source.kind) {
            Some(sender) => sender.send(source, &answer).await,
            None => SendOutcome::Refused(format!("nothing sends answers for {}", source.kind)),
        };
        let milliseconds = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.record_attempt(out, source, outcome, milliseconds)
            .await
    }

    async fn record_attempt(
        &self,
        out: &Outgoing,
        source: &Source,
        outcome: SendOutcome,
        milliseconds: i64,
    ) -> Result<()> {
        let at = self.store.now();
        let error = outcome.error().map(str::to_owned);
        let mut write = self.store.write(Actor::System).await?;
        write
            .outbox()
            .insert_delivery(
                out.key,
                &Delivery {
                    at,
                    status: None,
                    error: error.clone(),
                    milliseconds,
                },
            )
            .await?;
        if let Some(error) = &error {
            write.sources().mark_failed(source.key, error).await?;
        }
        let tried = usize::try_from(out.attempts).unwrap_or(usize::MAX);
        match (outcome, BACK_OFF.get(tried)) {
            (SendOutcome::Accepted, _) => {
                settle_outgoing(&mut write, out, OutState::Sent, at).await?
            }
            (SendOutcome::Deferred(_), Some(seconds)) => {
                settle_outgoing(&mut write, out, OutState::Queued, at.plus_seconds(*seconds))
                    .await?;
            }
            (SendOutcome::Deferred(_), None) | (SendOutcome::Refused(_), _) => {
                settle_outgoing(&mut write, out, OutState::Refused, at).await?
            }
            (SendOutcome::Uncertain(_), _) => {
                settle_outgoing(&mut write, out, OutState::Uncertain, at).await?
            }
        }
        write.commit().await?;
        Ok(())
    }

    async fn attempt(
        &self,
        out: &Outgoing,
        source: &Source,
        url: &str,
        body: String,
    ) -> Result<()> {
        let at = self.store.now();
        let (sent, log) = webhook::post(
            &self.client,
            self.guard,
            url,
            &source.secret,
            &out.id.to_string(),
            at,
            body,
        )
        .await;
        let mut write = self.store.write(Actor::System).await?;
        write.outbox().insert_delivery(out.key, &log).await?;
        if let Some(error) = &log.error {
            write.sources().mark_failed(source.key, error).await?;
        }
        let tried = usize::try_from(out.attempts).unwrap_or(usize::MAX);
        match (sent, BACK_OFF.get(tried)) {
            (WebhookOutcome::Delivered, _) => {
                settle_outgoing(&mut write, out, OutState::Sent, at).await?
            }
            (WebhookOutcome::Retry, Some(seconds)) => {
                settle_outgoing(&mut write, out, OutState::Queued, at.plus_seconds(*seconds))
                    .await?
            }
            (WebhookOutcome::Retry, None) | (WebhookOutcome::Refused, _) => {
                settle_outgoing(&mut write, out, OutState::Refused, at).await?
            }
        }
        write.commit().await?;
        Ok(())
    }
}

/// The content a receiver needs; it never includes anything internal (row A25).
async fn body(write: &mut Write, out: &Outgoing) -> Result<String> {
    let message = write.messages().by_key(out.message_key).await?;
    let answer = answer_to_send(write, out).await?;
    let body = serde_json::json!({
        "type": "answer.sent",
        "timestamp": answer.at,
        "data": {
            "id": message.id,
            "in_reply_to": answer.in_reply_to,
            "conversation": answer.conversation,
            "text": answer.text,
            "visibility": answer.visibility,
            "author": { "name": answer.author },
        }
    });
    Ok(body.to_string())
}
