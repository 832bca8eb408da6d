//! Reads one mailbox continuously: new mail, then history, then waits. Nothing is marked as
//! seen and nothing is deleted.

use std::{sync::Arc, time::Duration};

use futures::TryStreamExt as _;
use vigie_listen::{Batch, BatchContext, IntakeError, mail};
use vigie_model::{Actor, MailboxSettings, SourceId};
use vigie_store::Source;

use super::{
    connection::{self, ImapSession, describe_error},
    cursor::{FolderCursor, MailboxCursor},
    fetch::{Fetched, PATIENCE, SILENT, fetch},
    read_mail::read_mail,
};
use crate::Host;

/// How long to wait for a push before the folder of sent answers is checked again.
const WATCH: Duration = Duration::from_secs(60);
/// How often a server that cannot push is polled.
const ASK_EVERY: Duration = Duration::from_secs(20);
const BACK_OFF: [u64; 7] = [2, 5, 10, 30, 60, 120, 300];
/// How long to wait when our own database or disk fails.
const OURS_BACK_OFF: Duration = Duration::from_secs(2);

/// Which side a failure comes from.
enum Failure {
    /// The mailbox, or its settings: shown on its page, and retried with increasing delays.
    Remote(String),
    /// Our own database or disk.
    Internal(String),
}

impl From<String> for Failure {
    fn from(error: String) -> Self {
        Self::Remote(error)
    }
}

fn internal_error(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(error.to_string())
}

/// Reads until aborted; each failure is shown on the source's page and retried with increasing
/// delays.
pub async fn run_forever(host: Host, id: SourceId) {
    match vigie_respond::guarded_client(vigie_respond::AddressPolicy::WithLoopback) {
        Ok(client) => keep_reading(&host, id, &client).await,
        Err(error) => report_state(&host, id, Some(&error.to_string())).await,
    }
}

async fn keep_reading(host: &Host, id: SourceId, client: &reqwest::Client) {
    let mut failures = 0;
    loop {
        let before = tokio::time::Instant::now();
        let error = match read(host, id, client).await {
            Ok(()) => continue,
            Err(Failure::Remote(error)) => error,
            Err(Failure::Internal(error)) => {
                // The mailbox works: it is read again as soon as our own side may work.
                tracing::error!(error, "a mailbox could not be kept up with");
                tokio::time::sleep(OURS_BACK_OFF).await;
                continue;
            }
        };
        // A connection that lasted for a while counts as successful.
        failures = if before.elapsed() > Duration::from_secs(120) {
            0
        } else {
            failures + 1
        };
        report_state(host, id, Some(&error)).await;
        let wait = BACK_OFF
            .get(failures.min(BACK_OFF.len()) - usize::from(failures > 0))
            .copied()
            .unwrap_or(300);
        tokio::time::sleep(Duration::from_secs(wait)).await;
    }
}

async fn report_state(host: &Host, id: SourceId, error: Option<&str>) {
    let told = async {
        let mut write = host.store.write(Actor::Source(id)).await?;
        let key = write.sources().find(id).await?.key;
        match error {
            Some(error) => write.sources().mark_failed(key, error).await?,
            None => write.sources().mark_recovered(key).await?,
        }
        write.commit().await.map(drop)
    };
    if let Err(error) = told.await {
        tracing::error!(%error, "a mailbox's health could not be written down");
    }
}

/// Reads over one connection for as long as it lasts.
async fn read(host: &Host, id: SourceId, client: &reqwest::Client) -> Result<(), Failure> {
    let source = source(host, id).await?;
    let settings = vigie_respond::mail::settings_of(&source)?;
    let password = vigie_respond::mail::password(client, &settings, &source).await?;
    let mut session = connection::open(&settings, &password).await?;
    let pushes = session
        .capabilities()
        .await
        .is_ok_and(|it| it.has_str("IDLE"));
    let sent = match settings.sent_folder.as_str() {
        "" => sent_folder(&mut session).await?,
        named => Some(named.to_owned()),
    };
    report_state(host, id, None).await;
    let mut reading = MailboxReader {
        host,
        source,
        settings,
        cursor: MailboxCursor::default(),
    };
    reading.cursor = reading.start();
    loop {
        if let Some(sent) = &sent {
            reading.folder(&mut session, sent, true).await?;
        }
        let inbox = reading.settings.folder.clone();
        reading.folder(&mut session, &inbox, false).await?;
        session = wait(session, pushes).await?;
    }
}

