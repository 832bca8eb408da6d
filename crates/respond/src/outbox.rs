//! The outbox: each answer from queued to settled. To a program at least once, with a stable
//! id and a back-off; on the private page immediately; in rehearsal nothing is sent. An
//! uncertain answer waits for a person.

use vigie_model::{Act, Actor, At, CaseState, MailboxSettings, OutState, OutboxId, SourceKind};
use vigie_store::{
    Case, ColleagueMail, Delivery, FactDraft, Outgoing, Session, Source, Store, Write,
};

use crate::{
    Error, Result,
    mail::{self, SmtpOutcome},
    ssrf_guard::{AddressPolicy, client},
    unanswered::unanswered,
    webhook::{self, WebhookOutcome},
};

/// Sends answers that are due.
pub struct Outbox {
    store: Store,
    client: reqwest::Client,
    guard: AddressPolicy,
}

/// How answers are sent for a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyRoute {
    /// Posted to this address.
    Webhook(String),
    /// Sent from this mailbox.
    Mail(Box<MailboxSettings>),
    /// Read on the customer's private page.
    PrivatePage,
    /// There is no way to answer.
    None,
}

impl ReplyRoute {
    /// The reach of a source, from its kind and settings.
    pub fn of(source: &Source) -> Self {
        let url = source
            .settings
            .get("webhook_url")
            .and_then(|it| it.as_str())
            .filter(|it| !it.is_empty());
        match (source.kind, url) {
            (SourceKind::Api, Some(url)) => Self::Webhook(url.to_owned()),
            (SourceKind::Form, _) => Self::PrivatePage,
            (SourceKind::Mail, _) => {
                mail::settings_of(source).map_or(Self::None, |it| Self::Mail(Box::new(it)))
            }
            _ => Self::None,
        }
    }
}

/// The source an answer is sent through: mails imported from a file are answered from the
/// brand's mailbox.
pub async fn reply_source(session: &mut Session, source: Source) -> vigie_store::Result<Source> {
    let mails = source
        .settings
        .get("mails")
        .and_then(serde_json::Value::as_bool)
        == Some(true);
    if source.kind != SourceKind::Import || !mails {
        return Ok(source);
    }
    let all = session.sources().await?.into_iter();
    let mut own = all.filter(|it| it.kind == SourceKind::Mail && it.brand_key == source.brand_key);
    Ok(own.find(|it| it.paused_at.is_none()).unwrap_or(source))
}

/// Seconds until the next attempt, by number of attempts made: about nine hours in total.
const BACK_OFF: [i64; 8] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 18_000];
/// An attempt lasts at most ten seconds: one older than this was left by a crashed process.
const STUCK_SECONDS: i64 = 60;

