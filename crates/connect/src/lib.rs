//! Runs connectors: one value per kind of source says what it can do, how it is set up, tried, read
//! and answered; one registry names them all. What becomes of a message is not known here, and
//! nothing is marked or deleted at the source.

pub mod api;
mod connector;
mod form;
pub mod mailbox;
mod names;
mod registry;
mod reported;
mod runner;
mod settings_form;
mod written_to;

pub use connector::{Capabilities, Check, Configured, Connector, InvalidSettings, Limits, Reading};
pub use names::Names;
pub use registry::{Connectors, built_in};
pub use runner::SourceReaders;
pub use settings_form::{Choice, Field, FieldKind, Section, SettingsForm};
pub use vigie_respond::Replying;
pub use written_to::webhook_address;

use std::sync::Arc;

use vigie_listen::Intake;
use vigie_respond::AddressPolicy;
use vigie_store::Store;

/// What a connector is given to work with.
#[derive(Clone)]
pub struct Host {
    /// Where settings, cursors and errors of each source are stored.
    pub store: Store,
    /// Takes in what was read.
    pub intake: Arc<dyn Intake>,
    /// Which addresses may be called.
    pub addresses: AddressPolicy,
}
