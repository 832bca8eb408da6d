//! Opening hours and public holidays, so that cases are not all overdue on Monday morning.
//!
//! Hours use the OpenStreetMap notation (`Mo-Fr 09:00-18:00; PH off`), read by the
//! `opening-hours` library with each country's public holidays, and expanded once into a list
//! of open spans: every query is then a search in a sorted list.

use chrono::{Datelike as _, Timelike as _};
use jiff::tz::TimeZone;
use opening_hours::{Context, OpeningHours, localization::Country};
use vigie_model::At;

/// The hours cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOpeningHours {
    /// The notation is invalid.
    #[error("opening hours cannot be read: {0}; write them as Mo-Fr 09:00-18:00; PH off")]
    Hours(String),
    #[error("unknown time zone: expected an IANA name as Europe/Paris")]
    Zone,
    #[error("unknown country: expected an ISO 3166 code as FR")]
    Country,
    /// The hours never open.
    #[error("these opening hours never open")]
    NeverOpen,
    /// The dates around now are not of this calendar.
    #[error("these opening hours reach beyond the years there are")]
    Beyond,
}

/// Open spans over four years around an instant; outside them every minute counts.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Start, end, open milliseconds before the start, business day; empty means always open.
    spans: Vec<OpenInterval>,
}

#[derive(Debug, Clone, Copy)]
struct OpenInterval {
    start: i64,
    end: i64,
    before: i64,
    day: u32,
}

const YEARS: i64 = 2;
const MINUTE: f64 = 60_000.0;

impl Calendar {
    /// Always open: wall-clock time.
    pub const fn always() -> Self {
        Self { spans: Vec::new() }
    }

    /// Expands the hours around `around`.
    pub fn new(
        hours: &str,
        country: &str,
        zone: &str,
        around: At,
    ) -> Result<Self, InvalidOpeningHours> {
        let zone = TimeZone::get(zone).map_err(|_| InvalidOpeningHours::Zone)?;
        let country: Country = country.parse().map_err(|_| InvalidOpeningHours::Country)?;
        let context = Context::default().with_holidays(country.holidays());
        let hours = hours
            .parse::<OpeningHours>()
            .map_err(|err| InvalidOpeningHours::Hours(first_line(&err.to_string())))?;
        let hours = hours.with_context(context);
        let from = civil(around.plus_days(-365 * YEARS), &zone)?;
        let until = civil(around.plus_days(365 * YEARS), &zone)?;

        let mut calendar = Self { spans: Vec::new() };
        let open = hours
            .iter_range(from, until)
            .filter(|range| range.kind == opening_hours::RuleKind::Open);
        for open in open {
            let (start, end) = (open.range.start, open.range.end);
            calendar.add_interval(instant(start, &zone)?, instant(end, &zone)?);
        }
        match calendar.spans.is_empty() {
            true => Err(InvalidOpeningHours::NeverOpen),
            false => Ok(calendar),
        }
    }

    fn add_interval(&mut self, start: i64, end: i64) {
        let (before, day) = self.spans.last().map_or((0, 0), |last| {
            (last.before + last.end - last.start, last.day)
        });
        let same_day = self
            .spans
            .last()
            .is_some_and(|last| start - last.end < 6 * 3_600_000);
        if end > start {
            self.spans.push(OpenInterval {
                start,
                end,
                before,
                day: if same_day { day } else { day + 1 },
            });
        }
    }

    /// Opening minutes from `from` to `to`; negative when `to` is earlier.
    pub fn minutes(&self, from: At, to: At) -> f64 {
        (self.open_before(to) - self.open_before(from)) as f64 / MINUTE
    }

    /// The instant at which `minutes` opening minutes have passed since `from`.
    pub fn after(&self, from: At, minutes: i64) -> At {
        let target = self.open_before(from) + minutes * 60_000;
        let Some(place) = self
            .spans
            .partition_point(|span| span.before < target)
            .checked_sub(1)
        else {
            return from.plus_minutes(minutes);
        };
        self.spans
            .get(place)
            .map_or(from.plus_minutes(minutes), |span| {
                At::from_millis(span.start + target - span.before)
            })
    }

    /// Business days that began after `from` and up to `to`.
    pub fn business_days(&self, from: At, to: At) -> u32 {
        if self.spans.is_empty() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "days since a date, not negative"
            )]
            return (to.minutes_since(from).max(0.0) / 1_440.0).floor() as u32;
        }
        let day = |at: At| {
            let place = self.spans.partition_point(|span| span.start <= at.millis());
            place
                .checked_sub(1)
                .and_then(|last| self.spans.get(last))
                .map_or(0, |span| span.day)
        };
        day(to).saturating_sub(day(from))
    }

    /// Whether the hours are open at this instant.
    pub fn is_open(&self, at: At) -> bool {
        self.spans.is_empty()
            || self
                .spans
                .iter()
                .any(|span| span.start <= at.millis() && at.millis() < span.end)
    }

    /// Open milliseconds before an instant; outside the expanded spans every millisecond counts.
    fn open_before(&self, at: At) -> i64 {
        let at = at.millis();
        let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) else {
            return at;
        };
        if at <= first.start {
            return at - first.start;
        }
        if at >= last.end {
            return last.before + at - last.start;
        }
        let place = self.spans.partition_point(|span| span.start <= at);
        place
            .checked_sub(1)
            .and_then(|it| self.spans.get(it))
            .map_or(0, |span| span.before + at.min(span.end) - span.start)
    }
}

/// The beginning of what the library says: its first line, 120 characters at most.
fn first_line(text: &str) -> String {
    text.chars()
        .take_while(|letter| *letter != '\n')
        .take(120)
        .collect()
}

/// The local time of an instant, to the minute.
fn civil(at: At, zone: &TimeZone) -> Result<chrono::NaiveDateTime, InvalidOpeningHours> {
    let local = at.timestamp().to_zoned(zone.clone()).datetime();
    let part = |value: i8| u32::from(value.unsigned_abs());
    let year = i32::from(local.year());
    chrono::NaiveDate::from_ymd_opt(year, part(local.month()), part(local.day()))
        .and_then(|date| date.and_hms_opt(part(local.hour()), part(local.minute()), 0))
        .ok_or(InvalidOpeningHours::Beyond)
}

/// The instant of a local time, in milliseconds since 1970; where summer time makes it double or
/// skips it, as RFC 5545 has it.
fn instant(local: chrono::NaiveDateTime, zone: &TimeZone) -> Result<i64, InvalidOpeningHours> {
    let beyond = |_| InvalidOpeningHours::Beyond;
    let part = |value: u32| i8::try_from(value).map_err(beyond);
    let year = i16::try_from(local.year()).map_err(beyond)?;
    let date = jiff::civil::Date::new(year, part(local.month())?, part(local.day())?);
    let date = date.map_err(|_| InvalidOpeningHours::Beyond)?;

    let local = date.at(part(local.hour())?, part(local.minute())?, 0, 0);
    let instant = zone.to_ambiguous_timestamp(local).compatible();
    let instant = instant.map_err(|_| InvalidOpeningHours::Beyond)?;
    Ok(instant.as_millisecond())
}
