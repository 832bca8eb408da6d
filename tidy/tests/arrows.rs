//! Who may know whom.

use std::collections::BTreeMap;

use crate::sources::{read, root};

/// The map of `ARCHITECTURE.md`: what each crate may know of ours.
const ARROWS: [(&str, &[&str]); 19] = [
    ("model", &[]),
    ("bus", &[]),
    ("wording", &["model"]),
    ("watch", &["model"]),
    ("analyse", &["model"]),
    ("recognise", &["model"]),
    ("triage", &["model"]),
    ("alert", &["model"]),
    ("charter", &["model"]),
    ("measure", &["model"]),
    ("listen", &["model"]),
    ("store", &["model"]),
    ("search", &["model", "watch", "store"]),
    ("desk", &["model", "wording", "analyse", "watch", "store"]),
    ("respond", &["model", "wording", "charter", "store"]),
    (
        "journey",
        &[
            "model",
            "wording",
            "watch",
            "analyse",
            "recognise",
            "triage",
            "measure",
            "listen",
            "store",
            "search",
            "desk",
            "respond",
            "bus",
        ],
    ),
    (
        "connect",
        &[
            "model",
            "wording",
            "recognise",
            "listen",
            "store",
            "respond",
        ],
    ),
    (
        "http",
        &[
            "model",
            "wording",
            "watch",
            "analyse",
            "recognise",
            "triage",
            "charter",
            "measure",
            "listen",
            "store",
            "search",
            "desk",
            "respond",
            "connect",
            "bus",
        ],
    ),
    (
        "demo",
        &[
            "model", "watch", "analyse", "charter", "measure", "listen", "store", "search", "desk",
            "respond", "connect", "journey",
        ],
    ),
];

const PURE: [&str; 9] = [
    "analyse",
    "recognise",
    "triage",
    "watch",
    "alert",
    "charter",
    "measure",
    "model",
    "wording",
];

/// Crates that stand on one another from the lowest to `vigie`, the lowest not counted.
const DEEPEST: usize = 5;

#[test]
fn arrows_point_one_way() {
    for (room, allowed) in ARROWS {
        for other in known_by(room) {
            assert!(
                allowed.contains(&other.as_str()),
                "{room} must not know {other}"
            );
        }
    }
}

#[test]
fn every_room_is_on_the_map() {
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let room = entry.unwrap().file_name().to_string_lossy().into_owned();
        let known = room == "vigie" || ARROWS.iter().any(|(name, _)| *name == room);
        assert!(known, "{room} is not on the map");
    }
}

#[test]
fn the_house_is_not_tall() {
    let mut heights = BTreeMap::new();
    let height = height("vigie", &mut heights);
    assert!(height <= DEEPEST, "{height} floors: {heights:?}");
}

#[test]
fn pure_rooms_know_no_world() {
    for room in PURE {
        let manifest = manifest(room);
        for forbidden in ["tokio", "sqlx", "reqwest", "axum", "rand"] {
            let known = manifest.lines().any(|line| line.starts_with(forbidden));
            assert!(!known, "{room} is pure: no {forbidden}");
        }
    }
}

fn height(room: &str, heights: &mut BTreeMap<String, usize>) -> usize {
    if let Some(known) = heights.get(room) {
        return *known;
    }
    let below = known_by(room)
        .iter()
        .map(|other| height(other, heights) + 1)
        .max()
        .unwrap_or(0);
    heights.insert(room.to_owned(), below);
    below
}

/// The crates of ours a crate knows, outside its tests.
fn known_by(room: &str) -> Vec<String> {
    let manifest = manifest(room);
    let shipped = manifest.split("[dev-dependencies]").next().unwrap();
    let names = shipped
        .lines()
        .filter_map(|line| line.strip_prefix("vigie-"));
    names
        .map(|line| line.split(['.', ' ', '=']).next().unwrap().to_owned())
        .collect()
}

fn manifest(room: &str) -> String {
    read(&format!("crates/{room}/Cargo.toml"))
}
