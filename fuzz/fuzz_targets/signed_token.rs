//! Nothing but what the secret signed is a token.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::signed_token;
use vigie_model::At;

fuzz_target!(|token: &str| {
    let now = At::from_millis(1_800_000_000_000);
    let refused = signed_token::read(token, "whsec_a secret nobody was given", now);
    assert!(refused.is_err());
});
