//! Catching up with the history: whatever a fact says of a case, its messages are indexed as they now are.

use std::{collections::BTreeSet, sync::PoisonError};

use tantivy::{IndexWriter, Term};

use super::{Current, MEMORY, SHAPE, Search, SearchError, fields::Indexed};
use crate::{Result, Row, Session, Store, Value, args};

/// Facts looked at together.
const FACTS: i64 = 4_000;
/// Messages read together.
const MESSAGES: i64 = 2_000;
/// Messages added before a commit while there is more to do.
const BEFORE_COMMIT: u64 = 100_000;

impl Search {
    /// Catches up with the history; returns how many facts it took. What it took can then be found.
    ///
    /// # Errors
    /// When the disk or the database fails; the next time goes on from the last commit.
    pub async fn follow(&self, store: &Store) -> Result<i64, SearchError> {
        let alone = self.following.lock().await;
        let begun = self.seen()?;
        let last = store.read().await?.last_fact().await?;
        // A long history is read message by message; one shorter than what was seen is another house's.
        if last < begun || (begun == 0 && last > FACTS) {
            drop(alone);
            return self.rebuild(store).await;
        }
        let (mut seen, mut added) = (begun, 0);
        loop {
            let mut session = store.read().await?;
            let (last, cases) = session.touched_cases(seen, FACTS).await?;
            if last == seen {
                break;
            }
            let messages = session.indexed_of_cases(&cases).await?;
            drop(session);
            seen = last;
            added += messages.len() as u64;
            let commit = (added >= BEFORE_COMMIT).then_some(seen);
            self.put(cases, messages, commit).await?;
            if commit.is_some() {
                added = 0;
            }
        }
        if seen > begun {
            self.put(Vec::new(), Vec::new(), Some(seen)).await?;
        }
        Ok(seen - begun)
    }

    async fn put(&self, cases: Vec<i64>, messages: Vec<Indexed>, commit: Option<i64>) -> Result<(), SearchError> {
        let search = self.clone();
        let put = tokio::task::spawn_blocking(move || search.write(&cases, &messages, commit));
        put.await.map_err(|why| SearchError::Disk(std::io::Error::other(why)))?
    }

    fn write(&self, cases: &[i64], messages: &[Indexed], commit: Option<i64>) -> Result<(), SearchError> {
        let current = self.current();
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer(&mut slot, &current).and_then(|writer| {
            for case in cases {
                writer.delete_term(Term::from_field_i64(current.fields.case, *case));
            }
            add(writer, &current, messages)?;
            if let Some(seen) = commit {
                commit_at(writer, seen)?;
                current.show(seen)?;
            }
            Ok(())
        });
        if written.is_err() {
            // A writer that failed stays dead; the next one goes on from the last commit.
            *slot = None;
        }
        written
    }

    /// Writes every segment anew, so that nothing of what was taken out stays on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn scrub(&self) -> Result<(), SearchError> {
        let _alone = self.following.lock().await;
        let search = self.clone();
        let scrubbing = tokio::task::spawn_blocking(move || {
            let current = search.current();
            let mut slot = search.writer.lock().unwrap_or_else(PoisonError::into_inner);
            let writer = writer(&mut slot, &current)?;
            let seen = current.seen()?;
            let segments = current.index.searchable_segment_ids()?;
            if !segments.is_empty() {
                writer.merge(&segments).wait()?;
            }
            // Whoever asks from here on reads the new segments; the old files then go.
            commit_at(writer, seen)?;
            current.show(seen)?;
            writer.garbage_collect_files().wait()?;
            Ok(())
        });
        scrubbing.await.map_err(|why| SearchError::Disk(std::io::Error::other(why)))?
    }

    /// Builds the index anew beside the one that answers meanwhile, then takes its place; returns the last fact seen.
    ///
    /// # Errors
    /// When the disk or the database fails; the old index then stays.
    pub async fn rebuild(&self, store: &Store) -> Result<i64, SearchError> {
        let _alone = self.following.lock().await;
        let fresh = self.folder.join(format!("{SHAPE}-new"));
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh)?;
        }
        let seen = store.read().await?.last_fact().await?;
        let new = Current::open(&fresh)?;
        let writer = new.index.writer_with_num_threads::<tantivy::TantivyDocument>(1, MEMORY)?;
        let writer = std::sync::Arc::new(std::sync::Mutex::new(writer));
        let mut after = 0;
        loop {
            let messages = store.read().await?.indexed_after(after, MESSAGES).await?;
            let Some(last) = messages.iter().map(|it| it.message).max() else { break };
            after = last;
            let (new, writer) = (new.clone(), writer.clone());
            let adding = tokio::task::spawn_blocking(move || {
                add(&mut writer.lock().unwrap_or_else(PoisonError::into_inner), &new, &messages)
            });
            adding.await.map_err(|why| SearchError::Disk(std::io::Error::other(why)))??;
        }
        let search = self.clone();
        let taking = tokio::task::spawn_blocking(move || {
            commit_at(&mut writer.lock().unwrap_or_else(PoisonError::into_inner), seen)?;
            drop(writer);
            search.take_place(&fresh)
        });
        taking.await.map_err(|why| SearchError::Disk(std::io::Error::other(why)))??;
        Ok(seen)
    }

    fn take_place(&self, fresh: &std::path::Path) -> Result<(), SearchError> {
        // Nobody writes the old one any more; whoever reads it keeps its files open until they are done.
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = None;
        let place = self.folder.join(SHAPE);
        let old = self.folder.join(format!("{SHAPE}-old"));
        std::fs::rename(&place, &old)?;
        std::fs::rename(fresh, &place)?;
        let current = Current::open(&place)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
        std::fs::remove_dir_all(&old)?;
        Ok(())
    }
}

