//! What a manifest names, the crate uses: an unused library is bought for nothing.

use crate::sources::{read, root, sources};

/// Names a crate uses without naming them in its code.
const UNSEEN: [(&str, &str); 0] = [];

#[test]
fn every_dependency_is_used() {
    let mut unused = Vec::new();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let room = entry.unwrap().file_name().to_string_lossy().into_owned();
        let code: String = sources(&["rs"])
            .into_iter()
            .filter(|source| source.room() == Some(&room))
            .map(|source| source.text)
            .collect();

        for dependency in dependencies(&room) {
            let name = dependency.replace('-', "_");
            let unseen = UNSEEN.contains(&(&room, &dependency));
            if !unseen && !names(&code, &name) {
                unused.push(format!("{room}: {dependency}"));
            }
        }
    }
    unused.sort();
    assert!(unused.is_empty(), "{unused:#?}");
}

/// Whether the code says the name as a word of its own.
fn names(code: &str, name: &str) -> bool {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        !before.is_some_and(word) && !after.is_some_and(word)
    })
}

fn dependencies(room: &str) -> Vec<String> {
    let manifest = read(&format!("crates/{room}/Cargo.toml"));
    let mut within = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            within = line.ends_with("dependencies]");
        } else if within && !line.starts_with('#') {
            let name = line.split(['.', ' ', '=']).next();
            found.extend(name.filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    found
}
