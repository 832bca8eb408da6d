//! Any text is read: spans lie within it, on character boundaries, and probabilities are
//! probabilities.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_analyse::{AnalysisInput, read};
use vigie_model::{IncomingAuthor, Visibility};
use vigie_recognise::AuthorIdentifiers;

fuzz_target!(|text: &str| {
    let analysis = read(AnalysisInput {
        text,
        lang: None,
        public: text.len() % 2 == 0,
    });
    for found in &analysis.personal_data {
        assert!(
            text.get(found.start..found.end)
                .is_some_and(|it| !it.is_empty())
        );
    }
    assert!((0.0..=1.0).contains(&analysis.lang_confidence));
    if let Some(promise) = vigie_charter::find_promise(text) {
        assert!(text.get(promise.start..promise.end).is_some());
    }
    vigie_charter::remarks(text, Visibility::Public, "Claire Morvan", &[]);
    let said = IncomingAuthor {
        email: Some(text.into()),
        phone: Some(text.into()),
        handle: Some(text.into()),
        ..IncomingAuthor::default()
    };
    AuthorIdentifiers::of(&said, "network", "FR");
});
