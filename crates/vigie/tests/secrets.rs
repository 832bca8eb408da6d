//! The secrets an instance keeps: none is found in its files or backups by whoever copies them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::Read as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use vigie::{Instance, backup, doctor};
use vigie_journey::{SystemIds, key_file};
use vigie_model::{Actor, SourceKind};
use vigie_store::{Brand, Source, Write};

/// Ten secrets, as people and programs give them.
fn planted() -> Vec<String> {
    let numbers = 0..10;
    numbers
        .map(|it| format!("planted-Secret-{it}-q7Xz"))
        .collect()
}

/// An instance that keeps the ten: passwords of mailboxes, secrets of sources and of webhooks.
async fn instance(folder: &Path) -> Instance {
    let instance = Instance::open(folder, None).await.unwrap();
    let settings = vigie_store::BrandSettings::default();
    let brand = vigie_journey::create_brand(&instance, "main", "Halvenne", &settings)
        .await
        .unwrap();
    let mut write = instance.store.write(Actor::System).await.unwrap();
    for (number, secret) in planted().into_iter().enumerate() {
        match number {
            0..6 => plant_source(&mut write, &brand, number, secret).await,
            _ => plant_webhook(&mut write, &secret).await,
        }
    }
    write.commit().await.unwrap();
    vigie_journey::prepare(&instance).await.unwrap();
    instance.search.follow(&instance.store).await.unwrap();
    instance
}

/// Backs the instance up, for a recipient if there is one.
async fn back_up(here: &Path, recipient: Option<&str>) {
    let (folder, file) = (here.join("data"), here.join("vigie.backup"));
    backup::write(&folder, &file, recipient).await.unwrap();
}

/// A mailbox or a source of a program, with this secret.
async fn plant_source(write: &mut Write, brand: &Brand, number: usize, secret: String) {
    let kind = match number % 2 {
        0 => SourceKind::MAIL,
        _ => SourceKind::API,
    };
    let (name, code) = (format!("Source {number}"), format!("s-{number}"));
    let mut source = vigie_journey::add_source(write, brand, kind, &name, &code)
        .await
        .unwrap();
    source.secret = secret;
    write.sources().save(&source).await.unwrap();
}

async fn plant_webhook(write: &mut Write, secret: &str) {
    let webhooks = write.webhooks();
    webhooks
        .insert("Till", "https://till.example", secret, &[])
        .await
        .unwrap();
}

/// What an instance opens of the ten.
async fn opened(instance: &Instance) -> Vec<String> {
    let mut session = instance.store.read().await.unwrap();
    let sources = session.sources().list().await.unwrap().into_iter();
    let mut secrets: Vec<_> = sources.map(|source| source.secret).collect();
    let webhooks = session.webhooks().list().await.unwrap().into_iter();
    secrets.extend(webhooks.map(|webhook| webhook.secret));
    secrets.retain(|secret| secret.starts_with("planted"));
    secrets.sort();
    secrets
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}

/// The planted secrets that stand in these bytes.
fn found_in(bytes: &[u8]) -> Vec<String> {
    let stands = |secret: &String| {
        bytes
            .windows(secret.len())
            .any(|it| it == secret.as_bytes())
    };
    planted().into_iter().filter(stands).collect()
}

/// Where in the files below a folder a planted secret stands.
fn found_below(folder: &Path) -> Vec<(PathBuf, String)> {
    let files = files_below(folder).into_iter();
    let files = files.filter(|file| file.metadata().unwrap().is_file());
    files
        .flat_map(|file| {
            let found = found_in(&fs::read(&file).unwrap());
            found.into_iter().map(move |secret| (file.clone(), secret))
        })
        .collect()
}

#[tokio::test]
async fn none_of_ten_planted_secrets_stands_in_database_index_or_backup() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    let served = instance(&folder).await;

    assert_eq!(opened(&served).await, planted());
    assert_eq!(found_below(&folder), []);
    let file = here.path().join("vigie.backup");
    backup::write(&folder, &file, None).await.unwrap();
    let mut plain = Vec::new();
    let mut unpacked = flate2::read::GzDecoder::new(fs::File::open(&file).unwrap());
    unpacked.read_to_end(&mut plain).unwrap();
    assert!(plain.len() > 10_000 && found_in(&plain).is_empty());
}

#[tokio::test]
async fn what_an_older_release_kept_as_it_was_is_sealed_when_this_one_opens_it() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    let served = instance(&folder).await;
    let mut write = served.store.write(Actor::System).await.unwrap();
    let sql = "UPDATE source SET secret = 'planted-Secret-0-q7Xz' WHERE code = 's-0'";
    write.run(sql, vec![]).await.unwrap();
    write.commit().await.unwrap();
    assert_ne!(found_below(&folder), []);
    served.store.database().close().await;
    drop(served);
    let again = Instance::open(&folder, None).await.unwrap();
    assert_eq!(opened(&again).await, planted());
    assert_eq!(found_below(&folder), []);
}

/// Puts the key file of an instance beside the folder it was restored into.
fn give_key(key: &Path, folder: &Path) {
    let beside = PathBuf::from(format!("{}-key", folder.display()));
    fs::create_dir(&beside).unwrap();
    fs::copy(key, beside.join("key")).unwrap();
}

/// Restores a backup as `name`, beside the folder whose key file it is given.
async fn restored(here: &Path, name: &str, identity: Option<&Path>) -> Instance {
    let folder = here.join(name);
    let file = here.join("vigie.backup");
    backup::restore(&file, &folder, identity).await.unwrap();
    give_key(&here.join("data-key/key"), &folder);
    Instance::open(&folder, None).await.unwrap()
}

