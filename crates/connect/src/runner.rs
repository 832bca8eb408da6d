//! Runs the sources that are asked: one reader per source, restarted when its settings change,
//! stopped when it is paused.

use std::collections::HashMap;

use parking_lot::Mutex;
use vigie_model::SourceKey;

use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;
use vigie_store::Source;

use crate::{Connectors, Host};

/// The readers that run. Dropped, they stop; interrupted work is repeated at the next start, since
/// messages and cursor are stored together.
pub struct SourceReaders {
    host: Host,
    connectors: Connectors,
    running: Mutex<HashMap<SourceKey, Reader>>,
}

struct Reader {
    fingerprint: Vec<u8>,
    task: JoinHandle<()>,
}

impl SourceReaders {
    /// None yet; [`SourceReaders::sync`] starts them.
    pub fn new(host: Host, connectors: Connectors) -> Self {
        Self {
            host,
            connectors,
            running: Mutex::default(),
        }
    }

    /// Starts, restarts and stops readers so that they are those the sources ask for.
    ///
    /// # Errors
    /// When the sources cannot be read; the readers then run on.
    pub async fn sync(&self) -> vigie_store::Result<()> {
        let sources = self.host.store.read().await?.sources().list().await?;
        let open = sources
            .into_iter()
            .filter(|source| source.paused_at.is_none());
        let wanted: HashMap<SourceKey, Source> = open.map(|source| (source.key, source)).collect();

        let mut running = self.running.lock();
        running.retain(|key, reader| {
            let source = wanted.get(key);
            let same = source.is_some_and(|source| fingerprint(source) == reader.fingerprint);
            if !same {
                reader.task.abort();
            }
            same && !reader.task.is_finished()
        });
        for (key, source) in wanted {
            if !running.contains_key(&key)
                && let Some(reader) = self.start(&source)
            {
                running.insert(key, reader);
            }
        }
        Ok(())
    }

    /// A reader, for a source of a kind that is asked.
    fn start(&self, source: &Source) -> Option<Reader> {
        let connector = self.connectors.get(source.kind)?;
        let reading = connector.run(self.host.clone(), source.id)?;
        Some(Reader {
            fingerprint: fingerprint(source),
            task: tokio::spawn(reading),
        })
    }
}

impl Drop for SourceReaders {
    fn drop(&mut self) {
        let running = self.running.get_mut();
        running.values().for_each(|reader| reader.task.abort());
    }
}

fn fingerprint(source: &Source) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(source.settings.to_string());
    hash.update(&source.secret);
    hash.finalize().to_vec()
}