async fn source(host: &Host, id: SourceId) -> Result<Source, Failure> {
    let mut session = host.store.read().await.map_err(internal_error)?;
    session.sources().find(id).await.map_err(internal_error)
}

/// The folder of sent mail, by the server's own flag, else by its usual names.
async fn sent_folder(session: &mut ImapSession) -> Result<Option<String>, Failure> {
    let cannot = |err: async_imap::error::Error| format!("its folders cannot be listed: {err}");
    let listed = session.list(Some(""), Some("*")).await.map_err(cannot)?;
    let names: Vec<_> = listed.try_collect().await.map_err(cannot)?;
    let marked = names.iter().find(|name| {
        name.attributes()
            .iter()
            .any(|mark| format!("{mark:?}").contains("Sent"))
    });
    let usual = [
        "Sent",
        "Sent Items",
        "Sent Messages",
        "INBOX.Sent",
        "Envoy&AOk-s",
        "&AMk-l&AOk-ments envoy&AOk-s",
    ];
    let named = || {
        names.iter().find(|name| {
            usual
                .iter()
                .any(|usual| usual.eq_ignore_ascii_case(name.name()))
        })
    };
    Ok(marked.or_else(named).map(|it| it.name().to_owned()))
}

/// Waits for a push from the server, or for the time to poll again.
async fn wait(mut session: ImapSession, pushes: bool) -> Result<ImapSession, String> {
    if !pushes {
        tokio::time::sleep(ASK_EVERY).await;
        session.noop().await.map_err(|err| describe_error(&err))?;
        return Ok(session);
    }
    // What the server announces before push begins is announced only once: it counts as a push.
    let said = session.unsolicited_responses.clone();
    while said.try_recv().is_ok() {}
    let mut idle = session.idle();
    tokio::time::timeout(PATIENCE, idle.init())
        .await
        .map_err(|_| SILENT.to_owned())?
        .map_err(|err| describe_error(&err))?;
    if said.is_empty() {
        let (pushed, interrupt) = idle.wait_with_timeout(WATCH);
        let pushed = pushed.await;
        drop(interrupt);
        pushed.map_err(|err| describe_error(&err))?;
    }
    tokio::time::timeout(PATIENCE, idle.done())
        .await
        .map_err(|_| SILENT.to_owned())?
        .map_err(|err| describe_error(&err))
}

struct MailboxReader<'a> {
    host: &'a Host,
    source: Source,
    settings: MailboxSettings,
    cursor: MailboxCursor,
}

