//! The house, built: a store with its clock, its chance and its weigher; a bus; the door.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use vigie_bus::Bus;
use vigie_listen::{
    Batch, BoxedFuture, Door, DoorError, Heard, OrderKept,
    past::{PastAsked, PastPreview},
};
use vigie_model::{
    Act, Actor, Clock, CustomerId, Ids, ImportId, MailboxSettings, OrderSaid, PersonId, Proof,
    SourceId, SourceKind, TopCause, VisitSaid,
};
use vigie_store::{
    Brand, BrandSettings, Database, Error, FactDraft, Source, Store, Write, search::Search,
};

use crate::{chance, erasing, journey, past, weighing::TriageWeigher};

/// Everything the house holds.
#[derive(Clone)]
pub struct House {
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

impl House {
    /// Opens the house on a data folder, with the system's clock and chance.
    ///
    /// # Errors
    /// When the folder is in use, or the database cannot be opened or migrated.
    pub async fn open(folder: &Path, postgres: Option<&str>) -> anyhow::Result<Self> {
        Self::open_with(
            folder,
            postgres,
            Arc::new(chance::SystemClock),
            Arc::new(chance::SystemIds),
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
    /// As [`House::open`].
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
            && let Some(copy) = crate::backup::before_upgrade(folder).await?
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
            Arc::new(chance::SystemClock),
            Arc::new(chance::SystemIds),
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

impl Door for House {
    fn receive(&self, batch: Batch) -> BoxedFuture<'_, Result<Vec<Heard>, DoorError>> {
        Box::pin(journey::hear(self, batch))
    }

    fn try_mailbox(
        &self,
        mailbox: MailboxSettings,
        password: String,
    ) -> BoxedFuture<'_, Result<u32, String>> {
        Box::pin(async move { crate::mailbox::test(&mailbox, &password).await })
    }

    fn receive_orders(
        &self,
        source: SourceId,
        orders: Vec<OrderSaid>,
    ) -> BoxedFuture<'_, Result<Vec<OrderKept>, DoorError>> {
        Box::pin(journey::note_orders(self, source, orders))
    }

    fn receive_visits(
        &self,
        source: SourceId,
        visits: Vec<VisitSaid>,
    ) -> BoxedFuture<'_, Result<Vec<bool>, DoorError>> {
        Box::pin(journey::note_visits(self, source, visits))
    }

    fn rehearse_past(&self, asked: PastAsked) -> BoxedFuture<'_, Result<PastPreview, String>> {
        Box::pin(async move { past::desk::rehearse(self, &asked).await })
    }

    fn begin_past(
        &self,
        by: PersonId,
        asked: PastAsked,
    ) -> BoxedFuture<'_, Result<ImportId, String>> {
        Box::pin(past::desk::begin_and_go_on(self, by, asked))
    }

    fn undo_past(&self, by: PersonId, import: ImportId) -> BoxedFuture<'_, Result<(), String>> {
        Box::pin(past::desk::undo_and_go_on(self, by, import))
    }

    fn reopen_past(
        &self,
        by: PersonId,
        import: ImportId,
        days: i64,
    ) -> BoxedFuture<'_, Result<i64, String>> {
        Box::pin(async move {
            past::desk::reopen(self, by, import, days)
                .await
                .map_err(|why| why.to_string())
        })
    }

    fn erase(&self, by: PersonId, customer: CustomerId) -> BoxedFuture<'_, Result<Proof, String>> {
        Box::pin(async move {
            let known = erasing::known(self, &customer.to_string())
                .await
                .map_err(|why| format!("{why:#}"))?;
            erasing::erase(self, Actor::Person(by), &known)
                .await
                .map_err(|why| format!("{why:#}"))
        })
    }

    fn let_go(&self, by: PersonId) -> BoxedFuture<'_, Result<Proof, String>> {
        Box::pin(async move {
            erasing::let_go(self, Actor::Person(by))
                .await
                .map_err(|why| format!("{why:#}"))
        })
    }
}

/// The six causes above all others, in both languages.
const CAUSES: [(TopCause, &str, &str); 6] = [
    (TopCause::Quality, "Qualité", "Quality"),
    (TopCause::Availability, "Disponibilité", "Availability"),
    (TopCause::Price, "Prix", "Price"),
    (
        TopCause::Production,
        "Conditions de production",
        "Production conditions",
    ),
    (TopCause::Relationship, "Relation", "Relationship"),
    (TopCause::Misunderstanding, "Malentendu", "Misunderstanding"),
];

/// Founds a brand with its six causes and the two sources staff need on the first day.
///
/// # Errors
/// When the store fails.
pub async fn found(
    house: &House,
    code: &str,
    name: &str,
    settings: &BrandSettings,
) -> Result<Brand, Error> {
    let mut write = house.store.write(Actor::House).await?;
    let brand = write.insert_brand(code, name, settings).await?;
    write.fact(FactDraft::new(Act::SettingChanged).on("brand", brand.id.0));
    for (top, fr, en) in CAUSES {
        write.insert_cause(brand.key, top, "", fr, en).await?;
    }
    for (kind, name) in [
        (SourceKind::Report, "Remontées"),
        (SourceKind::SeenElsewhere, "Vu ailleurs"),
    ] {
        add_source(
            &mut write,
            &brand,
            kind,
            name,
            &format!("{code}-{}", kind.code().replace('_', "-")),
        )
        .await?;
    }
    write.commit().await?;
    Ok(brand)
}

/// Adds a source with a secret of its own.
///
/// # Errors
/// When the store fails.
pub async fn add_source(
    write: &mut Write,
    brand: &Brand,
    kind: SourceKind,
    name: &str,
    code: &str,
) -> Result<Source, Error> {
    let secret = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, write.secret());
    let source = Source {
        key: 0,
        id: SourceId(uuid::Uuid::nil()),
        brand_key: brand.key,
        kind,
        name: name.to_owned(),
        code: code.to_owned(),
        settings: serde_json::json!({}),
        secret: format!("whsec_{secret}"),
        cursor: None,
        paused_at: None,
        last_received_at: None,
        last_error: None,
        last_error_at: None,
    };
    let source = write.insert_source(source).await?;
    write.fact(
        FactDraft::new(Act::SourceChanged)
            .on("source", source.id.0)
            .code("kind", kind.code()),
    );
    Ok(source)
}
