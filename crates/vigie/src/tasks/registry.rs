//! The tasks there are.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use vigie_connect::SourceReaders;
use vigie_journey::run_due_timers;
use vigie_respond::{Outbox, WebhookDispatcher};

use super::{Schedule, Scope, Task, Work};
use crate::Instance;

/// A task per line, and nothing else: to add one, add its line.
pub fn registry(
    instance: &Instance,
    outbox: Outbox,
    webhooks: WebhookDispatcher,
    readers: SourceReaders,
) -> Vec<Arc<dyn Task>> {
    vec![
        Arc::new(SendAnswers(outbox)),
        Arc::new(ReportFacts(webhooks)),
        Arc::new(ReadSources(readers)),
        Arc::new(FollowIndex(instance.clone())),
        Arc::new(RunTimers(instance.clone())),
    ]
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Sends the answers that are due.
struct SendAnswers(Outbox);

impl Task for SendAnswers {
    fn name(&self) -> &'static str {
        "outbox"
    }

    fn schedule(&self) -> Schedule {
        let half_a_second = Duration::from_millis(500);
        Schedule {
            every: half_a_second,
            pause: half_a_second,
            woken_by_facts: false,
            scope: Scope::Instance,
        }
    }

    fn run_once(&self) -> BoxFuture<'_, anyhow::Result<Work>> {
        Box::pin(async {
            self.0.run_once().await?;
            Ok(Work::Done)
        })
    }
}

/// Posts the facts to webhooks, within a second when they take them.
struct ReportFacts(WebhookDispatcher);

impl Task for ReportFacts {
    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            every: seconds(1),
            pause: Duration::from_millis(100),
            woken_by_facts: true,
            scope: Scope::Instance,
        }
    }

    fn run_once(&self) -> BoxFuture<'_, anyhow::Result<Work>> {
        Box::pin(async {
            let posted = self.0.run_once().await?;
            Ok(if posted > 0 { Work::More } else { Work::Done })
        })
    }
}

/// Keeps the readers of sources those that the settings ask for.
struct ReadSources(SourceReaders);

impl Task for ReadSources {
    fn name(&self) -> &'static str {
        "sources"
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            every: seconds(2),
            pause: seconds(2),
            woken_by_facts: false,
            scope: Scope::Instance,
        }
    }

    fn run_once(&self) -> BoxFuture<'_, anyhow::Result<Work>> {
        Box::pin(async {
            self.0.sync().await?;
            Ok(Work::Done)
        })
    }
}

/// Keeps the search index up to date: whatever is committed can be found within a second. Other
/// processes may write to the same PostgreSQL without a nudge here: it looks by itself, too.
struct FollowIndex(Instance);

impl Task for FollowIndex {
    fn name(&self) -> &'static str {
        "index"
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            every: seconds(2),
            pause: Duration::from_millis(300),
            woken_by_facts: true,
            scope: Scope::Process,
        }
    }

    fn run_once(&self) -> BoxFuture<'_, anyhow::Result<Work>> {
        Box::pin(async {
            let (search, store) = (&self.0.search, &self.0.store);
            if search.take_rebuild_request() {
                tracing::info!("the search index is built again");
                search.rebuild(store).await?;
            }
            search.follow(store).await?;
            Ok(Work::Done)
        })
    }
}

/// Ends snoozes, weighs again what time changes, reminds colleagues.
struct RunTimers(Instance);

impl Task for RunTimers {
    fn name(&self) -> &'static str {
        "timers"
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            every: seconds(1),
            pause: seconds(1),
            woken_by_facts: false,
            scope: Scope::Instance,
        }
    }

    fn run_once(&self) -> BoxFuture<'_, anyhow::Result<Work>> {
        Box::pin(async {
            run_due_timers(&self.0).await?;
            Ok(Work::Done)
        })
    }
}
