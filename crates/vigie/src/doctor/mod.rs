//! Checks an instance and gives, for each problem, what to do.

mod secrets;

use std::path::Path;

use sha2::{Digest as _, Sha256};
use vigie_http::TaskRun;
use vigie_model::{Clock as _, SourceKind};
use vigie_store::{Result, Store};

use vigie_journey::SystemClock;

use crate::Instance;

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub what: &'static str,
    pub well: bool,
    /// A sentence, with what to do.
    pub detail: String,
}

fn finding(what: &'static str, well: bool, detail: impl Into<String>) -> Finding {
    Finding {
        what,
        well,
        detail: detail.into(),
    }
}

/// Runs every check. Fails when the database cannot even be read.
pub async fn examine(instance: &Instance, folder: &Path) -> Result<Vec<Finding>> {
    let store = &instance.store;
    let mut found = vec![clock(), free_space(folder), permissions(folder)];
    found.push(database(store).await?);
    found.push(secrets::examine(instance).await?);
    found.push(history(store).await?);
    found.push(attachments(store).await?);
    found.push(cases_without_owner(store).await?);
    found.extend(sources(store).await?);
    found.push(outbox(store).await?);
    found.push(index(instance).await?);
    found.extend(tasks(folder).await);
    Ok(found)
}

/// How the background tasks of the process that serves the folder go; nothing when nobody does.
async fn tasks(folder: &Path) -> Vec<Finding> {
    if !crate::control_socket::is_listening(folder) {
        return Vec::new();
    }
    match crate::control_socket::tasks(folder).await {
        Ok(tasks) => tasks.iter().map(task_finding).collect(),
        Err(error) => {
            let detail = format!("the instance does not say how its tasks go: {error:#}");
            vec![finding("task", false, detail)]
        }
    }
}

/// A task that failed last time, or has not run for a minute more than it should have.
fn task_finding(task: &TaskRun) -> Finding {
    let name = &task.name;
    if let Some(error) = &task.error {
        let detail = format!("{name} failed {} times, lastly: {error}", task.failures);
        return finding("task", false, detail);
    }
    let (Some(idle_ms), Some(took)) = (task.idle_ms, task.took_ms) else {
        return finding("task", true, format!("{name} has not run yet"));
    };
    if idle_ms > task.every_ms.saturating_add(60_000) {
        let idle = idle_ms / 1_000;
        let detail = format!("{name} has not run for {idle} s: restart the instance");
        return finding("task", false, detail);
    }
    let detail = format!("{name} ran {} times, lastly in {took} ms", task.runs);
    finding("task", true, detail)
}

async fn index(instance: &Instance) -> Result<Finding> {
    let last = instance.store.read().await?.facts().last().await?;
    let Ok(seen) = instance.search.seen() else {
        return Ok(finding(
            "index",
            false,
            "the search index cannot be read: vigie search --rebuild",
        ));
    };
    let megabytes = instance.search.size() as f64 / 1e6;
    let messages = instance.search.messages();
    Ok(if seen > last {
        finding(
            "index",
            false,
            "the search index is of another history: vigie search --rebuild",
        )
    } else if last - seen > 10_000 {
        finding(
            "index",
            false,
            format!(
                "the search index is {} facts behind: serve the instance, it follows",
                last - seen
            ),
        )
    } else if seen < last && index_is_stuck(instance, seen).await? {
        finding(
            "index",
            false,
            "the instance is served and the search index does not follow: look at its log, restart it",
        )
    } else {
        finding(
            "index",
            true,
            format!(
                "{messages} messages in {megabytes:.1} MB, {} facts behind",
                last - seen
            ),
        )
    })
}

/// Whether the index of a served instance stays where it is: it normally follows within a
/// second, and is given longer.
async fn index_is_stuck(instance: &Instance, seen: i64) -> Result<bool> {
    if !crate::control_socket::is_listening(&instance.folder) {
        return Ok(false);
    }
    for _ in 0..20 {
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        if instance.search.seen().is_ok_and(|it| it > seen) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn clock() -> Finding {
    let now = SystemClock.now();
    let sane = now
        .to_string()
        .get(..4)
        .and_then(|it| it.parse::<i32>().ok())
        .is_some_and(|it| (2026..2100).contains(&it));
    finding(
        "clock",
        sane,
        if sane {
            format!("it is {now}")
        } else {
            format!("it says {now}: set the machine's clock")
        },
    )
}

fn free_space(folder: &Path) -> Finding {
    // The portable way: `df` exists everywhere Vigie runs.
    let detail = std::process::Command::new("df")
        .arg("-Pk")
        .arg(folder)
        .output();
    let free = detail.ok().and_then(|output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .nth(1)?
            .split_whitespace()
            .nth(3)?
            .parse::<u64>()
            .ok()
    });
    match free {
        Some(kilobytes) if kilobytes < 1_000_000 => finding(
            "disk",
            false,
            format!(
                "only {} MB are free: make room before mails are lost",
                kilobytes / 1_000
            ),
        ),
        Some(kilobytes) => finding(
            "disk",
            true,
            format!("{} GB are free", kilobytes / 1_000_000),
        ),
        None => finding("disk", true, "the free space could not be read"),
    }
}

fn permissions(folder: &Path) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = std::fs::metadata(folder) else {
        return finding("folder", false, "the data folder cannot be read");
    };
    let open = metadata.permissions().mode() & 0o077 != 0;
    let detail = format!(
        "others of this machine can look into it: chmod -R go-rwx {}",
        folder.display()
    );
    finding(
        "folder",
        !open,
        if open {
            detail
        } else {
            "only its owner can look into it".into()
        },
    )
}

