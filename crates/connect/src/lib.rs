//! Runs connectors: reads each source that must be polled, and passes its messages to intake.
//! It knows nothing of what happens to a message, and marks or deletes nothing at the source.

pub mod mailbox;

use std::sync::Arc;

use vigie_listen::Intake;
use vigie_store::Store;

/// What a connector works with.
#[derive(Clone)]
pub struct Host {
    /// Stores the settings, cursor and last error of each source.
    pub store: Store,
    /// Receives what was read.
    pub intake: Arc<dyn Intake>,
}
