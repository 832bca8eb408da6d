//! The ledger says what the product does: what it says works is proven by tests that exist.

use std::collections::BTreeSet;

use crate::sources::{read, root};

#[test]
fn every_row_is_there_once() {
    let rows = rows();
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "a row stands twice");
    assert_eq!(rows.len(), 136);
}

#[test]
fn states_are_of_the_three() {
    for row in rows() {
        let known = ["works", "partly", "not yet"].contains(&row.state.as_str());
        assert!(known, "{}: {}", row.id, row.state);
    }
}

#[test]
fn what_works_names_its_tests() {
    let unproven: Vec<_> = rows()
        .into_iter()
        .filter(|row| row.state == "works" && row.tests.is_empty())
        .map(|row| row.id)
        .collect();
    assert!(unproven.is_empty(), "{unproven:?}");
}

#[test]
fn every_test_named_exists() {
    let mut missing = Vec::new();
    for row in rows() {
        for test in row.tests.iter().filter(|test| !exists(test)) {
            missing.push(format!("{}: {test}", row.id));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

struct Row {
    id: String,
    state: String,
    /// `file::name`.
    tests: Vec<String>,
}

fn rows() -> Vec<Row> {
    let text = read("docs/requirements.md");
    text.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<Row> {
    let cells: Vec<_> = line
        .strip_prefix("| ")?
        .split(" | ")
        .map(str::trim)
        .collect();
    let [id, _must, state, proof] = cells.as_slice() else {
        return None;
    };
    let mut letters = id.chars();
    let is_row =
        letters.next()?.is_ascii_uppercase() && letters.all(|digit| digit.is_ascii_digit());
    let tests = proof
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|test| test.contains("::"));
    is_row.then(|| Row {
        id: (*id).to_owned(),
        state: (*state).to_owned(),
        tests: tests.map(str::to_owned).collect(),
    })
}

fn exists(test: &str) -> bool {
    let (file, name) = test.split_once("::").unwrap();
    let Ok(text) = std::fs::read_to_string(root().join(file)) else {
        return false;
    };
    let name = name.rsplit("::").next().unwrap();
    if file.ends_with(".rs") {
        let function = format!("fn {name}(");
        let story = format!("{name},");
        let told = |line: &str| {
            line.trim()
                .trim_start_matches("story!(")
                .starts_with(&story)
        };
        return text.contains(&function) || text.lines().any(told);
    }
    text.contains(name)
}
