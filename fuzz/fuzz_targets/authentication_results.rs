//! Any text is a header; nobody is vouched for whose domain no check that passed names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::mail::{read_authentication_results, sender_check};
use vigie_model::SenderCheck;

fuzz_target!(|header: &str| {
    let found = read_authentication_results(header);
    // Only between quotes may a name have a space in it (RFC 8601, section 2.2).
    assert!(header.contains('"') || !found.server.contains(char::is_whitespace));
    let check = sender_check(&found, "jeanne@mail.example");
    let passes = found.checks.iter().any(|it| it.result == "pass");
    assert!(passes || check != SenderCheck::Passed);
});
