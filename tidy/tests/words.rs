//! Every sentence of the screens is in the catalogues.

use crate::sources::{read, sources};

#[test]
fn every_word_of_the_screens_is_in_the_catalogue() {
    let english = read("web/src/i18n/languages/en.ts");
    let called = regex::Regex::new(r"\bt\(\s*'(\w+)'").unwrap();
    let mut missing = Vec::new();
    for source in sources(&["svelte"]) {
        for call in called.captures_iter(&source.text) {
            let key = &call[1];
            if !english.contains(&format!("  {key}:")) {
                missing.push(format!("{}: {key}", source.path));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