impl MailboxReader<'_> {
    /// The stored position; at the first connection, mail older than the days requested is
    /// history.
    fn start(&self) -> MailboxCursor {
        let stored = self.source.cursor.as_deref().map(serde_json::from_str);
        let mut cursor: MailboxCursor = match stored {
            None => MailboxCursor::default(),
            Some(Ok(cursor)) => cursor,
            Some(Err(error)) => {
                // Nothing is lost nor doubled: mails that are known are recognised.
                tracing::warn!(%error, "a mailbox's position cannot be read: it is read again");
                MailboxCursor::default()
            }
        };
        let days = i64::from(self.settings.open_days);
        cursor.since = cursor
            .since
            .or_else(|| Some(self.host.store.now().plus_days(-days)));
        cursor
    }

    /// Reads a folder until nothing new is there and its history is read; new mail comes before
    /// history.
    async fn folder(
        &mut self,
        session: &mut ImapSession,
        name: &str,
        sent: bool,
    ) -> Result<(), Failure> {
        let status = session
            .examine(name)
            .await
            .map_err(|err| format!("the folder {name}: {}", describe_error(&err)))?;
        let validity = status.uid_validity.ok_or_else(|| {
            format!("the folder {name}: its server gives mails no lasting numbers (UIDVALIDITY)")
        })?;
        let next = match status.uid_next {
            Some(next) => next,
            None => next_number(session).await?,
        };
        let mut folder = self.of(sent).opened(validity, next, status.exists);
        loop {
            let numbers =
                numbers(session, &format!("UID {}:*", folder.top.saturating_add(1))).await?;
            let new = folder.new_among(&numbers);
            let (read, after) = if new.is_empty() {
                if !folder.has_past() {
                    break;
                }
                let past = numbers_below(session, folder.floor).await?;
                let past = folder.past_among(&past);
                let after = folder.after_past(&past);
                (past, after)
            } else {
                let after = folder.after_new(&new);
                (new, after)
            };
            self.take(session, &read, sent, after).await?;
            folder = after;
        }
        if self.of(sent) != folder {
            self.take(session, &[], sent, folder).await?;
        }
        Ok(())
    }

    const fn of(&self, sent: bool) -> FolderCursor {
        if sent {
            self.cursor.sent
        } else {
            self.cursor.inbox
        }
    }

    /// Fetches mails and passes them to intake with the position after them.
    async fn take(
        &mut self,
        session: &mut ImapSession,
        read: &[u32],
        sent: bool,
        after: FolderCursor,
    ) -> Result<(), Failure> {
        let fetched = if read.is_empty() {
            Fetched::default()
        } else {
            fetch(session, read).await?
        };
        let validity = after.validity;
        let refused = fetched.refused(validity);
        let since = self.cursor.since.unwrap_or_else(|| self.host.store.now());
        let mut cursor = self.cursor.clone();
        *(if sent {
            &mut cursor.sent
        } else {
            &mut cursor.inbox
        }) = after;
        let mailbox = mail::MailboxContext {
            own: self.settings.own(),
            sent,
            authserv_id: self.settings.authserv_id.trim().to_lowercase(),
        };
        let (files, now) = (self.host.store.files().clone(), self.host.store.now());
        let mut items = Vec::with_capacity(fetched.mails.len());
        for raw in fetched.mails {
            let read = read_mail(&files, Arc::new(raw), &mailbox, now).await;
            let read = read.map_err(internal_error)?;
            items.push(read.item(since, validity));
        }
        items.extend(refused);
        let text = serde_json::to_string(&cursor).map_err(internal_error)?;
        let batch = Batch {
            source: self.source.id,
            items,
            cursor: Some(text),
            extras: BatchContext::default(),
        };
        match self.host.intake.receive(batch).await {
            Ok(_) => self.cursor = cursor,
            Err(IntakeError::Paused) => return Err("the source is paused".to_owned().into()),
            Err(error) => return Err(internal_error(error)),
        }
        Ok(())
    }
}

async fn numbers(session: &mut ImapSession, query: &str) -> Result<Vec<u32>, String> {
    let found = tokio::time::timeout(PATIENCE, session.uid_search(query)).await;
    let found = found
        .map_err(|_| SILENT.to_owned())?
        .map_err(|err| describe_error(&err))?;
    Ok(found.into_iter().collect())
}

/// A server may leave UIDNEXT out (RFC 3501, 6.3.2): one more than the highest number there is.
async fn next_number(session: &mut ImapSession) -> Result<u32, String> {
    let highest = numbers(session, "UID 1:*").await?.into_iter().max();
    Ok(highest.map_or(1, |number| number.saturating_add(1)))
}

async fn numbers_below(session: &mut ImapSession, floor: u32) -> Result<Vec<u32>, String> {
    if floor <= 1 {
        return Ok(Vec::new());
    }
    numbers(session, &format!("UID 1:{}", floor - 1)).await
}
