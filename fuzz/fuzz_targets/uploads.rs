//! Any bytes under any name are a file with a type found in them, or a refusal; names lose paths
//! and controls.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::{Upload, clean_name};

fuzz_target!(|input: (String, Vec<u8>)| {
    let (name, bytes) = input;
    let clean = clean_name(&name);
    assert!(!clean.contains(['/', '\\', '\0', '\n']) && clean != ".." && clean != ".");
    if let Ok(kept) = (Upload { name, bytes }).check() {
        assert_eq!(kept.file.size as usize, kept.bytes.len());
        assert_eq!(kept.file.sha256.len(), 64);
    }
});
