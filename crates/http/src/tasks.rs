//! What the background tasks say of themselves, for people who look after the instance.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::At;

/// A background task, as it last ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskRun {
    /// A stable code: `outbox`, `webhooks`, `index`, `timers`, `sources`, …
    pub name: String,
    /// It runs at least this often, milliseconds.
    pub every_ms: u64,
    /// Since the process started.
    pub runs: u64,
    pub failures: u64,
    /// When it last ended; absent before its first run.
    pub ended_at: Option<At>,
    /// How long that took, milliseconds.
    pub took_ms: Option<u64>,
    /// How long ago it last ended, milliseconds, by a clock that nobody can set.
    pub idle_ms: Option<u64>,
    /// Why it last failed; absent once it ran well again.
    pub error: Option<String>,
    pub failed_at: Option<At>,
}

/// Who knows how the tasks go.
pub trait TaskStatus: Send + Sync {
    /// Every task, by name.
    fn tasks(&self) -> Vec<TaskRun>;
}
