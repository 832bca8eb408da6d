//! Any text is HTML that is read in time; what is shown of it holds no script and no handler.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use vigie_listen::html::sanitise;

fuzz_target!(|html: &str| {
    let began = Instant::now();
    let safe = sanitise(html);
    assert!(began.elapsed() < Duration::from_secs(5));
    let shown = safe.html.to_lowercase();
    assert!(!shown.contains("<script") && !shown.contains("<iframe") && !shown.contains("<style"));
    // What was made harmless stays as it is.
    if !safe.cut {
        assert!(sanitise(&safe.html).html.len() <= safe.html.len() * 8 + 64);
    }
});
