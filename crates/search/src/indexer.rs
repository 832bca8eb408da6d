//! Follows the history: each case or customer that a fact concerns is indexed again in its
//! current state.

use tantivy::{IndexWriter, Term};

use vigie_store::{ChangedSubjects, EntityKind, IndexDocument, Store};

use super::{LiveIndex, MEMORY, SHAPE, Search, SearchError};

/// Facts read per batch.
const FACTS: i64 = 4_000;
/// Documents read per batch.
const DOCUMENTS: i64 = 2_000;
/// Documents added before a commit while there is more to do.
const BEFORE_COMMIT: u64 = 100_000;

impl Search {
    /// Processes new facts; returns how many. Their content can then be found. On failure, the
    /// next call resumes from the last commit.
    pub async fn follow(&self, store: &Store) -> Result<i64, SearchError> {
        let alone = self.following.lock().await;
        let begun = self.seen()?;
        let last = store.read().await?.facts().last().await?;
        // A long history is read message by message; one shorter than what was seen belongs to
        // another database.
        if last < begun || (begun == 0 && last > FACTS) {
            drop(alone);
            return self.rebuild(store).await;
        }
        let (mut seen, mut added) = (begun, 0);
        loop {
            let mut session = store.read().await?;
            let touched = session.index_documents().touched(seen, FACTS).await?;
            if touched.last == seen {
                break;
            }
            let mut documents = session.index_documents().of_cases(&touched.cases).await?;
            documents.extend(
                session
                    .index_documents()
                    .of_customers(&touched.customers)
                    .await?,
            );
            drop(session);
            seen = touched.last;
            let everybody = touched.everybody;
            added += documents.len() as u64;
            let commit = (added >= BEFORE_COMMIT && !everybody).then_some(seen);
            self.put(touched, documents, commit).await?;
            if everybody {
                added += self.index_all_customers(store).await?;
            }
            if commit.is_some() {
                added = 0;
            }
        }
        if seen > begun {
            self.put(ChangedSubjects::default(), Vec::new(), Some(seen))
                .await?;
        }
        Ok(seen - begun)
    }

    /// Indexes every customer again; returns how many there are.
    async fn index_all_customers(&self, store: &Store) -> Result<u64, SearchError> {
        let (mut after, mut put) = (0, 0);
        loop {
            let customers = store
                .read()
                .await?
                .index_documents()
                .after(EntityKind::Customer, after, DOCUMENTS)
                .await?;
            let Some(last) = customers.iter().map(|it| it.key).max() else {
                return Ok(put);
            };
            after = last;
            put += customers.len() as u64;
            self.put(ChangedSubjects::default(), customers, None)
                .await?;
        }
    }

    async fn put(
        &self,
        touched: ChangedSubjects,
        documents: Vec<IndexDocument>,
        commit: Option<i64>,
    ) -> Result<(), SearchError> {
        let search = self.clone();
        let put = tokio::task::spawn_blocking(move || search.write(&touched, &documents, commit));
        put.await
            .map_err(|err| SearchError::Disk(std::io::Error::other(err)))?
    }

    fn write(
        &self,
        touched: &ChangedSubjects,
        documents: &[IndexDocument],
        commit: Option<i64>,
    ) -> Result<(), SearchError> {
        let current = self.current();
        let mut slot = self.writer.lock();
        let written = writer(&mut slot, &current).and_then(|writer| {
            for case in &touched.cases {
                writer.delete_term(Term::from_field_i64(current.fields.case, case.number()));
            }
            for customer in &touched.customers {
                writer.delete_term(Term::from_field_i64(
                    current.fields.customer,
                    customer.number(),
                ));
            }
            if touched.everybody {
                writer.delete_term(Term::from_field_i64(
                    current.fields.noun,
                    EntityKind::Customer.number(),
                ));
            }
            add(writer, &current, documents)?;
            if let Some(seen) = commit {
                commit_at(writer, seen)?;
                current.show(seen)?;
            }
            Ok(())
        });
        if written.is_err() {
            // A writer that failed cannot be used again; the next one resumes from the last
            // commit.
            *slot = None;
        }
        written
    }

