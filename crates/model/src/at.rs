//! An instant: milliseconds since 1970 in UTC, shown to people and programs as RFC 3339.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant with millisecond precision, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct At(i64);

/// The text is not a valid instant.
#[derive(Debug, thiserror::Error)]
#[error("not a time: expected RFC 3339 with an offset, as 2026-11-17T09:00:00+01:00")]
pub struct InvalidTime;

const MINUTE: i64 = 60_000;

impl At {
    /// The instant `milliseconds` after 1970-01-01T00:00:00Z.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with an offset; also returns the offset in minutes, which the instant does
    /// not keep.
    pub fn parse_with_offset(text: &str) -> Result<(Self, i32), InvalidTime> {
        let text = text.trim();
        let instant: jiff::Timestamp = text.parse().map_err(|_| InvalidTime)?;
        let pieces = jiff::fmt::temporal::Pieces::parse(text).map_err(|_| InvalidTime)?;
        let offset = pieces.to_numeric_offset().ok_or(InvalidTime)?;
        Ok((Self(instant.as_millisecond()), offset.seconds() / 60))
    }

    /// This instant moved by whole minutes (negative goes back).
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(MINUTE)))
    }

    /// This instant moved by whole seconds.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000)))
    }

    /// This instant moved by whole days of 24 hours.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_minutes(days * 24 * 60)
    }

    /// Minutes from `earlier` to this instant; negative when `earlier` is later.
    pub fn minutes_since(self, earlier: Self) -> f64 {
        // Exact below 2^53 milliseconds, 285,000 years.
        (self.0.saturating_sub(earlier.0)) as f64 / MINUTE as f64
    }

    /// The same instant as a `jiff` timestamp, clamped to jiff's range.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for At {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_millisecond())
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl std::str::FromStr for At {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        Self::parse_with_offset(text).map(|(at, _)| at)
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

    impl utoipa::ToSchema for super::At {
        fn name() -> std::borrow::Cow<'static, str> {
            "At".into()
        }
    }

    impl utoipa::PartialSchema for super::At {
        fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .description(Some("an instant, RFC 3339"))
                .into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> At {
        text.parse().unwrap()
    }

    #[test]
    fn an_instant_is_read_with_its_offset() {
        // Seconds since 1970, from `date -d … +%s`.
        for (text, seconds, offset) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2026-11-17T09:00:00+01:00", 1_794_902_400, 60),
            (" 2026-11-17T09:00:00+01:00 ", 1_794_902_400, 60),
            ("2026-11-17T09:00:00+01", 1_794_902_400, 60),
            ("2026-11-17T09:00:00+0100", 1_794_902_400, 60),
            ("2026-11-17T04:30:00-03:30", 1_794_902_400, -210),
            ("2026-11-17T08:00:00z", 1_794_902_400, 0),
            ("1969-12-31T23:59:59Z", -1, 0),
        ] {
            let (instant, found) = At::parse_with_offset(text).unwrap();
            assert_eq!(
                (instant.millis(), found),
                (seconds * 1_000, offset),
                "{text}"
            );
        }
        for wrong in ["", "2026-11-17", "2026-11-17T09:00:00", "hier soir"] {
            assert!(At::parse_with_offset(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_instant_is_shown_as_it_is_stored() {
        let noon = at("2026-11-17T12:00:00.250+01:00");
        assert_eq!(noon.to_string(), "2026-11-17T11:00:00.250Z");
        let json = serde_json::to_string(&noon).unwrap();
        assert_eq!(json, "\"2026-11-17T11:00:00.250Z\"");
        assert_eq!(serde_json::from_str::<At>(&json).unwrap(), noon);
        assert!(serde_json::from_str::<At>("\"noon\"").is_err());
        assert_eq!(At::from(noon.timestamp()), noon);
    }

    #[test]
    fn instants_move_and_are_told_apart() {
        let noon = at("2026-11-17T12:00:00Z");
        assert_eq!(noon.plus_days(2), at("2026-11-19T12:00:00Z"));
        assert_eq!(noon.plus_minutes(-90), at("2026-11-17T10:30:00Z"));
        assert_eq!(noon.plus_seconds(90), at("2026-11-17T12:01:30Z"));

        let minutes = noon.minutes_since(at("2026-11-17T11:58:30Z"));
        assert!((minutes - 1.5).abs() < f64::EPSILON, "{minutes}");
        let minutes = at("2026-11-17T11:58:30Z").minutes_since(noon);
        assert!((minutes + 1.5).abs() < f64::EPSILON, "{minutes}");
    }

    #[test]
    fn what_is_beyond_the_calendar_is_its_end() {
        let (first, last) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
        assert_eq!(At::from_millis(i64::MIN).timestamp(), first);
        assert_eq!(At::from_millis(i64::MAX).timestamp(), last);
    }
}