async fn database(store: &Store) -> Result<Finding> {
    let mut session = store.read().await?;
    if session.is_postgres() {
        return Ok(finding("database", true, "PostgreSQL answers"));
    }
    let detail = session
        .one("PRAGMA integrity_check", vec![])
        .await?
        .text("integrity_check")?;
    let mend = "restore the last backup with `vigie restore`, and keep the damaged folder";
    Ok(finding(
        "database",
        detail == "ok",
        if detail == "ok" {
            "the file is sound".into()
        } else {
            format!("{detail}: {mend}")
        },
    ))
}

async fn history(store: &Store) -> Result<Finding> {
    let sql = "SELECT COUNT(*) AS n, COALESCE(MAX(number), 0) AS last, (SELECT value FROM counter \
        WHERE name = 'fact') AS counter FROM fact";
    let row = store.read().await?.one(sql, vec![]).await?;
    let (count, last, counter) = (row.int("n")?, row.int("last")?, row.int("counter")?);
    let well = count == last && last == counter;
    let detail = if well {
        format!("{count} facts without a gap")
    } else {
        format!(
            "{count} facts, the last is {last}, the counter says {counter}: restore the last backup"
        )
    };
    Ok(finding("history", well, detail))
}

async fn attachments(store: &Store) -> Result<Finding> {
    let hashes = store.read().await?.exports().attachment_hashes().await?;
    let (mut missing, mut changed) = (0, 0);
    for hash in &hashes {
        match store.files().bytes(hash) {
            Err(_) => missing += 1,
            Ok(bytes) => {
                let real: String = Sha256::digest(&bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                changed += i64::from(real != *hash);
            }
        }
    }
    let well = missing == 0 && changed == 0;
    let detail = if well {
        format!("{} files, each as it came", hashes.len())
    } else {
        format!(
            "{missing} missing and {changed} damaged of {}: copy them back from a backup",
            hashes.len()
        )
    };
    Ok(finding("files", well, detail))
}

async fn cases_without_owner(store: &Store) -> Result<Finding> {
    let lost = store
        .read()
        .await?
        .cases()
        .without_due_or_owner(store.now())
        .await?;
    let well = lost.is_empty();
    Ok(finding(
        "cases",
        well,
        if well {
            "every open case has a due time and a keeper".to_owned()
        } else {
            format!(
                "{} open cases have nobody: report it, it is a fault of Vigie",
                lost.len()
            )
        },
    ))
}

async fn sources(store: &Store) -> Result<Vec<Finding>> {
    let sources = store.read().await?.sources().list().await?;
    let ill = sources
        .iter()
        .filter(|it| it.paused_at.is_none() && it.last_error.is_some());
    let mut found: Vec<_> = ill
        .map(|source| {
            let what = if source.kind == SourceKind::MAIL {
                "mailbox"
            } else {
                "source"
            };
            finding(
                what,
                false,
                format!(
                    "{}: {}; see Settings, Sources",
                    source.name,
                    source.last_error.as_deref().unwrap_or_default()
                ),
            )
        })
        .collect();
    if found.is_empty() {
        found.push(finding(
            "sources",
            true,
            format!("{} sources, none complains", sources.len()),
        ));
    }
    Ok(found)
}

async fn outbox(store: &Store) -> Result<Finding> {
    let sql = "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('refused', 'uncertain')";
    let stuck = store.read().await?.one(sql, vec![]).await?.int("n")?;
    Ok(finding(
        "answers",
        stuck == 0,
        if stuck == 0 {
            "none waits for a decision".to_owned()
        } else {
            format!("{stuck} did not surely leave: see Settings, Outbox")
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_well_unless_it_failed_or_fell_silent() {
        let task = TaskRun {
            name: "outbox".into(),
            every_ms: 500,
            runs: 7,
            failures: 0,
            ended_at: Some("2026-11-17T10:00:00Z".parse().unwrap()),
            took_ms: Some(3),
            idle_ms: Some(2_000),
            error: None,
            failed_at: None,
        };
        let silent = TaskRun {
            idle_ms: Some(90_000),
            ..task.clone()
        };
        let failed = TaskRun {
            failures: 2,
            error: Some("the disk is full".into()),
            ..task.clone()
        };

        assert!(task_finding(&task).well);
        let silent = task_finding(&silent);
        assert!(
            !silent.well && silent.detail.contains("90 s"),
            "{}",
            silent.detail
        );
        let failed = task_finding(&failed);
        assert!(!failed.well && failed.detail.contains("the disk is full"));
    }
}