/// The one writer, made when there is none.
fn writer<'a>(slot: &'a mut Option<IndexWriter>, current: &Current) -> Result<&'a mut IndexWriter, SearchError> {
    if slot.is_none() {
        let mut made = current.index.writer_with_num_threads(1, MEMORY)?;
        // The first thing a writer does bears the very stamp of the last commit, and segments of that commit would not
        // see it: were it a deletion, a message could stay twice. An empty commit takes that stamp away.
        commit_at(&mut made, current.seen()?)?;
        *slot = Some(made);
    }
    slot.as_mut().ok_or_else(|| SearchError::Disk(std::io::Error::other("the index has no writer")))
}

fn add(writer: &mut IndexWriter, current: &Current, messages: &[Indexed]) -> Result<(), SearchError> {
    for message in messages {
        writer.add_document(current.fields.document(message))?;
    }
    Ok(())
}

fn commit_at(writer: &mut IndexWriter, seen: i64) -> Result<(), SearchError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&seen.to_string());
    commit.commit()?;
    Ok(())
}

const COLUMNS: &str = "m.key, m.case_key, m.at, m.text, m.title, m.emitter, m.source_key, m.brand_key, m.channel, \
    COALESCE(p.name, a.name, '') AS name, a.handle, a.email, c.kind, c.sentiment, c.state, c.owner_key, c.lang, \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM attachment t WHERE t.message_key = m.key) THEN 1 ELSE 0 END AS BIGINT) AS attached \
    FROM message m \
    JOIN cases c ON c.key = m.case_key LEFT JOIN author a ON a.key = m.author_key LEFT JOIN person p ON p.key = m.person_key";

fn read(row: &Row) -> Result<Indexed> {
    let own = matches!(row.text("emitter")?.as_str(), "brand" | "employee" | "paid");
    let (handle, email) = (row.opt_text("handle")?.unwrap_or_default(), row.opt_text("email")?.unwrap_or_default());
    Ok(Indexed {
        case: row.int("case_key")?,
        message: row.int("key")?,
        at: row.int("at")?,
        title: row.opt_text("title")?.unwrap_or_default(),
        text: row.text("text")?,
        author: format!("{} {handle} {email}", row.text("name")?),
        brand: row.int("brand_key")?,
        source: row.int("source_key")?,
        channel: row.text("channel")?,
        kind: row.text("kind")?,
        feeling: row.text("sentiment")?,
        state: row.text("state")?,
        owner: row.opt_int("owner_key")?,
        by: if own { "brand" } else { "customer" },
        lang: row.text("lang")?,
        attachment: row.flag("attached")?,
    })
}

impl Session {
    /// The last fact after `seen`, and the cases the facts up to it touched.
    async fn touched_cases(&mut self, seen: i64, limit: i64) -> Result<(i64, Vec<i64>)> {
        let sql = "SELECT number, case_key FROM fact WHERE number > $1 ORDER BY number LIMIT $2";
        let (mut last, mut cases) = (seen, BTreeSet::new());
        for row in self.all(sql, args![seen, limit]).await? {
            last = row.int("number")?;
            cases.extend(row.opt_int("case_key")?);
        }
        Ok((last, cases.into_iter().collect()))
    }

    async fn indexed_of_cases(&mut self, cases: &[i64]) -> Result<Vec<Indexed>> {
        let mut found = Vec::new();
        for part in cases.chunks(500) {
            let marks = crate::placeholders(1, 1, part.len());
            let sql = format!("SELECT {COLUMNS} WHERE m.case_key IN {marks}");
            for row in self.all(sql, part.iter().map(|it| Value::from(*it)).collect()).await? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    }

    async fn indexed_after(&mut self, after: i64, limit: i64) -> Result<Vec<Indexed>> {
        let sql = format!("SELECT {COLUMNS} WHERE m.key > $1 ORDER BY m.key LIMIT $2");
        self.all(sql, args![after, limit]).await?.iter().map(read).collect()
    }
}
