//! Any bytes are lines of JSON and refusals; no line is lost, and threads of what they answer
//! always end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::{
    api,
    past::{JsonLines, ThreadIndex},
};
use vigie_model::At;

fuzz_target!(|bytes: &[u8]| {
    let (mut threads, mut seen) = (ThreadIndex::default(), 0);
    for line in JsonLines::new(bytes) {
        seen += 1;
        let Ok(value) = line.expect("memory cannot fail").value else {
            continue;
        };
        let posted = api::read(&value, At::from_millis(1_800_000_000_000), |text| {
            Some(text.as_bytes().to_vec())
        });
        if let Ok(message) = posted.item.parsed {
            threads.add(&message.external_id, message.in_reply_to.as_deref());
            assert!(threads.of(&message.external_id).is_some());
        }
    }
    let written = bytes
        .split(|it| *it == b'\n')
        .filter(|it| !it.trim_ascii().is_empty())
        .count();
    assert_eq!(seen, written);
});
