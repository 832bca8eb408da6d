//! Every sentence of the screens is in the catalogues.

use crate::sources::{read, sources};

#[test]
fn every_word_of_the_screens_is_in_the_catalogue() {
    let english = read("web/src/words/languages/en.ts");
    let mut missing = Vec::new();
    for source in sources(&["svelte"]) {
        for piece in source.text.split("w('").skip(1) {
            let key = piece.split('\'').next().unwrap();
            if !english.contains(&format!("  {key}:")) {
                missing.push(format!("{}: {key}", source.path));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
