//! A demo is built where nothing is, and opened where a demo was built: never over what is
//! somebody's.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    path::Path,
    process::{Command, Output},
};

fn build(inside: &Path, folder: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    command.args(["demo", "--build-only", "--data", folder]);
    command.current_dir(inside).output().unwrap()
}

#[test]
fn nobodys_files_are_built_over() {
    let here = tempfile::tempdir().unwrap();
    let mine = here.path().join("mine");
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(mine.join("letter.txt"), "mine").unwrap();
    std::fs::create_dir(here.path().join("other.building")).unwrap();

    for (inside, folder) in [(here.path(), "mine"), (&*mine, "."), (&*mine, "letter.txt")] {
        let refused = build(inside, folder);

        assert!(!refused.status.success(), "{folder}");
        let letter = std::fs::read_to_string(mine.join("letter.txt")).unwrap();
        assert_eq!(letter, "mine", "{folder}");
    }
    let told = String::from_utf8(build(here.path(), "mine").stderr).unwrap();
    assert!(told.contains("name a folder that is empty"), "{told}");
    assert!(here.path().join("other.building").exists());
}

/// A folder that is served for real holds no mark of a demo: it is not opened as one.
#[tokio::test]
async fn an_instance_is_not_taken_for_a_demo() {
    let here = tempfile::tempdir().unwrap();
    drop(
        vigie::Instance::open(&here.path().join("data"), None)
            .await
            .unwrap(),
    );

    assert!(!build(here.path(), "data").status.success());
}
