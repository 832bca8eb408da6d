//! The files the rules look at.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

const FOLDERS: [&str; 4] = ["crates", "stories", "web/src", "web/tests"];
const NOT_OURS: [&str; 4] = ["target", "node_modules", "dist", ".git"];
/// Flat catalogues and generated files.
const FLAT: [&str; 3] = ["schema.ts", "languages/en.ts", "languages/fr.ts"];

/// A source file: its path from the root, with slashes, and its text.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    /// The crate it belongs to, when it belongs to one.
    pub fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether it is shipped: neither a test nor a story.
    pub fn is_shipped(&self) -> bool {
        self.path.starts_with("crates/") && self.path.contains("/src/")
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// Every file of ours below the folders, in order.
pub fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        walk(&root().join(folder), &mut found);
    }
    found.sort();
    found
}

/// The sources with one of these endings, without flat catalogues.
pub fn sources(endings: &[&str]) -> Vec<Source> {
    let ends = |path: &Path| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.contains(&ending))
    };
    let wanted = files()
        .into_iter()
        .filter(|path| ends(path) && !FLAT.iter().any(|flat| path.ends_with(flat)));

    wanted
        .map(|path| Source {
            path: from_root(&path),
            text: std::fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

pub fn from_root(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap();
    path.to_string_lossy().replace('\\', "/")
}

/// Compares what is over a limit with what `over.txt` admits under that rule.
pub fn check_admitted(rule: &str, over: &BTreeSet<String>) {
    let text = read("tidy/over.txt");
    let prefix = format!("{rule} ");
    let admitted: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix(&prefix))
        .map(str::to_owned)
        .collect();

    let new: Vec<_> = over.difference(&admitted).collect();
    assert!(new.is_empty(), "{rule}: split by meaning: {new:#?}");

    let mended: Vec<_> = admitted.difference(over).collect();
    assert!(
        mended.is_empty(),
        "{rule}: no longer over, take them out of tidy/over.txt: {mended:#?}"
    );
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !NOT_OURS.contains(&name.as_str()) {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}
