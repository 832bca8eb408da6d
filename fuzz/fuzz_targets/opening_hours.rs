//! Whatever somebody types as opening hours is a calendar or an error, and a calendar always ends
//! its counting.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_model::At;
use vigie_triage::Calendar;

fuzz_target!(|hours: &str| {
    let now = At::from_millis(1_794_904_920_000);
    if let Ok(calendar) = Calendar::new(hours, "FR", "Europe/Paris", now) {
        let later = calendar.after(now, 240);
        assert!(later >= now);
        assert!(calendar.minutes(now, later) >= 0.0);
        calendar.is_open(now);
    }
});
