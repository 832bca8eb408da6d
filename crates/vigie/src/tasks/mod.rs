//! What goes on without being asked for: one registry of tasks, one loop that runs each. A run is
//! idempotent and is told nothing it could read, so it may be repeated, skipped or moved to another
//! process.

mod registry;
mod task_log;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::{sync::watch, task::JoinSet};
use vigie_bus::Bus;

pub use registry::registry;
pub use task_log::TaskLog;

/// Something done again and again.
pub trait Task: Send + Sync {
    /// A stable code.
    fn name(&self) -> &'static str;

    /// When it runs.
    fn schedule(&self) -> Schedule;

    /// One run: what is due now, and no more than a turn's worth of it.
    fn run_once(&self) -> BoxFuture<'_, anyhow::Result<Work>>;
}

/// When a task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// At the latest after this.
    pub every: Duration,
    /// Never sooner than this after the run before.
    pub pause: Duration,
    /// Committed facts wake it.
    pub woken_by_facts: bool,
    /// Where several processes share a database.
    pub scope: Scope,
}

/// Which of several processes runs a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One of them: the task does work that must be done once.
    Instance,
    /// Each of them: the task looks after what this process holds.
    Process,
}

/// Whether there was more than one run's worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing is left.
    Done,
    /// There may be more: run again after the pause.
    More,
}

/// Starts every task; each ends between two runs once `stopped` says so.
pub fn start(
    tasks: Vec<Arc<dyn Task>>,
    log: &TaskLog,
    bus: &Bus,
    stopped: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut running = JoinSet::new();
    for task in tasks {
        log.expect(&*task);
        running.spawn(repeat(task, log.clone(), bus.subscribe(), stopped.clone()));
    }
    running
}

async fn repeat(
    task: Arc<dyn Task>,
    log: TaskLog,
    mut history: watch::Receiver<i64>,
    mut stopped: watch::Receiver<bool>,
) {
    let schedule = task.schedule();
    loop {
        let work = run_measured(&*task, &log).await;
        if wait(&mut stopped, schedule.pause).await {
            return;
        }
        if work == Work::More {
            continue; // After the pause, the rest.
        }
        let rest = schedule.every.saturating_sub(schedule.pause);
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = history.changed(), if schedule.woken_by_facts => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// One run, timed and written down; a panic is a failure like another.
async fn run_measured(task: &dyn Task, log: &TaskLog) -> Work {
    let started = std::time::Instant::now();
    let outcome = AssertUnwindSafe(task.run_once()).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked: see the log")));
    let took = started.elapsed();

    let name = task.name();
    metrics::histogram!("vigie_task_seconds", "task" => name).record(took.as_secs_f64());
    match outcome {
        Ok(work) => {
            log.ran_well(name, took);
            work
        }
        Err(error) => {
            let error = format!("{error:#}");
            tracing::error!(task = name, error, "a task failed; it runs again");
            metrics::counter!("vigie_task_failures_total", "task" => name).increment(1);
            log.failed(name, took, error);
            Work::Done
        }
    }
}

/// Waits; returns true when it is time to stop.
async fn wait(stopped: &mut watch::Receiver<bool>, length: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(length) => false,
        _ = stopped.wait_for(|stop| *stop) => true,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use vigie_http::TaskStatus as _;
    use vigie_journey::SystemClock;

    use super::*;

    /// Fails, then panics, then has more to do twice, then is done.
    #[derive(Default)]
    struct Moody(AtomicUsize);

    impl Task for Moody {
        fn name(&self) -> &'static str {
            "moody"
        }

        fn schedule(&self) -> Schedule {
            Schedule {
                every: Duration::from_millis(20),
                pause: Duration::from_millis(1),
                woken_by_facts: false,
                scope: Scope::Process,
            }
        }

        fn run_once(&self) -> BoxFuture<'_, anyhow::Result<Work>> {
            let run = self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                match run {
                    0 => anyhow::bail!("not today"),
                    1 => panic!("never"),
                    2 | 3 => Ok(Work::More),
                    _ => Ok(Work::Done),
                }
            })
        }
    }

    #[tokio::test]
    async fn a_task_that_fails_or_panics_runs_again_and_says_why() {
        let log = TaskLog::new(Arc::new(SystemClock));
        let task = Moody::default();
        log.expect(&task);

        let first = run_measured(&task, &log).await;
        let after_failure = log.tasks();
        let second = run_measured(&task, &log).await;
        let after_panic = log.tasks();
        let third = run_measured(&task, &log).await;
        let well = log.tasks();

        assert_eq!([first, second, third], [Work::Done, Work::Done, Work::More]);
        assert_eq!(after_failure[0].error.as_deref(), Some("not today"));
        assert!(
            after_panic[0]
                .error
                .as_deref()
                .unwrap()
                .contains("panicked")
        );
        assert_eq!(
            (well[0].runs, well[0].failures, &well[0].error),
            (3, 2, &None)
        );
        assert!(well[0].failed_at.is_some() && well[0].took_ms.is_some());
    }

    #[tokio::test]
    async fn what_is_left_is_done_before_the_next_turn_and_all_end_when_told() {
        let (stop, stopped) = watch::channel(false);
        let task = Arc::new(Moody(AtomicUsize::new(2)));
        let log = TaskLog::new(Arc::new(SystemClock));

        let mut running = start(vec![task.clone()], &log, &Bus::default(), &stopped);
        while task.0.load(Ordering::SeqCst) < 6 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.send_replace(true);

        while running.join_next().await.is_some() {}
        assert_eq!(log.tasks()[0].failures, 0);
    }
}
