//! Erasing a person everywhere: database, search index, files, raw mails, our own copies; then
//! searching for what is left, byte by byte. The proof states how much was erased, and nothing
//! about the person.

use std::{fs, path::Path};

use anyhow::Context as _;
use vigie_model::{Actor, CustomerId, ErasureReport, Identifier, IdentifierKind};
use vigie_store::{RetentionClass, Session, erasure::PersonTraces};

use crate::{Instance, ingest};

const NOBODY: &str =
    "nobody is known by that: give a customer's id, an address, a number as +33…, or an account";

/// Everything one identifier refers to: a customer's id, an address, a number, an account.
/// Fails when nobody is known by it.
pub async fn traces_of(instance: &Instance, who: &str) -> anyhow::Result<PersonTraces> {
    let mut session = instance.store.read().await?;
    let mut person = if let Ok(id) = who.parse::<CustomerId>() {
        let customer = session
            .customers()
            .find(id)
            .await
            .context("there is no such customer")?;
        session.traces().of_customer(customer.key).await?
    } else {
        let identifier = match vigie_recognise::email(who) {
            Some(value) => Identifier {
                kind: IdentifierKind::Email,
                value,
            },
            None if who.starts_with('+') => Identifier {
                kind: IdentifierKind::Phone,
                value: who.replace(' ', ""),
            },
            None => account(&mut session, who).await?,
        };
        let shared = "several people use this identifier: give the customer's id, from their page";
        anyhow::ensure!(!session.traces().is_shared(&identifier).await?, shared);
        session.traces().by_identifier(&identifier).await?
    };
    anyhow::ensure!(
        !person.authors.is_empty() || !person.customers.is_empty(),
        NOBODY
    );
    session.traces().drop_shared(&mut person).await?;
    Ok(person)
}

/// The only account with this name. The same name on two networks may be two people: a person
/// must choose.
async fn account(session: &mut Session, who: &str) -> anyhow::Result<Identifier> {
    let mut found = session
        .traces()
        .accounts_named(&who.trim_start_matches('@').to_lowercase())
        .await?;
    let values = || {
        found
            .iter()
            .map(|it| it.value.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    anyhow::ensure!(
        found.len() < 2,
        "several accounts are called that, say which: {}",
        values()
    );
    found.pop().context(NOBODY)
}

/// Erases a person everywhere. When it fails, calling it again resumes.
pub async fn erase(
    instance: &Instance,
    actor: Actor,
    person: &PersonTraces,
) -> anyhow::Result<ErasureReport> {
    let proof = remove_people(instance, actor, person).await?;
    purge_bytes(instance, proof, person.looked_for.clone()).await
}

/// Deletes people from the database and their files from the disk; remaining bytes are swept
/// afterwards.
async fn remove_people(
    instance: &Instance,
    actor: Actor,
    person: &PersonTraces,
) -> anyhow::Result<ErasureReport> {
    let mut write = instance.store.write(actor).await?;
    let erased = write.traces().erase(person).await?;
    for case in &erased.smaller_cases {
        ingest::recount_case(&mut write, *case).await?;
    }
    let fact = write.next_number() - 1;
    write.commit().await?;
    for hash in &erased.files {
        instance.store.files().remove(hash)?;
    }
    Ok(ErasureReport {
        fact,
        people: 1,
        messages: erased.messages,
        cases: erased.cases,
        orders: erased.orders,
        refused: erased.refused,
        files: erased.files.len(),
        ..ErasureReport::default()
    })
}

/// Removes remaining bytes: our own copies, the index, the write-ahead log; then searches for
/// what is left.
async fn purge_bytes(
    instance: &Instance,
    proof: ErasureReport,
    traces: Vec<String>,
) -> anyhow::Result<ErasureReport> {
    let copies = copies(&instance.folder)? + uploads_holding(&instance.folder, &traces)?;
    instance.search.follow(&instance.store).await?;
    instance.search.scrub().await?;
    instance.store.scrub().await?;
    let (folder, looked_for) = (instance.folder.clone(), traces.len());
    let found_in =
        tokio::task::spawn_blocking(move || files_still_holding(&folder, &traces)).await??;
    Ok(ErasureReport {
        copies,
        looked_for,
        found_in,
        ..proof
    })
}

/// Number of people erased in one transaction.
const TOGETHER: i64 = 50;
/// Number of traces searched for when many people are erased at once: each is searched for in
/// every byte.
const LOOKED_FOR: usize = 200;

/// Erases everybody past their retention term. When it fails, calling it again resumes.
pub async fn purge_expired(instance: &Instance, actor: Actor) -> anyhow::Result<ErasureReport> {
    let (now, terms) = (
        instance.store.now(),
        instance.store.read().await?.retention().terms().await?,
    );
    let (mut total, mut traces) = (ErasureReport::default(), Vec::new());
    for class in RetentionClass::ALL {
        let Some(bound) = terms.cutoff(class, now) else {
            continue;
        };
        let mut after = 0;
        loop {
            let mut session = instance.store.read().await?;
            let people = session
                .retention()
                .expired_people(class, bound, after, TOGETHER)
                .await?;
            let Some(last) = people.last() else { break };
            after = last.key;
            let person = session.retention().traces_of_expired(&people).await?;
            drop(session);
            let went = remove_people(instance, actor, &person).await?;
            total.add(&ErasureReport {
                people: people.len(),
                ..went
            });
            traces.extend(
                person
                    .traces
                    .into_iter()
                    .take(LOOKED_FOR.saturating_sub(traces.len())),
            );
        }
    }
    if total.people == 0 {
        return Ok(total);
    }
    purge_bytes(instance, total, traces).await
}

/// Deletes our own copies of the database, which contain everybody.
fn copies(folder: &Path) -> anyhow::Result<usize> {
    let mut gone = 0;
    for entry in fs::read_dir(folder.join("backups")).into_iter().flatten() {
        fs::remove_file(entry?.path())?;
        gone += 1;
    }
    Ok(gone)
}

/// Removes the uploads nobody took in that contain one of these texts.
fn uploads_holding(folder: &Path, traces: &[String]) -> anyhow::Result<usize> {
    let uploads = folder.join("uploads");
    if !uploads.exists() {
        return Ok(0);
    }
    let found = files_still_holding(&uploads, traces)?;
    for name in &found {
        fs::remove_file(uploads.join(name))?;
    }
    Ok(found.len())
}

/// The files of a folder that contain one of these texts, as is or in UTF-16.
pub fn files_still_holding(folder: &Path, traces: &[String]) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(&inside)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let bytes = match fs::read(entry.path()) {
                    Ok(bytes) => bytes.to_ascii_lowercase(),
                    // The index deletes its own files meanwhile.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(error),
                };
                if traces
                    .iter()
                    .any(|it| holds(&bytes, it.to_lowercase().as_bytes()))
                {
                    found.push(
                        entry
                            .path()
                            .strip_prefix(folder)
                            .unwrap_or(&entry.path())
                            .display()
                            .to_string(),
                    );
                }
            }
        }
    }
    Ok(found)
}

fn holds(bytes: &[u8], trace: &[u8]) -> bool {
    let Some((first, rest)) = trace.split_first() else {
        return false;
    };
    let mut at = 0;
    while let Some(next) = bytes
        .get(at..)
        .and_then(|it| it.iter().position(|byte| byte == first))
    {
        at += next + 1;
        if bytes.get(at..).is_some_and(|it| it.starts_with(rest)) {
            return true;
        }
    }
    false
}