async fn secrets_finding(folder: &Path) -> doctor::Finding {
    let look = Instance::open_read_only(folder, None).await.unwrap();
    let found = doctor::examine(&look, folder).await.unwrap();
    found.into_iter().find(|it| it.what == "secrets").unwrap()
}

#[tokio::test]
async fn secrets_are_sealed_again_with_a_new_key_and_older_backups_still_open() {
    let here = tempfile::tempdir().unwrap();
    let (folder, key) = (here.path().join("data"), here.path().join("data-key/key"));
    let served = instance(&folder).await;
    back_up(here.path(), None).await;
    let before = fs::read_to_string(&key).unwrap();

    let source = &served.key_source;
    let sealed = key_file::rotate(&served.store, source, &SystemIds).await;
    assert!(sealed.unwrap() >= 11);

    let after = fs::read_to_string(&key).unwrap();
    assert!(after.ends_with(&before) && after.lines().count() == 2);
    assert_eq!(opened(&served).await, planted());
    assert!(secrets_finding(&folder).await.well, "none is left behind");
    let older = restored(here.path(), "restored", None).await;
    assert_eq!(opened(&older).await, planted());
}

#[tokio::test]
async fn the_doctor_looks_at_the_key_file() {
    let here = tempfile::tempdir().unwrap();
    let (folder, key) = (here.path().join("data"), here.path().join("data-key/key"));
    drop(instance(&folder).await);
    assert!(secrets_finding(&folder).await.well);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let open = secrets_finding(&folder).await;
    assert!(
        !open.well && open.detail.contains("chmod 600"),
        "{}",
        open.detail
    );
}

#[tokio::test]
async fn without_its_key_an_instance_says_so() {
    let here = tempfile::tempdir().unwrap();
    let (folder, key) = (here.path().join("data"), here.path().join("data-key/key"));
    let served = instance(&folder).await;
    served.store.database().close().await;
    drop(served);
    fs::remove_file(&key).unwrap();

    let lost = Instance::open(&folder, None).await.err().unwrap();
    let words = format!("{lost:#}");
    assert!(
        words.contains("data-key/key") && words.contains("secrets forget"),
        "{words}"
    );
    assert!(!key.exists(), "no other key is put in its place");
}

#[tokio::test]
async fn once_the_secrets_are_let_go_an_instance_starts_without_its_key() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    let served = instance(&folder).await;
    served.store.database().close().await;
    drop(served);
    fs::remove_file(here.path().join("data-key/key")).unwrap();

    let forgotten = Instance::forget_secrets(&folder, None).await.unwrap();
    assert!(forgotten >= 11, "{forgotten}");
    let again = Instance::open(&folder, None).await.unwrap();
    assert!(opened(&again).await.is_empty());
    let mut session = again.store.read().await.unwrap();
    let sources = session.sources().list().await.unwrap();
    sources.iter().for_each(check_replaced);
}

/// A mailbox asks for its password again, a program is given a new secret.
fn check_replaced(source: &Source) {
    match source.kind {
        SourceKind::MAIL => {
            let asked = vigie_respond::mail::secret_of(source).unwrap_err();
            assert!(asked.contains("set its password again"));
        }
        _ => assert!(source.secret.starts_with("whsec_")),
    }
}

/// Writes an age identity as `age-keygen` does.
fn key_file(path: &Path, identity: &age::x25519::Identity) -> PathBuf {
    use age::secrecy::ExposeSecret as _;
    fs::write(path, identity.to_string().expose_secret()).unwrap();
    path.to_owned()
}

/// With these keys the backup does not open, in these words.
async fn check_refused(here: &Path, identity: Option<&Path>, words: &str) {
    let file = here.join("vigie.backup");
    let refused = backup::restore(&file, &here.join("into"), identity).await;
    let refused = format!("{:#}", refused.unwrap_err());
    assert!(refused.contains(words), "{refused}");
}

#[tokio::test]
async fn a_backup_for_a_recipient_opens_with_their_key_only() {
    let here = tempfile::tempdir().unwrap();
    drop(instance(&here.path().join("data")).await);
    let [own, other] = [(); 2].map(|()| age::x25519::Identity::generate());
    back_up(here.path(), Some(&own.to_public().to_string())).await;

    let [right, wrong] = [("own", &own), ("other", &other)]
        .map(|(name, identity)| key_file(&here.path().join(name), identity));
    check_refused(here.path(), None, "--identity").await;
    check_refused(here.path(), Some(&wrong), "none of these keys").await;
    let theirs = restored(here.path(), "restored", Some(&right)).await;
    assert_eq!(opened(&theirs).await, planted());
}

#[tokio::test]
async fn a_recipient_that_is_none_is_told_how_to_make_one() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    drop(instance(&folder).await);
    let file = here.path().join("vigie.backup");
    let wrong = backup::write(&folder, &file, Some("age1nobody")).await;
    assert!(format!("{:#}", wrong.unwrap_err()).contains("age-keygen"));
    assert!(!file.exists());
}

#[test]
fn files_are_their_owner_s_only_whatever_the_shell_allows() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    let command = format!(
        "umask 000; {0} user list --data {1}; {0} backup --data {1} {1}.backup",
        env!("CARGO_BIN_EXE_vigie"),
        folder.display()
    );
    let ran = Command::new("sh").args(["-c", &command]).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");

    let files = files_below(here.path());
    assert!(files.len() > 4, "{files:?}");
    let folders = [
        &folder,
        &folder.join("files"),
        &here.path().join("data-key"),
    ];
    for path in files.iter().chain(folders) {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}
