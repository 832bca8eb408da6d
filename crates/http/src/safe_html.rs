//! The HTML of messages made harmless off the workers that serve requests, and kept for the next
//! time.

use std::{collections::HashMap, num::NonZeroUsize, sync::Arc};

use lru::LruCache;
use parking_lot::Mutex;
use vigie_listen::html::{SafeHtml, sanitise};
use vigie_model::MessageKey;
use vigie_store::Message;

use crate::Problem;

/// Messages whose HTML is kept, the latest read.
const MOST_KEPT: NonZeroUsize = NonZeroUsize::new(512).expect("it is not zero");
/// The longest HTML kept, in bytes: the rare longer one is made again.
const LONGEST_KEPT: usize = 64 * 1024;

/// A message as its source told it the last time.
type Told = (MessageKey, i64);

/// What was made harmless so far.
pub struct SafeHtmlCache(Mutex<LruCache<Told, Arc<SafeHtml>>>);

impl Default for SafeHtmlCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST_KEPT)))
    }
}

impl SafeHtmlCache {
    /// The harmless HTML of those messages that have some.
    pub async fn of(
        &self,
        messages: &[Message],
    ) -> Result<HashMap<MessageKey, Arc<SafeHtml>>, Problem> {
        let mut found = HashMap::new();
        let mut unknown = Vec::new();
        for message in messages {
            let Some(html) = &message.html else { continue };
            let told = (message.key, message.revision);
            match self.0.lock().get(&told) {
                Some(safe) => drop(found.insert(message.key, Arc::clone(safe))),
                None => unknown.push((told, html.clone())),
            }
        }
        for (told, safe) in sanitise_all(unknown).await? {
            if safe.html.len() <= LONGEST_KEPT {
                self.0.lock().put(told, Arc::clone(&safe));
            }
            found.insert(told.0, safe);
        }
        Ok(found)
    }
}

async fn sanitise_all(html: Vec<(Told, String)>) -> Result<Vec<(Told, Arc<SafeHtml>)>, Problem> {
    if html.is_empty() {
        return Ok(Vec::new());
    }
    let made = tokio::task::spawn_blocking(move || {
        let safe = html.into_iter();
        safe.map(|(told, html)| (told, Arc::new(sanitise(&html))))
            .collect()
    });
    made.await.map_err(|err| Problem::internal(&err))
}
