//! Living with an instance: backed up while served, restored elsewhere, upgraded with a copy,
//! looked at by the doctor.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use vigie::{Instance, backup, doctor};
use vigie_model::Actor;
use vigie_store::{Keyring, SCHEMA};

/// A small instance with one file, and the bytes under which it is kept.
async fn instance(folder: &Path) -> (Instance, String) {
    let instance = Instance::open(folder, None).await.unwrap();
    vigie_journey::create_brand(
        &instance,
        "main",
        "Halvenne",
        &vigie_store::BrandSettings::default(),
    )
    .await
    .unwrap();
    let hash = vigie_listen::sha256_hex(b"a photo");
    instance.store.files().keep(&hash, b"a photo").unwrap();
    (instance, hash)
}

async fn facts(instance: &Instance) -> String {
    serde_json::to_string(
        &instance
            .store
            .read()
            .await
            .unwrap()
            .facts()
            .after(0, 1_000)
            .await
            .unwrap(),
    )
    .unwrap()
}

#[tokio::test]
async fn a_served_instance_is_backed_up_and_restored_elsewhere_the_same() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (instance, hash) = instance(&here.path().join("data")).await;
    let file = here.path().join("vigie.backup");
    let label = backup::write(&here.path().join("data"), &file, None)
        .await
        .unwrap();
    assert_eq!((label.schema, label.files), (SCHEMA, 1));
    assert!(
        backup::write(&here.path().join("data"), &file, None)
            .await
            .is_err(),
        "a backup is never overwritten"
    );

    let folder = there.path().join("data");
    backup::restore(&file, &folder, None).await.unwrap();
    let lost = Instance::open(&folder, None).await.err().unwrap();
    assert!(format!("{lost:#}").contains("data-key/key"), "{lost:#}");
    std::fs::copy(
        here.path().join("data-key/key"),
        there.path().join("data-key/key"),
    )
    .unwrap();
    let restored = Instance::open(&folder, None).await.unwrap();
    assert_eq!(facts(&restored).await, facts(&instance).await);
    assert_eq!(restored.store.files().bytes(&hash).unwrap(), b"a photo");
    assert!(
        backup::restore(&file, &folder, None).await.is_err(),
        "only an empty folder takes a backup"
    );
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_nothing_escapes_the_folder() {
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("odd");
    for bytes in [&b""[..], b"not a backup", &[0x1f, 0x8b, 8, 0, 0]] {
        std::fs::write(&file, bytes).unwrap();
        let into = here.path().join("into");
        assert!(backup::restore(&file, &into, None).await.is_err());
        std::fs::remove_dir_all(&into).unwrap();
    }
}

