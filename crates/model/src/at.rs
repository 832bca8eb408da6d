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
        let pieces = jiff::fmt::temporal::DateTimeParser::new()
            .parse_timestamp(text.trim())
            .map_err(|_| InvalidTime)?;
        Ok((Self(pieces.as_millisecond()), offset_minutes(text.trim())))
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

/// The offset at the end of an RFC 3339 text, in minutes; `Z` is 0.
fn offset_minutes(text: &str) -> i32 {
    let Some(tail) = text
        .len()
        .checked_sub(6)
        .and_then(|start| text.get(start..))
    else {
        return 0;
    };
    let sign = match tail.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return 0,
    };
    let number = |range| {
        tail.get(range)
            .and_then(|digits: &str| digits.parse::<i32>().ok())
    };
    match (number(1..3), number(4..6)) {
        (Some(hours), Some(minutes)) => sign * (hours * 60 + minutes),
        _ => 0,
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

    #[test]
    fn an_instant_survives_writing_and_reading() {
        let (at, offset) = At::parse_with_offset("2026-11-17T09:00:00.250+01:00").unwrap();
        assert_eq!(offset, 60);
        assert_eq!(at.to_string(), "2026-11-17T08:00:00.250Z");
        assert_eq!(at.to_string().parse::<At>().unwrap(), at);
    }

    #[test]
    fn a_time_without_offset_is_refused() {
        assert!("2026-11-17T09:00:00".parse::<At>().is_err());
        assert!("hier soir".parse::<At>().is_err());
    }
}
