//! Documents name files that are there.

use std::path::Path;

use crate::sources::{read, root};

const DOCUMENTS: [&str; 4] = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "STYLE.md",
    "README.md",
];
const ENDINGS: [&str; 6] = [".rs", ".ts", ".svelte", ".py", ".js", ".toml"];

#[test]
fn every_file_named_is_there() {
    let mut all = Vec::new();
    walk(&root(), &mut all);
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let text = read(document);
        let named = text.split('`').skip(1).step_by(2);
        for name in named.filter(|name| is_file(name)) {
            let ending = format!("/{name}");
            if !all.iter().any(|path| path.ends_with(&ending)) {
                missing.push(format!("{document}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn is_file(name: &str) -> bool {
    !name.contains([' ', '*', '{', '<']) && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let ours = !["target", "node_modules", ".git", "dist"].contains(&name.as_str());
        if path.is_dir() && ours {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path.to_string_lossy().into_owned());
        }
    }
}
