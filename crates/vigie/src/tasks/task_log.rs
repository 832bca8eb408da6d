//! How the tasks of this process go: read by the doctor and by administrators.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use vigie_http::{TaskRun, TaskStatus};
use vigie_model::{At, Clock};

use super::Task;

/// What each task last did.
#[derive(Clone)]
pub struct TaskLog {
    clock: Arc<dyn Clock>,
    runs: Arc<Mutex<BTreeMap<&'static str, TaskRun>>>,
}

impl TaskLog {
    /// An empty log.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            runs: Arc::default(),
        }
    }

    /// The time by which the runs are dated.
    pub fn now(&self) -> At {
        self.clock.now()
    }

    /// Names a task before its first run.
    pub fn expect(&self, task: &dyn Task) {
        let run = TaskRun {
            name: task.name().to_owned(),
            every_ms: milliseconds(task.schedule().every),
            runs: 0,
            failures: 0,
            ended_at: None,
            took_ms: None,
            error: None,
            failed_at: None,
        };
        self.locked().insert(task.name(), run);
    }

    /// Writes down a run that ended well.
    pub fn ran_well(&self, name: &str, took: Duration) {
        self.record(name, took, |run| run.error = None);
    }

    /// Writes down a run that failed, and why.
    pub fn failed(&self, name: &str, took: Duration, error: String) {
        let now = self.clock.now();
        self.record(name, took, |run| {
            run.failures += 1;
            run.failed_at = Some(now);
            run.error = Some(error);
        });
    }

    fn record(&self, name: &str, took: Duration, outcome: impl FnOnce(&mut TaskRun)) {
        let now = self.clock.now();
        if let Some(run) = self.locked().get_mut(name) {
            run.runs += 1;
            run.ended_at = Some(now);
            run.took_ms = Some(milliseconds(took));
            outcome(run);
        }
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<&'static str, TaskRun>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskStatus for TaskLog {
    fn tasks(&self) -> Vec<TaskRun> {
        self.locked().values().cloned().collect()
    }
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
