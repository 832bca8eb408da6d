//! Dates as customers and colleagues read them, in French and in English.

use vigie_model::{At, Lang};

struct Calendar {
    weekdays: [&'static str; 7],
    months: [&'static str; 12],
}

const FRENCH: Calendar = Calendar {
    weekdays: [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
};

const ENGLISH: Calendar = Calendar {
    weekdays: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};

/// An instant to the minute in the time zone `zone` (an IANA name; UTC when it is unknown), such as
/// “mardi 17 novembre à 9 h 42” or “Tuesday 17 November at 9:42”.
pub fn format_datetime(at: At, zone: &str, lang: Lang) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let local = at.timestamp().to_zoned(zone);
    let calendar = match lang {
        Lang::Fr => &FRENCH,
        Lang::En => &ENGLISH,
    };
    let weekday = nth(&calendar.weekdays, local.weekday().to_monday_zero_offset());
    let month = nth(&calendar.months, local.month() - 1);
    let (day, hour, minute) = (local.day(), local.hour(), local.minute());

    match lang {
        Lang::Fr if day == 1 => {
            format!("{weekday} 1er\u{a0}{month} à {hour}\u{a0}h\u{a0}{minute:02}")
        }
        Lang::Fr => {
            format!("{weekday} {day}\u{a0}{month} à {hour}\u{a0}h\u{a0}{minute:02}")
        }
        Lang::En => format!("{weekday} {day}\u{a0}{month} at {hour}:{minute:02}"),
    }
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
        assert_eq!(unknown, "Sunday 1\u{a0}November at 8:05");
    }
}
