//! Whatever is typed in the search box is a query that reads the same when written out, or a
//! mistake at a place of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_search::snippet;
use vigie_watch::parse;

fuzz_target!(|input: (&str, &str)| {
    let (typed, text) = input;
    match parse(typed) {
        Ok(query) => {
            let written = query.to_string();
            if written.len() < 4_000 {
                if let Ok(again) = parse(&written) {
                    assert_eq!(again.to_string(), written);
                }
            }
            let shown = snippet(&query, text);
            assert!(
                shown
                    .marks
                    .iter()
                    .all(|it| shown.text.get(it.0..it.1).is_some_and(|it| !it.is_empty()))
            );
        }
        Err(error) => assert!(
            error.start <= error.end
                && error.end <= typed.len()
                && typed.get(error.start..error.end).is_some()
        ),
    }
});
