//! The outbox: each answer from queued to settled. To a program at least once, with a stable
//! id and a back-off; on the private page immediately; in rehearsal nothing is sent. An
//! uncertain answer waits for a person.

mod route;
mod sender;
mod settling;

pub use route::{Replies, ReplyRoute, Replying, reply_source};
pub use sender::{AnswerToSend, SendOutcome, Sender};
pub use settling::{decide, mark_bounced, replay};

use std::{collections::BTreeMap, time::Instant};

use futures::future::join_all;

use vigie_model::{Actor, MailboxSettings, OutState};
use vigie_store::{Delivery, Outgoing, Source, Store, SystemMail, Write};

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
    replies: Replies,
}

/// Seconds until the next attempt, by number of attempts made: about nine hours in total.
const BACK_OFF: [i64; 8] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 18_000];
/// An attempt lasts at most ten seconds: one older than this was left by a crashed process.
const STUCK_SECONDS: i64 = 60;

impl Outbox {
    /// An outbox for a store; `replies` says how each kind of source is answered.
    pub fn new(
        store: Store,
        guard: AddressPolicy,
        replies: Replies,
    ) -> std::result::Result<Self, reqwest::Error> {
        Ok(Self {
            store,
            client: client(guard)?,
            guard,
            replies,
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
        let mut failed = self.handle_all(&due).await;
        let letters = self
            .store
            .read()
            .await?
            .system_mails()
            .due(now, now.plus_seconds(-STUCK_SECONDS))
            .await?;
        for letter in &letters {
            failed = self.post(letter).await.err().or(failed);
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(due.len() + letters.len()),
        }
    }

    /// Handles answers, those of each source in their order and the sources side by side: neither
    /// one that fails nor a slow server keeps others from leaving. Returns an error, if any.
    async fn handle_all(&self, due: &[Outgoing]) -> Option<Error> {
        let mut by_source = BTreeMap::<_, Vec<_>>::new();
        for out in due {
            by_source.entry(out.source_key).or_default().push(out);
        }
        let of_one = async |outgoing: Vec<&Outgoing>| {
            let mut failed = None;
            for out in outgoing {
                failed = self.handle(out).await.err().or(failed);
            }
            failed
        };
        let failures = join_all(by_source.into_values().map(of_one)).await;
        failures.into_iter().flatten().next_back()
    }

    /// Sends a mail from Vigie to a colleague. A duplicate would be a nuisance, not a harm: it is
    /// retried.
    async fn post(&self, letter: &SystemMail) -> Result<()> {
        let mut write = self.store.write(Actor::System).await?;
        let source = write.sources().by_key(letter.source_key).await?;
        let brand = write.brands().by_key(source.brand_key).await?;
        let at = write.at();
        let state = match brand.settings.rehearsal {
            true => "rehearsed",
            false => "sending",
        };
        write.system_mails().move_to(letter.key, state, at).await?;
        write.commit().await?;
        if brand.settings.rehearsal {
            return Ok(());
        }

        let outcome = self.deliver_system_mail(&source, &brand.name, letter).await;
        let (state, next) = match (&outcome, back_off(letter.attempts)) {
            (SendOutcome::Accepted, _) => ("sent", at),
            (SendOutcome::Deferred(_) | SendOutcome::Uncertain(_), Some(seconds)) => {
                ("queued", at.plus_seconds(seconds))
            }
            _ => ("refused", at),
        };
        let mut write = self.store.write(Actor::System).await?;
        write
            .system_mails()
            .move_to(letter.key, state, next)
            .await?;
        if let Some(error) = outcome.error() {
            write.sources().mark_failed(source.key, error).await?;
        }
        write.commit().await?;
        Ok(())
    }

    async fn deliver_system_mail(
        &self,
        source: &Source,
        brand: &str,
        letter: &SystemMail,
    ) -> SendOutcome {
        let mailbox = match mail::settings_of(source) {
            Ok(mailbox) => mailbox,
            Err(error) => return SendOutcome::Refused(error),
        };
        let (id, at) = (self.store.id().to_string(), self.store.now());
        let composed = mail::compose_plain(&mailbox, brand, letter, &id, at);
        self.deliver_mail(source, &mailbox, composed).await
    }

    /// Hands a mail over, if it could be composed.
    async fn deliver_mail(
        &self,
        source: &Source,
        mailbox: &MailboxSettings,
        composed: Result<mail::ComposedMail, String>,
    ) -> SendOutcome {
        let (from, to, raw) = match composed {
            Ok(composed) => composed,
            Err(error) => return SendOutcome::Refused(error),
        };
        match mail::password(&self.client, mailbox, source).await {
            Ok(password) => mail::deliver(mailbox, &password, (from, to), &raw).await,
            Err(error) => SendOutcome::Deferred(error),
        }
    }

    async fn handle(&self, out: &Outgoing) -> Result<()> {
        let mut write = self.store.write(Actor::System).await?;
        let source = write.sources().by_key(out.source_key).await?;
        let case = write.cases().by_key(out.case_key).await?;
        let brand = write.brands().by_key(case.brand_key).await?;
        if brand.settings.rehearsal {
            return settle(write, out, OutState::Rehearsed).await;
        }
        match ReplyRoute::of(&source, &self.replies) {
            ReplyRoute::PrivatePage => settle(write, out, OutState::Sent).await,
            ReplyRoute::None => settle(write, out, OutState::Refused).await,
            ReplyRoute::Mail(mailbox) => self.by_mail(write, out, &source, &mailbox).await,
            ReplyRoute::Connector => self.by_connector(write, out, &source).await,
            ReplyRoute::Webhook(url) => self.by_webhook(write, out, &source, &url).await,
        }
    }

    /// Sends to a program: a crash leaves it "sending", and it is retried with the same id.
    async fn by_webhook(
        &self,
        mut write: Write,
        out: &Outgoing,
        source: &Source,
        url: &str,
    ) -> Result<()> {
        if !begin_sending(&mut write, out).await? {
            return Ok(());
        }
        let body = body(&mut write, out).await?;
        write.commit().await?;

        let request = webhook::Request {
            url,
            secret: &source.secret,
            id: &out.id.to_string(),
            at: self.store.now(),
            body,
        };
        let (outcome, log) = webhook::post(&self.client, self.guard, request).await;
        let next = match outcome {
            WebhookOutcome::Delivered => Next::Sent,
            WebhookOutcome::Retry => Next::Again,
            WebhookOutcome::Refused => Next::Refused,
        };
        self.record(out, source, &log, next).await
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
        if !begin_sending(&mut write, out).await? {
            return Ok(());
        }
        let composed = match mail::gather(&mut write, out).await {
            Ok(letter) => mail::compose(mailbox, &letter),
            Err(Error::NoWayBack(error)) => Err(error.to_owned()),
            Err(error) => return Err(error),
        };
        write.commit().await?;

        let started = Instant::now();
        let outcome = self.deliver_mail(source, mailbox, composed).await;
        self.record_attempt(out, source, outcome, started).await
    }

    /// Sends by the connector of the source: what may have left is never sent again by itself.
    async fn by_connector(&self, mut write: Write, out: &Outgoing, source: &Source) -> Result<()> {
        if out.state == OutState::Sending {
            return settle(write, out, OutState::Uncertain).await;
        }
        if !begin_sending(&mut write, out).await? {
            return Ok(());
        }
        let answer = answer_to_send(&mut write, out).await?;
        write.commit().await?;

        let started = Instant::now();
        let outcome = match self.replies.sender(source.kind) {
            Some(sender) => sender.send(source, &answer).await,
            None => SendOutcome::Refused(format!("nothing sends answers for {}", source.kind)),
        };
        self.record_attempt(out, source, outcome, started).await
    }

    async fn record_attempt(
        &self,
        out: &Outgoing,
        source: &Source,
        outcome: SendOutcome,
        started: Instant,
    ) -> Result<()> {
        let log = Delivery {
            at: self.store.now(),
            status: None,
            error: outcome.error().map(str::to_owned),
            milliseconds: started.elapsed().as_millis() as i64,
        };
        let next = match outcome {
            SendOutcome::Accepted => Next::Sent,
            SendOutcome::Deferred(_) => Next::Again,
            SendOutcome::Refused(_) => Next::Refused,
            SendOutcome::Uncertain(_) => Next::Uncertain,
        };
        self.record(out, source, &log, next).await
    }

    /// Writes an attempt down, and what becomes of the answer.
    async fn record(
        &self,
        out: &Outgoing,
        source: &Source,
        log: &Delivery,
        next: Next,
    ) -> Result<()> {
        let mut write = self.store.write(Actor::System).await?;
        write.outbox().insert_delivery(out.key, log).await?;
        if let Some(error) = &log.error {
            write.sources().mark_failed(source.key, error).await?;
        }
        let (state, at) = match (next, back_off(out.attempts)) {
            (Next::Sent, _) => (OutState::Sent, log.at),
            (Next::Again, Some(seconds)) => (OutState::Queued, log.at.plus_seconds(seconds)),
            (Next::Again, None) | (Next::Refused, _) => (OutState::Refused, log.at),
            (Next::Uncertain, _) => (OutState::Uncertain, log.at),
        };
        settle_outgoing(&mut write, out, state, at).await?;
        write.commit().await?;
        Ok(())
    }
}

/// What becomes of an answer after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Sent,
    /// After a while, as long as there are attempts left.
    Again,
    Refused,
    /// A person decides.
    Uncertain,
}

/// How many seconds to wait after so many attempts; `None` when it was tried often enough.
fn back_off(attempts: i64) -> Option<i64> {
    let tried = usize::try_from(attempts).ok()?; // default: never negative
    BACK_OFF.get(tried).copied()
}

/// Recorded before the attempt; false when somebody called it back in the meantime.
async fn begin_sending(write: &mut Write, out: &Outgoing) -> Result<bool> {
    let at = write.at();
    let outbox = write.outbox();
    Ok(outbox
        .move_to(out.key, out.state, OutState::Sending, at)
        .await?)
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