impl Outbox {
    /// An outbox for a store.
    pub fn new(store: Store, guard: AddressPolicy) -> std::result::Result<Self, reqwest::Error> {
        Ok(Self {
            store,
            client: client(guard)?,
            guard,
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
            .outgoing_due(now, now.plus_seconds(-STUCK_SECONDS), 50)
            .await?;
        for out in &due {
            self.handle(out).await?;
        }
        let letters = self
            .store
            .read()
            .await?
            .letters_due(now, now.plus_seconds(-STUCK_SECONDS))
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
        let source = write.source_by_key(letter.source_key).await?;
        let brand = write.brand(source.brand_key).await?;
        let at = write.at();
        if brand.settings.rehearsal {
            write.move_letter(letter.key, "rehearsed", at).await?;
            write.commit().await?;
            return Ok(());
        }
        write.move_letter(letter.key, "sending", at).await?;
        write.commit().await?;
        let outcome = self
            .deliver_colleague_mail(&source, &brand.name, letter)
            .await;
        let mut write = self.store.write(Actor::System).await?;
        let tried = usize::try_from(letter.attempts).unwrap_or(usize::MAX);
        let (state, next) = match (&outcome, BACK_OFF.get(tried)) {
            (SmtpOutcome::Accepted, _) => ("sent", at),
            (SmtpOutcome::Deferred(_) | SmtpOutcome::Uncertain(_), Some(seconds)) => {
                ("queued", at.plus_seconds(*seconds))
            }
            _ => ("refused", at),
        };
        write.move_letter(letter.key, state, next).await?;
        if let SmtpOutcome::Deferred(error)
        | SmtpOutcome::Refused(error)
        | SmtpOutcome::Uncertain(error) = &outcome
        {
            write.source_failed(source.key, error).await?;
        }
        write.commit().await?;
        Ok(())
    }

    async fn deliver_colleague_mail(
        &self,
        source: &Source,
        brand: &str,
        letter: &ColleagueMail,
    ) -> SmtpOutcome {
        let mailbox = match mail::settings_of(source) {
            Ok(mailbox) => mailbox,
            Err(error) => return SmtpOutcome::Refused(error),
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
            mail::renew(&self.client, &mailbox, &mail::secret_of(source)).await,
        ) {
            (Ok((from, to, raw)), Ok(password)) => {
                mail::deliver(&mailbox, &password, (from, to), &raw).await
            }
            (Err(error), _) => SmtpOutcome::Refused(error),
            (_, Err(error)) => SmtpOutcome::Deferred(error),
        }
    }

    async fn handle(&self, out: &Outgoing) -> Result<()> {
        let mut write = self.store.write(Actor::System).await?;
        let source = write.source_by_key(out.source_key).await?;
        let case = write.case_by_key(out.case_key).await?;
        let brand = write.brand(case.brand_key).await?;
        let reach = ReplyRoute::of(&source);
        let url = match (brand.settings.rehearsal, reach) {
            (true, _) => return settle(write, out, OutState::Rehearsed).await,
            (false, ReplyRoute::PrivatePage) => return settle(write, out, OutState::Sent).await,
            (false, ReplyRoute::None) => return settle(write, out, OutState::Refused).await,
            (false, ReplyRoute::Mail(mailbox)) => {
                return self.by_mail(write, out, &source, &mailbox).await;
            }
            (false, ReplyRoute::Webhook(url)) => url,
        };
        // Recorded before the attempt: a crash leaves it "sending", and it is retried with the
        // same id.
        let at = write.at();
        if !write
            .move_outgoing(out.key, out.state, OutState::Sending, at)
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
            .move_outgoing(out.key, out.state, OutState::Sending, at)
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
            Err(error) => SmtpOutcome::Refused(error),
            Ok((from, to, raw)) => {
                match mail::renew(&self.client, mailbox, &mail::secret_of(source)).await {
                    Ok(password) => mail::deliver(mailbox, &password, (from, to), &raw).await,
                    Err(error) => SmtpOutcome::Deferred(error),
                }
            }
        };
        self.mailed(
            out,
            source,
            outcome,
            i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
        )
        .await
    }

    async fn mailed(
        &self,
        out: &Outgoing,
        source: &Source,
        outcome: SmtpOutcome,
        milliseconds: i64,
    ) -> Result<()> {
        let at = self.store.now();
        let error = match &outcome {
            SmtpOutcome::Accepted => None,
            SmtpOutcome::Deferred(error)
            | SmtpOutcome::Refused(error)
            | SmtpOutcome::Uncertain(error) => Some(error.clone()),
        };
        let mut write = self.store.write(Actor::System).await?;
        write
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
            write.source_failed(source.key, error).await?;
        }
        let tried = usize::try_from(out.attempts).unwrap_or(usize::MAX);
        match (outcome, BACK_OFF.get(tried)) {
            (SmtpOutcome::Accepted, _) => {
                settle_outgoing(&mut write, out, OutState::Sent, at).await?
            }
            (SmtpOutcome::Deferred(_), Some(seconds)) => {
                settle_outgoing(&mut write, out, OutState::Queued, at.plus_seconds(*seconds))
                    .await?;
            }
            (SmtpOutcome::Deferred(_), None) | (SmtpOutcome::Refused(_), _) => {
                settle_outgoing(&mut write, out, OutState::Refused, at).await?
            }
            (SmtpOutcome::Uncertain(_), _) => {
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
        write.insert_delivery(out.key, &log).await?;
        if let Some(error) = &log.error {
            write.source_failed(source.key, error).await?;
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

async fn settle(mut write: Write, out: &Outgoing, state: OutState) -> Result<()> {
    let at = write.at();
    if write.move_outgoing(out.key, out.state, state, at).await? {
        record_outcome(&mut write, out, state).await?;
        write.commit().await?;
    }
    Ok(())
}

async fn settle_outgoing(
    write: &mut Write,
    out: &Outgoing,
    state: OutState,
    not_before: At,
) -> Result<()> {
    if write
        .move_outgoing(out.key, OutState::Sending, state, not_before)
        .await?
    {
        record_outcome(write, out, state).await?;
    }
    Ok(())
}

async fn record_outcome(write: &mut Write, out: &Outgoing, state: OutState) -> Result<()> {
    let case = write.case_by_key(out.case_key).await?;
    if state == OutState::Refused
        && !out.receipt
        && matches!(case.state, CaseState::WaitingCustomer | CaseState::Closed)
    {
        reopen_unanswered(write, &case, out.made_at).await?;
    }
    let fact = FactDraft::new(Act::AnswerMoved)
        .of_case(&case)
        .on("message", out.message.0)
        .on("answer", out.id.0);
    write.fact(fact.code("state", state.code()));
    Ok(())
}

/// The receiver reports that an accepted answer was not delivered: nobody was answered.
pub async fn mark_bounced(write: &mut Write, out: &Outgoing) -> Result<()> {
    let at = write.at();
    if write
        .move_outgoing(out.key, OutState::Sent, OutState::Refused, at)
        .await?
    {
        record_outcome(write, out, OutState::Refused).await?;
    }
    Ok(())
}

/// An undelivered answer answered nobody: the case waits for the team again, even if closed,
/// unless answered since.
async fn reopen_unanswered(write: &mut Write, case: &Case, made_at: At) -> Result<()> {
    let mut after = unanswered(write, case).await?;
    if after.answered_at.is_some_and(|it| it > made_at)
        || case.closed_at.is_some_and(|it| it < made_at)
    {
        return Ok(());
    }
    if write.undo_closure(case.key).await? {
        (after.how, after.closed_at) = (None, None);
    }
    after.state = CaseState::Open;
    after.waiting_since = after.waiting_since.or(Some(case.heard_at));
    write.release_absent_owner(&mut after).await?;
    write.fact(
        FactDraft::new(Act::CaseReopened)
            .of_case(case)
            .by(Actor::System),
    );
    write.save_case(case, &mut after).await?;
    Ok(())
}

/// The content a receiver needs; it never includes anything internal (row A25).
async fn body(write: &mut Write, out: &Outgoing) -> Result<String> {
    let message = write.message_by_key(out.message_key).await?;
    let conversation = write
        .conversations_by_keys(&[message.conversation_key])
        .await?;
    let conversation = conversation.first().map(|it| it.external_key.as_str());
    let all = write.messages_of_case(out.case_key, 500).await?;
    let answered = all
        .iter()
        .rev()
        .find(|it| it.author_key.is_some())
        .map(|it| it.external_id.as_str());
    let body = serde_json::json!({
        "type": "answer.sent",
        "timestamp": message.at,
        "data": {
            "id": message.id,
            "in_reply_to": answered,
            // A conversation name of our own would look like somebody else's: only the source's
            // own is sent.
            "conversation": conversation.and_then(|it| it.strip_prefix("c:")),
            "text": message.text,
            "visibility": message.visibility,
            "author": { "name": message.who },
        }
    });
    Ok(body.to_string())
}

/// A person sends a refused or uncertain answer again.
///
/// # Errors
/// [`Error::AlreadyLeft`] when it is in neither state.
pub async fn replay(write: &mut Write, id: OutboxId) -> Result<()> {
    let out = write.outgoing(id).await?;
    decide_from(write, &out, OutState::Queued).await
}

/// A person decides the outcome of an uncertain answer.
///
/// # Errors
/// [`Error::AlreadyLeft`] when it is not uncertain.
pub async fn decide(write: &mut Write, id: OutboxId, sent: bool) -> Result<()> {
    let out = write.outgoing(id).await?;
    decide_from(
        write,
        &out,
        if sent {
            OutState::Sent
        } else {
            OutState::Queued
        },
    )
    .await
}

async fn decide_from(write: &mut Write, out: &Outgoing, to: OutState) -> Result<()> {
    if !matches!(out.state, OutState::Refused | OutState::Uncertain) {
        return Err(Error::AlreadyLeft);
    }
    let at = write.at();
    if !write.move_outgoing(out.key, out.state, to, at).await? {
        return Err(Error::AlreadyLeft);
    }
    record_outcome(write, out, to).await
}
