//! Tells the binary which commit it was built from, and when that was made.

use std::process::Command;

fn main() {
    let version = env!("CARGO_PKG_VERSION");
    let built = match commit() {
        Some(commit) => format!("{version} ({commit})"),
        // An archive of the sources holds no history.
        None => version.to_owned(),
    };
    println!("cargo::rustc-env=VIGIE_VERSION={built}");
    for file in ["HEAD", "logs/HEAD"] {
        println!("cargo::rerun-if-changed=../../.git/{file}");
    }
}

/// The commit's short hash and its day.
fn commit() -> Option<String> {
    let shown = Command::new("git")
        .args(["log", "-1", "--format=%h %cs"])
        .output()
        .ok()?;
    let text = String::from_utf8(shown.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| shown.status.success() && !text.is_empty())
}
