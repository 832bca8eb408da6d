//! The instance, built: a store with its clock, its chance and its weigher; a bus; the door.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use vigie_bus::Bus;
use vigie_model::{Clock, Ids};
use vigie_search::Search;
use vigie_store::{Database, Store};

use crate::{clock, weighing::TriageWeigher};

/// Everything the house holds.
#[derive(Clone)]
pub struct Instance {
    /// Remembers.
    pub store: Store,
    /// Nudges.
    pub bus: Bus,
    /// Weighs.
    pub weigher: Arc<TriageWeigher>,
    /// Finds.
    pub search: Search,
    /// The data folder.
    pub folder: PathBuf,
    /// Held while this process writes the folder.
    _lock: Option<Arc<FolderLock>>,
}

/// The one process that may open a folder.
struct FolderLock {
    _file: std::fs::File,
}

impl Instance {
    /// Opens the house on a data folder, with the system's clock and chance.
    ///
    /// # Errors
    /// When the folder is in use, or the database cannot be opened or migrated.
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

    /// Opens the house with a clock and chance of one's own.
    ///
    /// # Errors
    /// As [`Instance::open`].
    pub async fn open_with(
        folder: &Path,
        postgres: Option<&str>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> anyhow::Result<Self> {
        make_folder(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        // With PostgreSQL too: the index, the files and the side door are in the folder.
        let lock = Some(Arc::new(FolderLock::take(folder)?));
        if postgres.is_none()
            && let Some(copy) = crate::upgrade::before_upgrade(folder).await?
        {
            tracing::info!(copy = %copy.display(), "the database was copied before its upgrade");
        }
        let search = Search::open(folder).context("cannot open the search index")?;
        Self::build(folder, postgres, clock, ids, (lock, search)).await
    }

    /// Opens the house beside whoever serves it, to look and not to write.
    ///
    /// # Errors
    /// When the folder holds no house of this release, or the database cannot be reached.
    pub async fn look(folder: &Path, postgres: Option<&str>) -> anyhow::Result<Self> {
        if postgres.is_none() {
            let found = vigie_store::schema_version(folder).await?;
            let found = found.with_context(|| format!("{} holds no house", folder.display()))?;
            let known = vigie_store::SCHEMA;
            anyhow::ensure!(
                found == known,
                "this house has schema {found}, this release writes {known}: serve it once with \
                    this release first, or use the release that wrote it"
            );
        }
        let search = Search::look(folder).context("cannot open the search index")?;
        Self::build(
            folder,
            postgres,
            Arc::new(clock::SystemClock),
            Arc::new(clock::SystemIds),
            (None, search),
        )
        .await
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
        let committed = Arc::new(move |number| nudging.nudge(number));
        let store = Store::open(database, folder, clock, ids, weigher.clone(), committed).await?;
        Ok(Self {
            store,
            bus,
            weigher,
            search,
            folder: folder.to_owned(),
            _lock: lock,
        })
    }
}

/// A new data folder is its owner's and group's: it holds customers' words.
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
