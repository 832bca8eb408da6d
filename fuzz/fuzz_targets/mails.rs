//! Any bytes are a mail; every word of its text is visible, quoted or signature.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::mail::{MailboxContext, incoming, parse};
use vigie_model::At;

fuzz_target!(|raw: &[u8]| {
    let mail = parse(raw);
    let mut words: Vec<&str> = mail.text.split_whitespace().collect();
    let parts = [&mail.visible, &mail.quoted, &mail.signature];
    let mut split: Vec<&str> = parts.iter().flat_map(|it| it.split_whitespace()).collect();
    words.sort_unstable();
    split.sort_unstable();
    assert_eq!(words, split);
    incoming(raw, &MailboxContext::default(), At::from_millis(1_800_000_000_000));
});
