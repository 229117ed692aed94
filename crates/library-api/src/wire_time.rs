//! Times as the library writes them: RFC 3339, with `0001-01-01T00:00:00Z` for "never".

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Go's zero time, which stands for "no time" on this wire.
pub const GO_ZERO: &str = "0001-01-01T00:00:00Z";

/// A moment on the wire, or none.
///
/// Written always (the Go clients send all three stamps of an object), with [`GO_ZERO`] for none.
/// Read from a text, `null` or nothing; an unreadable text is no moment, because a bad date must not
/// make an image unreachable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireTime(Option<OffsetDateTime>);

impl WireTime {
    /// No moment.
    pub const NEVER: Self = Self(None);

    /// The moment, in UTC.
    #[must_use]
    pub const fn get(self) -> Option<OffsetDateTime> {
        self.0
    }

    /// Reads an RFC 3339 text; anything else, and the zero time, is [`NEVER`](Self::NEVER).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        OffsetDateTime::parse(text, &Rfc3339).map_or(Self::NEVER, Self::from)
    }

    /// The RFC 3339 text in UTC, [`GO_ZERO`] for none.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.0
            .and_then(|time| time.format(&Rfc3339).ok())
            .unwrap_or_else(|| GO_ZERO.to_owned())
    }
}

impl From<OffsetDateTime> for WireTime {
    /// Years before 2 are Go's zero time in some time zone; years past 9999 cannot be written.
    fn from(time: OffsetDateTime) -> Self {
        Self(
            time.checked_to_offset(UtcOffset::UTC)
                .filter(|time| (2..=9999).contains(&time.year())),
        )
    }
}

impl From<Option<OffsetDateTime>> for WireTime {
    fn from(time: Option<OffsetDateTime>) -> Self {
        time.map_or(Self::NEVER, Self::from)
    }
}

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for WireTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.map_or(Self::NEVER, |text| Self::parse(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zero_time_of_go_is_never() {
        for text in [GO_ZERO, "0001-01-01T01:00:00+01:00", "", "yesterday"] {
            assert_eq!(WireTime::parse(text), WireTime::NEVER, "{text:?}");
        }
        assert_eq!(
            serde_json::to_string(&WireTime::NEVER).unwrap(),
            format!("{GO_ZERO:?}")
        );
        assert_eq!(
            serde_json::from_str::<WireTime>("null").unwrap(),
            WireTime::NEVER
        );
    }

    #[test]
    fn times_are_written_in_utc_and_keep_their_fraction() {
        let time = WireTime::parse("2024-02-29T23:30:00.123456789-01:00");
        assert_eq!(time.to_rfc3339(), "2024-03-01T00:30:00.123456789Z");
        assert_eq!(WireTime::parse(&time.to_rfc3339()), time);
    }

    #[test]
    fn a_year_that_cannot_be_written_is_never() {
        assert_eq!(
            WireTime::parse("9999-12-31T23:59:59-23:59"),
            WireTime::NEVER
        );
    }
}
