//! What we build on: under which licences, and never what we decided against. `deny.toml` says
//! which; `cargo deny` reads the same file, and takes minutes to install.

use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::sources::{read, root};

/// What the UI and its tools may be under, besides what `deny.toml` allows.
const ALSO_FOR_THE_UI: [&str; 3] = ["BlueOak-1.0.0", "CC-BY-4.0", "Python-2.0"];

#[test]
fn every_library_is_under_a_licence_we_accept() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for package in packages() {
        let (name, licence) = (&package["name"], package["license"].as_str());
        if !licence.is_some_and(|licence| is_allowed(licence, &allowed)) {
            wrong.push(format!("{name}: {licence:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_package_of_the_ui_is_under_a_licence_we_accept() {
    let mut allowed = allowed();
    allowed.extend(ALSO_FOR_THE_UI.map(str::to_owned));
    let lock: Value = serde_json::from_str(&read("web/package-lock.json")).unwrap();
    let mut wrong = Vec::new();
    for (path, package) in lock["packages"].as_object().unwrap() {
        let licence = package["license"].as_str();
        let ours = path.is_empty();
        if !ours && !licence.is_some_and(|licence| is_allowed(licence, &allowed)) {
            wrong.push(format!("{path}: {licence:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_built_on_what_was_decided_against() {
    let denied: toml::Table = read("deny.toml").parse().unwrap();
    let denied = denied["bans"]["deny"].as_array().unwrap();
    let denied: Vec<_> = denied
        .iter()
        .map(|it| it["crate"].as_str().unwrap())
        .collect();
    assert!(!denied.is_empty());

    let found: Vec<_> = packages()
        .into_iter()
        .filter(|package| denied.contains(&package["name"].as_str().unwrap()))
        .map(|package| package["name"].clone())
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_licence_is_read_as_it_is_meant() {
    let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned()];
    for (licence, expected) in [
        ("MIT", true),
        ("MIT OR GPL-3.0", true),
        ("MIT/GPL-3.0", true),
        ("(MIT OR GPL-3.0) AND Apache-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("GPL-3.0", false),
        ("proprietary", false),
    ] {
        assert_eq!(is_allowed(licence, &allowed), expected, "{licence}");
    }
}

fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return false;
    };
    expression.evaluate(|required| allowed.contains(&required.to_string()))
}

fn allowed() -> Vec<String> {
    let deny: toml::Table = read("deny.toml").parse().unwrap();
    let allowed = deny["licenses"]["allow"].as_array().unwrap();
    let allowed = allowed.iter().map(|it| it.as_str().unwrap().to_owned());
    allowed.collect()
}

/// Every library of the product and its tests, ours left out.
fn packages() -> Vec<Value> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let packages = told["packages"].as_array().unwrap().iter();
    let others: Vec<_> = packages
        .filter(|it| !it["source"].is_null())
        .cloned()
        .collect();
    assert!(others.len() > 200, "the libraries are not told");
    others
}
