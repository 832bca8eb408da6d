//! Nudges after commit: the number of the last fact, nothing else. Subscribers read the
//! history themselves, so a lost nudge loses nothing.

use tokio::sync::watch;

/// Carries the number of the last fact within this process.
#[derive(Debug, Clone)]
pub struct Bus {
    sender: watch::Sender<i64>,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            sender: watch::Sender::new(0),
        }
    }
}

impl Bus {
    /// Announces that facts up to `number` are visible.
    pub fn notify(&self, number: i64) {
        self.sender.send_if_modified(|last| {
            let newer = number > *last;
            *last = number.max(*last);
            newer
        });
    }

    /// Subscribes to nudges from now on.
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.sender.subscribe()
    }
}
