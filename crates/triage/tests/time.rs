//! What time does to a case: opening hours, business days, and when its points next change.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use vigie_model::{At, Harm, Kind};
use vigie_triage::{Calendar, InvalidOpeningHours, Subject, TriageContext, TriageCustomer};

fn at(text: &str) -> At {
    text.parse().unwrap()
}

/// Nine to six on weekdays in Paris, closed on public holidays.
fn office() -> Calendar {
    let around = at("2026-11-17T10:00:00Z");
    Calendar::new("Mo-Fr 09:00-18:00; PH off", "FR", "Europe/Paris", around).unwrap()
}

/// The same with two hours at noon when nobody is there.
fn with_noon_off() -> Calendar {
    let around = at("2026-11-17T10:00:00Z");
    let hours = "Mo-Fr 09:00-12:00,14:00-18:00";
    Calendar::new(hours, "FR", "Europe/Paris", around).unwrap()
}

#[test]
fn hours_open_at_their_first_minute_and_close_at_their_last() {
    let office = office();
    for (instant, open) in [
        ("2026-11-17T07:59:59Z", false),
        ("2026-11-17T08:00:00Z", true),
        ("2026-11-17T16:59:59Z", true),
        ("2026-11-17T17:00:00Z", false),
        ("2026-11-15T10:00:00Z", false),
        ("2026-11-11T10:00:00Z", false),
    ] {
        assert_eq!(office.is_open(at(instant)), open, "{instant}");
    }
    assert!(Calendar::always().is_open(at("2026-11-15T03:00:00Z")));
}

#[test]
fn opening_minutes_are_counted_exactly() {
    let (office, noon) = (office(), with_noon_off());
    for (calendar, from, to, expected) in [
        (
            &office,
            "2026-11-17T09:00:00Z",
            "2026-11-17T10:30:00Z",
            90.0,
        ),
        (
            &office,
            "2026-11-17T16:30:00Z",
            "2026-11-18T08:30:00Z",
            60.0,
        ),
        (
            &office,
            "2026-11-18T08:30:00Z",
            "2026-11-17T16:30:00Z",
            -60.0,
        ),
        (&office, "2026-11-14T10:00:00Z", "2026-11-15T10:00:00Z", 0.0),
        (&noon, "2026-11-17T10:30:00Z", "2026-11-17T13:30:00Z", 60.0),
        (&noon, "2026-11-16T08:00:00Z", "2026-11-18T08:00:00Z", 840.0),
    ] {
        let found = calendar.minutes(at(from), at(to));
        assert!((found - expected).abs() < 1e-9, "{from} to {to}: {found}");
    }
    // Beyond the expanded years every minute counts.
    let (past, future) = (at("2001-01-01T00:00:00Z"), at("2051-01-01T00:00:00Z"));
    let before = office.minutes(past, past.plus_minutes(7));
    let after = office.minutes(future, future.plus_minutes(7));
    assert!((before - 7.0).abs() < 1e-9 && (after - 7.0).abs() < 1e-9);
}

#[test]
fn a_delay_ends_after_its_opening_minutes() {
    let (office, noon) = (office(), with_noon_off());
    for (calendar, from, minutes, expected) in [
        (&office, "2026-11-17T09:00:00Z", 60, "2026-11-17T10:00:00Z"),
        (&office, "2026-11-17T16:30:00Z", 60, "2026-11-18T08:30:00Z"),
        (&office, "2026-11-17T16:00:00Z", 60, "2026-11-17T17:00:00Z"),
        (&office, "2026-11-14T10:00:00Z", 60, "2026-11-16T09:00:00Z"),
        (&noon, "2026-11-17T10:30:00Z", 60, "2026-11-17T13:30:00Z"),
    ] {
        assert_eq!(calendar.after(at(from), minutes), at(expected), "{from}");
    }
    let start = at("2026-11-14T10:00:00Z");
    assert_eq!(Calendar::always().after(start, 60), start.plus_minutes(60));
}

#[test]
fn business_days_begin_once_each() {
    let (office, noon, always) = (office(), with_noon_off(), Calendar::always());
    let monday = "2026-11-16T10:00:00Z";
    for (calendar, to, expected) in [
        (&office, "2026-11-16T16:00:00Z", 0),
        (&office, "2026-11-17T10:00:00Z", 1),
        (&office, "2026-11-23T10:00:00Z", 5),
        // A pause at noon begins no day.
        (&noon, "2026-11-16T15:00:00Z", 0),
        (&noon, "2026-11-17T15:00:00Z", 1),
        (&always, "2026-11-17T09:59:00Z", 0),
        (&always, "2026-11-17T10:00:00Z", 1),
        (&always, "2026-11-15T10:00:00Z", 0),
    ] {
        assert_eq!(calendar.business_days(at(monday), at(to)), expected, "{to}");
    }
}

#[test]
fn what_cannot_be_read_of_hours_is_told() {
    let now = at("2026-11-17T10:00:00Z");
    let refused = |hours, country, zone| Calendar::new(hours, country, zone, now).unwrap_err();

    let hours = refused("whenever", "FR", "Europe/Paris");
    let InvalidOpeningHours::Hours(detail) = &hours else {
        panic!("{hours}");
    };
    assert!(detail.contains("-->"), "{detail}");
    assert!(!detail.contains('\n') && detail.chars().count() <= 120);
    assert_eq!(
        refused("Mo-Fr 09:00-18:00", "FR", "Europe/Atlantis"),
        InvalidOpeningHours::Zone
    );
    assert_eq!(
        refused("Mo-Fr 09:00-18:00", "XX", "Europe/Paris"),
        InvalidOpeningHours::Country
    );
    assert_eq!(
        refused("off", "FR", "Europe/Paris"),
        InvalidOpeningHours::NeverOpen
    );
}

fn subject(kind: Kind) -> Subject {
    let start = at("2026-11-17T10:00:00Z");
    Subject {
        kind,
        harm: Harm::None,
        gates: Vec::new(),
        asks: false,
        customer: TriageCustomer::default(),
        context: TriageContext::default(),
        waiting_since: start,
        touched_at: start,
        moved: 0,
        ruled: 0,
    }
}

#[test]
fn the_next_change_is_told_to_the_minute() {
    let now = at("2026-11-17T10:00:00Z");
    let always = Calendar::always();
    // Untouched for a day: five points more.
    let (_, weighed, _) = subject(Kind::Complaint).weigh(now, &always);
    assert_eq!(weighed.next_change_at, Some(now.plus_days(1)));

    // With an hour to answer within, the first points come when half a point of thirty is due.
    let mut pressed = subject(Kind::Complaint);
    pressed.context.target_minutes = Some(600);
    pressed.context.due = Some(now.plus_days(30));
    let (_, weighed, _) = pressed.weigh(now, &always);
    assert_eq!(weighed.next_change_at, Some(now.plus_minutes(10)));

    // Nothing more can change once both axes are at their end.
    let mut old = subject(Kind::Complaint);
    old.touched_at = now.plus_days(-300);
    let (_, weighed, _) = old.weigh(now, &always);
    assert_eq!(weighed.importance, 100);
    assert_eq!(weighed.next_change_at, None);
}
