//! What does not fit on a screen is not read: lines of a file, width of a line.

use std::collections::BTreeSet;

use crate::sources::{Source, check_admitted, files, from_root, read, sources};

const LONGEST_FILE: usize = 400;
const LONGEST_COMPONENT: usize = 300;
const WIDEST_LINE: usize = 100;

#[test]
fn files_are_small() {
    let over = sources(&["rs", "ts", "svelte"])
        .into_iter()
        .filter(|source| {
            let limit = match source.path.ends_with(".svelte") {
                true => LONGEST_COMPONENT,
                false => LONGEST_FILE,
            };
            source.text.lines().count() > limit
        })
        .map(|source| source.path)
        .collect();
    check_admitted("file", &over);
}

/// A line may be wide for a string or a pattern that cannot be cut, and for nothing else.
#[test]
fn lines_are_narrow() {
    let wide: Vec<_> = sources(&["rs", "ts", "svelte", "css"])
        .iter()
        .flat_map(wide_lines)
        .collect();
    assert!(wide.is_empty(), "over {WIDEST_LINE} columns: {wide:#?}");
}

fn wide_lines(source: &Source) -> Vec<String> {
    let quoted = |line: &str| line.contains(['"', '\'', '`']);
    let mut raw = false;
    let mut wide = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let cannot_be_cut = raw || quoted(line) || line.contains("svelte-ignore");
        if line.chars().count() > WIDEST_LINE && (is_comment(line) || !cannot_be_cut) {
            wide.push(format!("{}:{}", source.path, number + 1));
        }
        raw = (raw || line.contains("r#\"")) && !line.contains("\"#");
    }
    wide
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") && !line.contains("svelte-ignore")
}

#[test]
fn the_journey_fits_on_one_page() {
    let lines = read("crates/journey/src/lib.rs").lines().count();
    assert!(lines < 100, "{lines} lines");
}

#[test]
fn no_drawer_holds_everything() {
    let banned = [
        "utils", "util", "common", "helpers", "helper", "manager", "misc", "shared",
    ];
    let drawers: BTreeSet<_> = files()
        .iter()
        .map(|path| from_root(path))
        .filter(|path| {
            let mut parts = path.split('/').filter_map(|part| part.split('.').next());
            parts.any(|part| banned.contains(&part))
        })
        .collect();
    assert!(drawers.is_empty(), "{drawers:#?}");
}