/// A folder as the release of that schema left it: the first migrations alone, as that release ran
/// them.
async fn folder_of_schema(folder: &Path, schema: i64) {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations");
    let mut texts: Vec<_> = std::fs::read_dir(migrations)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    let number = |path: &PathBuf| {
        path.file_name()?
            .to_str()?
            .split('_')
            .next()?
            .parse::<i64>()
            .ok()
    };
    texts.sort_by_key(number);
    let ring = Keyring::parse(&Keyring::line("test", &[1; 32])).unwrap();
    let database = vigie_store::Database::sqlite(folder, ring.into())
        .await
        .unwrap();
    let mut session = database.begin().await.unwrap();
    session
        .run(
            "CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY)",
            vec![],
        )
        .await
        .unwrap();
    for (number, path) in (1..=schema).zip(&texts) {
        let text = std::fs::read_to_string(path).unwrap();
        let text = text
            .replace("{key}", "INTEGER PRIMARY KEY")
            .replace("{bytes}", "BLOB");
        for statement in text.split(";\n").map(str::trim).filter(|it| !it.is_empty()) {
            session.run(statement, vec![]).await.unwrap();
        }
        session
            .run(
                format!("INSERT INTO schema_version (version) VALUES ({number})"),
                vec![],
            )
            .await
            .unwrap();
    }
    let brand = "INSERT INTO brand (id, code, name, settings) VALUES \
        (x'0193a2b4c5d67e8f90a1b2c3d4e5f607', 'main', 'Halvenne', '{}')";
    session.run(brand, vec![]).await.unwrap();
    session.commit().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn every_older_folder_is_copied_before_it_is_upgraded_and_a_newer_one_refused() {
    for schema in 1..SCHEMA {
        let here = tempfile::tempdir().unwrap();
        folder_of_schema(here.path(), schema).await;
        let upgraded = Instance::open(here.path(), None).await.unwrap();
        assert!(
            here.path()
                .join(format!("backups/before-schema-{SCHEMA}-from-{schema}.db"))
                .exists()
        );
        let mut session = upgraded.store.read().await.unwrap();
        assert_eq!(session.brands().list().await.unwrap()[0].name, "Halvenne");
        assert!(
            session.colleagues().list().await.unwrap().is_empty()
                && session.imports().list(None, 1).await.unwrap().is_empty()
        );
    }
    let here = tempfile::tempdir().unwrap();
    let (served, _) = instance(here.path()).await;
    let mut write = served.store.write(Actor::System).await.unwrap();
    write
        .run(
            format!(
                "INSERT INTO schema_version (version) VALUES ({})",
                SCHEMA + 1
            ),
            vec![],
        )
        .await
        .unwrap();
    write.commit().await.unwrap();
    served.store.database().close().await;
    drop(served);
    let refused = Instance::open(here.path(), None).await.err().unwrap();
    assert!(format!("{refused:#}").contains("newer"), "{refused:#}");
}

#[tokio::test]
async fn the_doctor_names_what_is_not_well() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    let (served, hash) = instance(&folder).await;
    let mut write = served.store.write(Actor::System).await.unwrap();
    let file = vigie_model::FileRef {
        sha256: hash.clone(),
        name: "a.png".into(),
        media_type: "image/png".into(),
        size: 7,
    };
    write
        .run(
            "INSERT INTO cases SELECT 1, x'00', 1, 1, 1, 1, 1, NULL, 'mail', '', '', '', \
        'noise', 'unsure', 'none', '', 0, 'closed', NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, 0, \
        NULL, NULL, NULL, 0, 0, 0, 0, 'later', 0, NULL, '', '', NULL, 1, 0, 0, 0, NULL, \
        NULL, 0",
            vec![],
        )
        .await
        .unwrap();
    write
        .attachments()
        .insert_many(vec![(None, vigie_model::CaseKey::from_number(1), file)])
        .await
        .unwrap();
    write.commit().await.unwrap();

    let look = Instance::open_read_only(&folder, None).await.unwrap();
    let ill = |found: Vec<doctor::Finding>| {
        found
            .into_iter()
            .filter(|it| !it.well)
            .map(|it| it.what)
            .collect::<Vec<_>>()
    };
    let before = ill(doctor::examine(&look, &folder).await.unwrap());
    assert!(before.is_empty() || before == ["disk"], "{before:?}");
    std::fs::write(look.store.files().path(&hash).unwrap(), b"another").unwrap();
    let mut write = served.store.write(Actor::System).await.unwrap();
    write
        .run("DELETE FROM fact WHERE number = 1", vec![])
        .await
        .unwrap();
    write.commit().await.unwrap();
    let after = ill(doctor::examine(&look, &folder).await.unwrap());
    assert!(
        after.contains(&"files") && after.contains(&"history"),
        "{after:?}"
    );
}

#[tokio::test]
async fn attachments_that_cannot_be_read_leave_no_backup_that_looks_whole() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    let (_instance, _) = instance(&folder).await;
    let files = folder.join("files");
    std::fs::remove_dir_all(&files).unwrap();

    for is_link in [true, false] {
        match is_link {
            true => std::os::unix::fs::symlink("gone", &files).unwrap(),
            false => std::fs::write(&files, "no folder").unwrap(),
        }
        let refused = backup::write(&folder, &here.path().join("vigie.backup"), None).await;
        std::fs::remove_file(&files).unwrap();

        let error = format!("{:#}", refused.unwrap_err());
        assert!(error.contains("cannot read the attachments"), "{error}");
    }
}
