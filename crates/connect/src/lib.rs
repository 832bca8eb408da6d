//! Runs connectors: reads each source that must be asked, and hands what it says to the intake.
//! It knows nothing of what becomes of a message, and marks or deletes nothing at the source.

pub mod mailbox;

use std::sync::Arc;

use vigie_listen::Intake;
use vigie_store::Store;

/// What a connector is given to work with.
#[derive(Clone)]
pub struct Host {
    /// Where settings, cursors and mistakes of each source are kept.
    pub store: Store,
    /// Takes in what was read.
    pub intake: Arc<dyn Intake>,
}
