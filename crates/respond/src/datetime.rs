//! Dates as customers and colleagues read them, in French and in English.

use jiff::{Zoned, tz::TimeZone};
use vigie_model::{At, Lang};
use vigie_wording::catalogue;

/// An instant to the minute in the time zone `zone` (an IANA name; UTC when it is unknown), such as
/// “mardi 17 novembre à 9 h 42” or “Tuesday 17 November at 9:42”.
pub fn format_datetime(at: At, zone: &str, lang: Lang) -> String {
    format_local(&local(at, zone), "", lang)
}

/// The same with its year, for what may be long ago: “mardi 17 novembre 2026 à 9 h 42”.
pub fn format_datetime_of_year(at: At, zone: &str, lang: Lang) -> String {
    let local = local(at, zone);
    let year = format!(" {}", local.year());
    format_local(&local, &year, lang)
}

fn local(at: At, zone: &str) -> Zoned {
    // default: a zone that a newer release named is read as UTC by an older one
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.timestamp().to_zoned(zone)
}

fn format_local(local: &Zoned, year: &str, lang: Lang) -> String {
    let words = &catalogue(lang).dates;
    let weekday = nth(&words.weekdays, local.weekday().to_monday_zero_offset());
    let month = format!("{}{year}", nth(&words.months, local.month() - 1));
    let day = match local.day() {
        1 => words.first.to_owned(),
        day => day.to_string(),
    };
    let minute = format!("{:02}", local.minute());
    words.moment(day, local.hour(), minute, month, weekday)
}

/// The name at an index that jiff keeps within bounds.
fn nth(names: &[&'static str], place: i8) -> &'static str {
    let mut names = names.iter().skip(place.unsigned_abs().into());
    names.next().copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_written_in_both_languages_and_in_the_zone() {
        let at: At = "2026-11-01T08:05:00Z".parse().unwrap();

        let french = format_datetime(at, "Europe/Paris", Lang::Fr);
        let english = format_datetime(at, "Europe/Paris", Lang::En);
        let unknown = format_datetime(at, "Nowhere/Else", Lang::En);

        assert_eq!(french, "dimanche 1er\u{a0}novembre à 9\u{a0}h\u{a0}05");
        assert_eq!(english, "Sunday 1\u{a0}November at 9:05");
        let with_year = format_datetime_of_year(at, "Europe/Paris", Lang::Fr);
        assert_eq!(
            with_year,
            "dimanche 1er\u{a0}novembre 2026 à 9\u{a0}h\u{a0}05"
        );
        assert_eq!(unknown, "Sunday 1\u{a0}November at 8:05");
    }
}
