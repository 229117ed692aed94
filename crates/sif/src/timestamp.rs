//! Times as SIF stores them: signed Unix seconds, with the Go zero time meaning "not set".

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;

/// A time in an image, in Unix seconds. Any 64-bit value can be met in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// 0001-01-01T00:00:00Z, the value of every time in a deterministic image.
    pub const ZERO: Self = Self(-62_135_596_800);

    /// The current time of this machine.
    pub fn now() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
    }

    /// Whether this is [`Timestamp::ZERO`], which stands for no time at all.
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }
}

/// `2020-05-22 19:30:59 +0000 UTC`, the form siftool prints; seconds alone where no calendar reaches.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match OffsetDateTime::from_unix_timestamp(self.0) {
            Ok(t) => write!(
                f,
                "{:04}-{:02}-{:02} {:02}:{:02}:{:02} +0000 UTC",
                t.year(),
                u8::from(t.month()),
                t.day(),
                t.hour(),
                t.minute(),
                t.second()
            ),
            Err(_) => write!(f, "{} s", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_siftool_prints_them() {
        assert_eq!(
            Timestamp(1_590_175_859).to_string(),
            "2020-05-22 19:30:59 +0000 UTC"
        );
        assert_eq!(Timestamp::ZERO.to_string(), "0001-01-01 00:00:00 +0000 UTC");
    }

    #[test]
    fn a_time_outside_the_calendar_prints_its_seconds() {
        assert_eq!(Timestamp(i64::MAX).to_string(), "9223372036854775807 s");
    }
}
