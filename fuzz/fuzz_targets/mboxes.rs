//! Any bytes are mails one after the other: none is lost, each is read, and each begins after the
//! one before.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::mail::{MailboxContext, incoming};
use vigie_listen::past::mbox::Mbox;
use vigie_model::At;

fuzz_target!(|bytes: &[u8]| {
    let (mut number, mut offset) = (0, None);
    for piece in Mbox::new(bytes) {
        let piece = piece.expect("memory cannot fail");
        number += 1;
        assert_eq!(piece.number, number);
        assert!(
            offset.is_none_or(|before| piece.offset > before) && piece.offset <= bytes.len() as u64
        );
        offset = Some(piece.offset);
        let raw = piece.raw.expect("nothing here is too large");
        incoming(
            &raw,
            &MailboxContext::default(),
            At::from_millis(1_800_000_000_000),
        );
    }
});
