//! Who views which case right now: in memory, expired after half a minute of silence.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::broadcast;
use vigie_model::{At, CaseId, PersonId};

const FADES_AFTER_SECONDS: i64 = 30;

/// Somebody viewing a case.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub person: PersonId,
    pub name: String,
    pub writing: bool,
    seen: At,
}

/// Everybody viewing something.
pub struct Presence {
    looking: Mutex<HashMap<CaseId, Vec<Viewer>>>,
    changed: broadcast::Sender<CaseId>,
}

/// A browser that lags more than this many changes reads again at its next heartbeat.
const REMEMBERED: usize = 64;

impl Default for Presence {
    fn default() -> Self {
        Self {
            looking: Mutex::default(),
            changed: broadcast::channel(REMEMBERED).0,
        }
    }
}

impl Presence {
    /// Cases where somebody starts viewing, starts writing, or stops writing.
    pub fn changes(&self) -> broadcast::Receiver<CaseId> {
        self.changed.subscribe()
    }

    /// Records that somebody views a case; returns the other viewers. An unchanged state notifies
    /// nobody.
    pub fn record_viewer(
        &self,
        case: CaseId,
        person: PersonId,
        name: &str,
        writing: bool,
        now: At,
    ) -> Vec<Viewer> {
        let mut all = self.looking.lock();
        all.retain(|_, people| {
            people.retain(|it| it.seen.plus_seconds(FADES_AFTER_SECONDS) > now);
            !people.is_empty()
        });
        let people = all.entry(case).or_default();
        let same = people
            .iter()
            .any(|it| it.person == person && it.writing == writing);
        people.retain(|it| it.person != person);
        let others = people.clone();
        people.push(Viewer {
            person,
            name: name.to_owned(),
            writing,
            seen: now,
        });
        drop(all);
        if !same && self.changed.receiver_count() > 0 {
            // Without a receiver, nobody needs to know.
            self.changed.send(case).ok();
        }
        others
    }
}