    /// Rewrites every segment, so that nothing deleted remains on the disk.
    pub async fn scrub(&self) -> Result<(), SearchError> {
        let _alone = self.following.lock().await;
        let search = self.clone();
        let scrubbing = tokio::task::spawn_blocking(move || {
            let current = search.current();
            let mut slot = search.writer.lock();
            let writer = writer(&mut slot, &current)?;
            let seen = current.seen()?;
            let segments = current.index.searchable_segment_ids()?;
            if !segments.is_empty() {
                writer.merge(&segments).wait()?;
            }
            // From here on, searches read the new segments; the old files can then be deleted.
            commit_at(writer, seen)?;
            current.show(seen)?;
            writer.garbage_collect_files().wait()?;
            Ok(())
        });
        scrubbing
            .await
            .map_err(|err| SearchError::Disk(std::io::Error::other(err)))?
    }

    /// Builds the index again next to the one in use, then replaces it; returns the last fact
    /// seen. On failure the old index stays.
    pub async fn rebuild(&self, store: &Store) -> Result<i64, SearchError> {
        let _alone = self.following.lock().await;
        let fresh = self.folder.join(format!("{SHAPE}-new"));
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh)?;
        }
        let seen = store.read().await?.facts().last().await?;
        let new = LiveIndex::open(&fresh)?;
        let writer = new
            .index
            .writer_with_num_threads::<tantivy::TantivyDocument>(1, MEMORY)?;
        let writer = std::sync::Arc::new(parking_lot::Mutex::new(writer));
        for noun in EntityKind::ALL {
            let mut after = 0;
            loop {
                let documents = store
                    .read()
                    .await?
                    .index_documents()
                    .after(noun, after, DOCUMENTS)
                    .await?;
                let Some(last) = documents.iter().map(|it| it.key).max() else {
                    break;
                };
                after = last;
                let (new, writer) = (new.clone(), writer.clone());
                let adding =
                    tokio::task::spawn_blocking(move || add(&mut writer.lock(), &new, &documents));
                adding
                    .await
                    .map_err(|err| SearchError::Disk(std::io::Error::other(err)))??;
            }
        }
        let search = self.clone();
        let taking = tokio::task::spawn_blocking(move || {
            commit_at(&mut writer.lock(), seen)?;
            drop(writer);
            search.swap_in(&fresh)
        });
        taking
            .await
            .map_err(|err| SearchError::Disk(std::io::Error::other(err)))??;
        Ok(seen)
    }

    fn swap_in(&self, fresh: &std::path::Path) -> Result<(), SearchError> {
        // Nothing writes the old index any more; its readers keep its files open until they
        // finish.
        let mut slot = self.writer.lock();
        *slot = None;
        let place = self.folder.join(SHAPE);
        let old = self.folder.join(format!("{SHAPE}-old"));
        std::fs::rename(&place, &old)?;
        std::fs::rename(fresh, &place)?;
        let current = LiveIndex::open(&place)?;
        *self.current.write() = current;
        std::fs::remove_dir_all(&old)?;
        Ok(())
    }
}

/// The only writer, created when there is none.
fn writer<'a>(
    slot: &'a mut Option<IndexWriter>,
    current: &LiveIndex,
) -> Result<&'a mut IndexWriter, SearchError> {
    if slot.is_none() {
        let mut made = current.index.writer_with_num_threads(1, MEMORY)?;
        // The first operation of a writer has the same stamp as the last commit, and would not
        // apply to segments of that commit: if it were a deletion, a message could appear twice.
        // An empty commit uses that stamp up.
        commit_at(&mut made, current.seen()?)?;
        *slot = Some(made);
    }
    slot.as_mut()
        .ok_or_else(|| SearchError::Disk(std::io::Error::other("the index has no writer")))
}

fn add(
    writer: &mut IndexWriter,
    current: &LiveIndex,
    documents: &[IndexDocument],
) -> Result<(), SearchError> {
    for document in documents {
        writer.add_document(current.fields.document(document))?;
    }
    Ok(())
}

fn commit_at(writer: &mut IndexWriter, seen: i64) -> Result<(), SearchError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&seen.to_string());
    commit.commit()?;
    Ok(())
}
