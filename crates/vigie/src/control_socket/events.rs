//! What is said over the control socket.

use serde::{Deserialize, Serialize};

/// The output of a command while it runs, one JSON object per line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputEvent {
    Say(String),
    Error(String),
    Progress(String),
    Ended(bool),
    Failed(String),
}
