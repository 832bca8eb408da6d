//! A write: one transaction, its facts, its counters; and the store that starts writes.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use vigie_model::{Act, Actor, At, BrandKey, Clock, Ids};

use crate::{AttachmentStore, Database, FactDraft, Result, Session, Weigher, args, schema};

/// Called after each commit with the number of the last fact; it must not block.
pub type Committed = Arc<dyn Fn(i64) + Send + Sync>;

/// Everything Vigie stores, with the clock and the identifier generator it was given.
#[derive(Clone)]
pub struct Store {
    database: Database,
    files: AttachmentStore,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    weigher: Arc<dyn Weigher>,
    committed: Committed,
}

/// The transaction of one act. Dropped without [`Write::commit`], it has no effect.
pub struct Write {
    session: Session,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) weigher: Arc<dyn Weigher>,
    committed: Committed,
    actor: Actor,
    at: At,
    last_number: i64,
    facts: Vec<FactDraft>,
    pub(crate) tallies: BTreeMap<String, i64>,
    pub(crate) brands: BTreeMap<BrandKey, crate::Brand>,
}

impl Store {
    /// Opens the store and migrates it. Attachments are in `folder/files`.
    pub async fn open(
        database: Database,
        folder: &Path,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        weigher: Arc<dyn Weigher>,
        committed: Committed,
    ) -> Result<Self> {
        schema::migrate(&database).await?;
        let mut session = database.begin().await?;
        let own = session.reply_tokens();
        own.ensure_secret(ids.secret(), ids.secret()).await?;
        let sealed = session.seal_all(|| ids.secret()).await?;
        session.commit().await?;
        let store = Self {
            database,
            files: AttachmentStore::open(folder)?,
            clock,
            ids,
            weigher,
            committed,
        };
        if sealed > 0 {
            tracing::info!(sealed, "secrets were sealed");
            // What stood there before must not stay in the pages and the log of the file.
            store.scrub().await?;
        }
        Ok(store)
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Session> {
        self.database.read().await
    }

    /// A connection for reading much that must be consistent: every query sees the same snapshot.
    pub async fn read_snapshot(&self) -> Result<Session> {
        self.database.read_snapshot().await
    }

    /// Begins an act by `actor`. Taking the fact counter first serialises writers on both
    /// databases.
    pub async fn write(&self, actor: Actor) -> Result<Write> {
        let mut session = self.database.begin().await?;
        let counter = "UPDATE counter SET value = value WHERE name = 'fact' RETURNING value";
        let last_number = session.one(counter, vec![]).await?.int("value")?;
        Ok(Write {
            session,
            ids: self.ids.clone(),
            weigher: self.weigher.clone(),
            committed: self.committed.clone(),
            actor,
            at: self.clock.now(),
            last_number,
            facts: Vec::new(),
            tallies: BTreeMap::new(),
            brands: BTreeMap::new(),
        })
    }

    /// The application's time.
    pub fn now(&self) -> At {
        self.clock.now()
    }

    /// A new identifier.
    pub fn id(&self) -> uuid::Uuid {
        self.ids.id(self.clock.now())
    }

    /// 32 unguessable bytes.
    pub fn secret(&self) -> [u8; 32] {
        self.ids.secret()
    }

    /// The clock every instant is taken from.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// The folder of attachments.
    pub const fn files(&self) -> &AttachmentStore {
        &self.files
    }

    /// The underlying database.
    pub const fn database(&self) -> &Database {
        &self.database
    }
}

impl Write {
    /// The instant of this act.
    pub const fn at(&self) -> At {
        self.at
    }

    /// Who acts.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// Acts on behalf of another actor from here on: a recontact reopens on behalf of Vigie.
    pub const fn set_actor(&mut self, actor: Actor) {
        self.actor = actor;
    }

    /// A new identifier.
    pub fn id(&self) -> uuid::Uuid {
        self.ids.id(self.at)
    }

    /// 32 unguessable bytes.
    pub fn secret(&self) -> [u8; 32] {
        self.ids.secret()
    }

    /// Appends a fact; returns its number.
    pub fn fact(&mut self, fact: FactDraft) -> i64 {
        self.facts.push(fact);
        self.last_number + self.facts.len() as i64
    }

    /// A fact about a case.
    pub fn case_fact(&mut self, act: Act, case: &crate::Case) -> i64 {
        self.fact(FactDraft::new(act).of_case(case))
    }

    /// The number of the next fact.
    pub fn next_number(&self) -> i64 {
        self.last_number + self.facts.len() as i64 + 1
    }

    /// Makes everything durable, then nudges. When it fails, nothing happened.
    pub async fn commit(mut self) -> Result<i64> {
        let last = self.last_number + self.facts.len() as i64;
        let (at, actor) = (self.at, self.actor);
        let facts = std::mem::take(&mut self.facts);
        if !facts.is_empty() {
            let rows = (self.last_number + 1..)
                .zip(facts)
                .map(|(number, fact)| fact.row(number, at, actor))
                .collect();
            self.session.insert_plain("fact", rows).await?;
            self.session
                .run(
                    "UPDATE counter SET value = $1 WHERE name = 'fact'",
                    args![last],
                )
                .await?;
        }
        self.write_tallies().await?;
        self.session.commit().await?;
        (self.committed)(last);
        Ok(last)
    }
}

impl std::ops::Deref for Write {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.session
    }
}

impl std::ops::DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}
