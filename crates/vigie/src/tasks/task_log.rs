//! How the tasks of this process go: read by the doctor and by administrators.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::{Mutex, MutexGuard};
use vigie_http::{TaskRun, TaskStatus};
use vigie_model::Clock;

use super::Task;

/// What each task last did.
#[derive(Clone)]
pub struct TaskLog {
    clock: Arc<dyn Clock>,
    runs: Arc<Mutex<BTreeMap<&'static str, LoggedRun>>>,
}

/// A run, with its end on the clock that nobody can set: an administrator who sets the time right
/// makes no task late.
struct LoggedRun {
    run: TaskRun,
    ended: Option<Instant>,
}

impl TaskLog {
    /// An empty log.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            runs: Arc::default(),
        }
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
            idle_ms: None,
            error: None,
            failed_at: None,
        };
        let logged = LoggedRun { run, ended: None };
        self.locked().insert(task.name(), logged);
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
        if let Some(LoggedRun { run, ended }) = self.locked().get_mut(name) {
            *ended = Some(Instant::now());
            run.runs += 1;
            run.ended_at = Some(now);
            run.took_ms = Some(milliseconds(took));
            outcome(run);
        }
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<&'static str, LoggedRun>> {
        self.runs.lock()
    }
}

impl LoggedRun {
    fn as_of_now(&self) -> TaskRun {
        TaskRun {
            idle_ms: self.ended.map(|ended| milliseconds(ended.elapsed())),
            ..self.run.clone()
        }
    }
}

impl TaskStatus for TaskLog {
    fn tasks(&self) -> Vec<TaskRun> {
        let locked = self.locked();
        locked.values().map(LoggedRun::as_of_now).collect()
    }
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
