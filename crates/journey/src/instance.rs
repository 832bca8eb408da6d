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
use vigie_store::{Database, Keyring, Store};

use crate::{
    clock,
    key_file::{KeySource, Keys},
    triage_weigher::TriageWeigher,
};

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
    /// Where the keys of its secrets come from.
    pub key_source: KeySource,
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
        let (clock, ids) = (Arc::new(clock::SystemClock), Arc::new(clock::SystemIds));
        Self::open_with(folder, postgres, clock, ids).await
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
        // A key is never one that a seed gives again.
        let keys = KeySource::of(folder).read_or_make(&clock::SystemIds)?;
        let made = keys.source.file().filter(|_| keys.new);
        let made = made.map(Path::to_owned);
        let opened = Self::open_with_keys(folder, postgres, (clock, ids), keys).await;
        if let (Err(error), Some(file)) = (&opened, made)
            && is_of_another_key(error)
        {
            // It opens nothing: the right one is to be put in its place.
            std::fs::remove_file(&file)
                .with_context(|| format!("cannot remove {}", file.display()))?;
            let detail = format!(
                "put the key file of this instance back as {}; if it is lost, `vigie secrets forget`",
                file.display()
            );
            return opened.context(detail);
        }
        opened
    }

    /// Opens an instance with the given clock, generator and keys.
    pub async fn open_with_keys(
        folder: &Path,
        postgres: Option<&str>,
        (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>),
        keys: Keys,
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
        Self::build(folder, postgres, (clock, ids), keys, (lock, search)).await
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
        let keys = KeySource::of(folder).read()?;
        let search = Search::open_read_only(folder).context("cannot open the search index")?;
        let (clock, ids) = (Arc::new(clock::SystemClock), Arc::new(clock::SystemIds));
        Self::build(folder, postgres, (clock, ids), keys, (None, search)).await
    }

    /// Lets go of the secrets of a folder that no key opens any more; a new key is made.
    pub async fn forget_secrets(folder: &Path, postgres: Option<&str>) -> anyhow::Result<usize> {
        let _lock = FolderLock::take(folder)?;
        let keys = KeySource::of(folder).read_or_make(&clock::SystemIds)?;
        let database = open_database(folder, postgres, keys.ring).await?;
        let forgotten = Store::forget_secrets(&database, &clock::SystemIds).await?;
        database.close().await;
        Ok(forgotten)
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
        (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>),
        keys: Keys,
        (lock, search): (Option<Arc<FolderLock>>, Search),
    ) -> anyhow::Result<Self> {
        let database = open_database(folder, postgres, keys.ring).await?;
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
            key_source: keys.source,
            _lock: lock,
        })
    }
}

async fn open_database(
    folder: &Path,
    postgres: Option<&str>,
    ring: Keyring,
) -> anyhow::Result<Database> {
    let ring = Arc::new(ring);
    match postgres {
        Some(address) => Database::postgres(address, ring)
            .await
            .context("cannot reach PostgreSQL"),
        None => Database::sqlite(folder, ring)
            .await
            .context("cannot open the data folder"),
    }
}

/// Whether an instance does not open because its secrets were sealed with a key it was not given.
fn is_of_another_key(error: &anyhow::Error) -> bool {
    let of_another = |cause: &vigie_store::Error| {
        matches!(
            cause,
            vigie_store::Error::Sealed(vigie_store::KeyError::Unknown(_))
        )
    };
    error
        .chain()
        .any(|cause| cause.downcast_ref().is_some_and(of_another))
}

/// A new data folder is accessible to its owner only: it holds customers' text.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if folder.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
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
