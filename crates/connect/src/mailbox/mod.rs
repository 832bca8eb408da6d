//! Mailboxes: one reader per mail source, restarted when its settings change, stopped when it
//! is paused.

mod connection;
mod cursor;
mod reader;

use std::{collections::HashMap, time::Duration};

use sha2::{Digest as _, Sha256};
use tokio::{sync::watch, task::JoinHandle};
use vigie_listen::{BoxFuture, MailboxProbe, ProbeError};
use vigie_model::{MailboxSettings, SourceKind};
use vigie_store::Source;

use crate::Host;

pub use cursor::MailboxCursor;

/// How often changed settings are checked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);

struct ReaderTask {
    fingerprint: Vec<u8>,
    task: JoinHandle<()>,
}

/// Reads every mailbox until shutdown.
pub async fn read_mailboxes(host: Host, mut stopped: watch::Receiver<bool>) {
    let mut readers: HashMap<i64, ReaderTask> = HashMap::new();
    loop {
        match host.store.read().await {
            Ok(mut session) => match session.sources().await {
                Ok(sources) => sync_readers(&host, &mut readers, sources),
                Err(error) => tracing::error!(%error, "sources could not be read"),
            },
            Err(error) => tracing::error!(%error, "sources could not be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    // Interrupted work is repeated at the next start: mails and cursor are stored together.
    readers.values().for_each(|it| it.task.abort());
}

fn sync_readers(host: &Host, readers: &mut HashMap<i64, ReaderTask>, sources: Vec<Source>) {
    let wanted: HashMap<i64, Source> = sources
        .into_iter()
        .filter(|it| it.kind == SourceKind::Mail && it.paused_at.is_none())
        .map(|it| (it.key, it))
        .collect();
    readers.retain(|key, reader| {
        let same = wanted
            .get(key)
            .is_some_and(|it| fingerprint(it) == reader.fingerprint);
        if !same {
            reader.task.abort();
        }
        same && !reader.task.is_finished()
    });
    for (key, source) in wanted {
        let start = || ReaderTask {
            fingerprint: fingerprint(&source),
            task: tokio::spawn(reader::run_forever(host.clone(), source.id)),
        };
        readers.entry(key).or_insert_with(start);
    }
}

fn fingerprint(source: &Source) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(source.settings.to_string());
    hash.update(&source.secret);
    hash.finalize().to_vec()
}

/// Tries mailboxes over the network.
#[derive(Debug, Clone, Copy, Default)]
pub struct NetworkProbe;

impl MailboxProbe for NetworkProbe {
    fn probe(
        &self,
        mailbox: MailboxSettings,
        password: String,
    ) -> BoxFuture<'_, Result<u32, ProbeError>> {
        Box::pin(async move {
            connection::test(&mailbox, &password)
                .await
                .map_err(ProbeError)
        })
    }
}
