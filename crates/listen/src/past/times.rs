//! Date and time formats used in tables.

use jiff::{Timestamp, fmt::strtime, tz::TimeZone};

/// Unambiguous formats: the year comes first, or the zone is written out.
const SURE: [&str; 9] = [
    "%Y-%m-%dT%H:%M:%S%.f%:z",
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%d %H:%M:%S%.f%:z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d",
];

/// Parses a time in the given format (as in `strftime`), as RFC 3339; UTC when it gives no
/// zone.
pub fn read(cell: &str, format: &str) -> Result<String, String> {
    parse(cell.trim(), format).ok_or_else(|| format!("a time is not written as {format}"))
}

/// Parses a time in any unambiguous format. The error asks for the format.
pub fn guessed(cell: &str) -> Result<String, String> {
    let cell = cell.trim();
    if let Ok(at) = cell.parse::<Timestamp>() {
        // The author's UTC offset is part of what they wrote.
        return Ok(parse(cell, "%Y-%m-%dT%H:%M:%S%.f%:z").unwrap_or_else(|| at.to_string()));
    }
    let epoch = cell.parse::<i64>().ok().and_then(|it| match it {
        100_000_000..=9_999_999_999 => Timestamp::from_second(it).ok(),
        100_000_000_000..=9_999_999_999_999 => Timestamp::from_millisecond(it).ok(),
        _ => None,
    });
    let found = epoch
        .map(|it| it.to_string())
        .or_else(|| SURE.iter().find_map(|format| parse(cell, format)));
    found.ok_or_else(|| {
        "a time is in a format of its own: tell it, as --map at=COLUMN:%d/%m/%Y %H:%M".to_owned()
    })
}

fn parse(cell: &str, format: &str) -> Option<String> {
    let broken = strtime::parse(format, cell).ok()?;
    let zoned = match broken.offset() {
        Some(offset) => broken
            .to_datetime()
            .ok()?
            .to_zoned(offset.to_time_zone())
            .ok()?,
        None => {
            let day = broken
                .to_datetime()
                .or_else(|_| Ok::<_, jiff::Error>(broken.to_date()?.at(0, 0, 0, 0)))
                .ok()?;
            day.to_zoned(TimeZone::UTC).ok()?
        }
    };
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_tables_are_read() {
        for (cell, at) in [
            ("2026-05-01 10:00:00 +0200", "2026-05-01T10:00:00+02:00"),
            ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00+00:00"),
            ("2026-05-01", "2026-05-01T00:00:00+00:00"),
            ("1509487847", "2017-10-31T22:10:47Z"),
        ] {
            let read = guessed(cell).unwrap();
            assert_eq!(
                read.parse::<Timestamp>().unwrap(),
                at.parse::<Timestamp>().unwrap(),
                "{cell}: {read}"
            );
        }
        assert!(guessed("01/02/2026").is_err(), "January or February?");
        assert_eq!(
            read("01/02/2026 08:30", "%d/%m/%Y %H:%M").unwrap(),
            "2026-02-01T08:30:00+00:00"
        );
    }
}
