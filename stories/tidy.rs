//! House rules no linter knows: sizes, forbidden names, forbidden arrows, silent repairs.

use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;
/// Flat catalogues and generated files.
const FLAT: [&str; 4] = [
    "schema.ts",
    "languages/en.ts",
    "languages/fr.ts",
    "openapi.json",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() && !["target", "node_modules", "dist", ".git"].contains(&name.as_str()) {
            files(&entry, found);
        } else if entry.is_file() {
            found.push(entry);
        }
    }
}

fn sources(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "stories", "web/src", "web/tests"] {
        files(&root().join(folder), &mut found);
    }
    found.retain(|path| {
        endings
            .iter()
            .any(|it| path.extension().is_some_and(|found| found == *it))
    });
    found.retain(|path| !FLAT.iter().any(|it| path.ends_with(it)));
    found
}

#[test]
fn files_are_small() {
    let long: Vec<_> = sources(&["rs", "ts", "svelte"])
        .into_iter()
        .map(|path| {
            (
                std::fs::read_to_string(&path).unwrap().lines().count(),
                path,
            )
        })
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "over {LONGEST_FILE} lines: {long:#?}");
}

/// The lines of each function, told by the indentation `cargo fmt` gives.
#[test]
fn functions_are_small() {
    let mut long = Vec::new();
    for path in sources(&["rs"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let words = line
                .trim_start()
                .trim_start_matches("pub(crate) ")
                .trim_start_matches("pub ");
            let opens = ["fn ", "async fn ", "const fn "]
                .iter()
                .any(|it| words.starts_with(it));
            if !opens || line.trim_end().ends_with(';') {
                continue;
            }
            let end = lines[start..]
                .iter()
                .position(|it| it.starts_with(&format!("{}}}", " ".repeat(indent))));
            let length = end.map_or(0, |end| end + 1);
            if length > LONGEST_FUNCTION {
                long.push(format!("{}:{} {length} lines", path.display(), start + 1));
            }
        }
    }
    assert!(long.is_empty(), "over {LONGEST_FUNCTION} lines: {long:#?}");
}

#[test]
fn no_drawer_holds_everything() {
    let mut found = Vec::new();
    for folder in ["crates", "stories", "web/src"] {
        files(&root().join(folder), &mut found);
    }
    let banned = [
        "utils", "util", "common", "helpers", "helper", "manager", "misc", "shared",
    ];
    let drawers: Vec<_> = found
        .iter()
        .filter(|path| {
            path.iter().any(|part| {
                banned.contains(&part.to_string_lossy().split('.').next().unwrap_or_default())
            })
        })
        .filter(|path| path.strip_prefix(root()).is_ok())
        .filter(|path| {
            path.strip_prefix(root()).unwrap().iter().any(|part| {
                banned.contains(&part.to_string_lossy().split('.').next().unwrap_or_default())
            })
        })
        .collect();
    assert!(drawers.is_empty(), "{drawers:#?}");
}

/// Who may know whom, of ours.
#[test]
fn arrows_point_one_way() {
    let allowed: &[(&str, &[&str])] = &[
        ("model", &[]),
        ("watch", &["model"]),
        ("analyse", &["model"]),
        ("recognise", &["model"]),
        ("triage", &["model"]),
        ("alert", &["model"]),
        ("charter", &["model"]),
        ("measure", &["model"]),
        ("listen", &["model"]),
        ("bus", &[]),
        ("store", &["model", "watch"]),
        (
            "respond",
            &["model", "analyse", "charter", "watch", "store"],
        ),
        ("close", &["model", "charter", "store"]),
    ];
    for (room, knows) in allowed {
        let manifest =
            std::fs::read_to_string(root().join("crates").join(room).join("Cargo.toml")).unwrap();
        for line in manifest.lines().filter(|line| line.starts_with("vigie")) {
            let other = line
                .trim_start_matches("vigie-")
                .split(['.', ' ', '='])
                .next()
                .unwrap();
            assert!(knows.contains(&other), "{room} must not know {other}");
        }
    }
    for pure in [
        "analyse",
        "recognise",
        "triage",
        "watch",
        "alert",
        "charter",
        "measure",
        "model",
    ] {
        let manifest =
            std::fs::read_to_string(root().join("crates").join(pure).join("Cargo.toml")).unwrap();
        for forbidden in ["tokio", "sqlx", "reqwest", "axum", "rand"] {
            assert!(
                !manifest.lines().any(|line| line.starts_with(forbidden)),
                "{pure} is pure: no {forbidden}"
            );
        }
    }
}

#[test]
fn nothing_is_repaired_in_silence() {
    let mut wrong = Vec::new();
    for path in sources(&["rs"])
        .iter()
        .filter(|path| !path.ends_with("stories/tidy.rs"))
    {
        for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
            let allowed = line.contains("#[allow(") || line.contains("#![allow(");
            if allowed
                || line.contains("let _ =")
                || line.contains("todo!(")
                || line.trim_start().starts_with("println!(") && !line.contains("cargo::")
            {
                wrong.push(format!("{}:{} {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_word_of_the_screens_is_in_the_catalogue() {
    let english = std::fs::read_to_string(root().join("web/src/words/languages/en.ts")).unwrap();
    let mut missing = Vec::new();
    for path in sources(&["svelte"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for piece in text.split("w('").skip(1) {
            let key = piece.split('\'').next().unwrap();
            if !english.contains(&format!("  {key}:")) {
                missing.push(format!("{}: {key}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_journey_fits_on_one_page() {
    let journey = std::fs::read_to_string(root().join("crates/vigie/src/journey.rs")).unwrap();
    assert!(
        journey.lines().count() < 100,
        "{} lines",
        journey.lines().count()
    );
}
