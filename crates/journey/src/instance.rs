//! The application: a store with its clock, its random generator and its weigher; a bus;
//! intake.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use vigie_analyse::{Analyser, CueAnalyser};
use vigie_bus::Bus;
use vigie_model::{Clock, Ids};
use vigie_search::Search;
use vigie_store::{Database, Store};

use crate::{clock, triage_weigher::TriageWeigher};

/// Everything a running instance is made of.
#[derive(Clone)]
pub struct Instance {
    pub store: Store,
    pub bus: Bus,
    /// Weighs.
    pub weigher: Arc<TriageWeigher>,
    /// Reads messages.
    pub analyser: Arc<dyn Analyser>,
    pub search: Search,
    /// The data folder.
    pub folder: PathBuf,
    /// Held while this process may write to the folder.
    _lock: Option<Arc<FolderLock>>,
}

/// The lock that lets only one process open a folder.
struct FolderLock {
    _file: std::fs::File,
}

impl Instance {
    /// Opens an instance on a data folder, with the system's clock and random generator. Fails
    /// when the folder is in use.
    pub async fn open(folder: &Path, postgres: Option<&str>) -> anyhow::Result<Self> {
        Self::open_with(
            folder,
            postgres,
            Arc::new(clock::SystemClock),
            Arc::new(clock::SystemIds),
        )
        .await
    }

    /// Whether another process serves the folder.
    pub fn is_served(folder: &Path) -> bool {
        folder.join("vigie.lock").exists() && FolderLock::take(folder).is_err()
    }

    /// Opens an instance with the given clock and generator.
    pub async fn open_with(
        folder: &Path,
        postgres: Option<&str>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> anyhow::Result<Self> {
        make_folder(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        // With PostgreSQL too: the index, the files and the control socket are in the folder.
        let lock = Some(Arc::new(FolderLock::take(folder)?));
        if postgres.is_none()
            && let Some(copy) = crate::upgrade::before_upgrade(folder).await?
        {
            tracing::info!(copy = %copy.display(), "the database was copied before its upgrade");
        }
        let search = Search::open(folder).context("cannot open the search index")?;
        Self::build(folder, postgres, clock, ids, (lock, search)).await
    }

    /// Opens an instance read-only, next to the process that serves it. Fails when the folder
    /// holds no instance of this release.
    pub async fn open_read_only(folder: &Path, postgres: Option<&str>) -> anyhow::Result<Self> {
        if postgres.is_none() {
            let found = vigie_store::schema_version(folder).await?;
            let found =
                found.with_context(|| format!("{} holds no Vigie data", folder.display()))?;
            let known = vigie_store::SCHEMA;
            anyhow::ensure!(
                found == known,
                "this folder has schema {found}, this release writes {known}: serve it once with \
                    this release first, or use the release that wrote it"
            );
        }
        let search = Search::open_read_only(folder).context("cannot open the search index")?;
        Self::build(
            folder,
            postgres,
            Arc::new(clock::SystemClock),
            Arc::new(clock::SystemIds),
            (None, search),
        )
        .await
    }

    /// The same instance with another analyser.
    #[must_use]
    pub fn with_analyser(mut self, analyser: Arc<dyn Analyser>) -> Self {
        self.analyser = analyser;
        self
    }

    async fn build(
        folder: &Path,
        postgres: Option<&str>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        (lock, search): (Option<Arc<FolderLock>>, Search),
    ) -> anyhow::Result<Self> {
        let database = match postgres {
            Some(address) => Database::postgres(address)
                .await
                .context("cannot reach PostgreSQL")?,
            None => Database::sqlite(folder)
                .await
                .context("cannot open the data folder")?,
        };
        let bus = Bus::default();
        let nudging = bus.clone();
        let weigher = Arc::new(TriageWeigher::default());
        let committed = Arc::new(move |number| nudging.notify(number));
        let store = Store::open(database, folder, clock, ids, weigher.clone(), committed).await?;
        Ok(Self {
            store,
            bus,
            weigher,
            analyser: Arc::new(CueAnalyser),
            search,
            folder: folder.to_owned(),
            _lock: lock,
        })
    }
}

/// A new data folder is accessible to its owner and group only: it holds customers' text.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if folder.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o750))
}

impl FolderLock {
    fn take(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("vigie.lock");
        let file = std::fs::File::create(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        let taken = file.try_lock();
        taken.map_err(|_| {
            anyhow::anyhow!(
                "another Vigie is serving {}: stop it first",
                folder.display()
            )
        })?;
        Ok(Self { _file: file })
    }
}
