//! The library's idea of now, replaceable so that expiry can be tested without waiting.

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

type Now = dyn Fn() -> OffsetDateTime + Send + Sync;

/// Tells the time in UTC.
#[derive(Clone)]
pub(crate) struct Clock(Arc<Now>);

impl Clock {
    /// The system's clock.
    pub(crate) fn system() -> Self {
        Self(Arc::new(OffsetDateTime::now_utc))
    }

    /// A clock that a test moves.
    #[cfg(test)]
    pub(crate) fn from_fn(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.0)()
    }

    /// Now, as the database stores it.
    pub(crate) fn stamp(&self) -> String {
        stamp(self.now())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A time as the database stores it: RFC 3339, UTC, whole seconds, so that text order is time order.
pub(crate) fn stamp(at: OffsetDateTime) -> String {
    let at = at
        .to_offset(time::UtcOffset::UTC)
        .replace_nanosecond(0)
        .unwrap_or(at);
    // Formatting fails only for years past 9999.
    at.format(&Rfc3339)
        .unwrap_or_else(|_| String::from("9999-12-31T23:59:59Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_sort_as_text() {
        let early = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        let late = early + time::Duration::days(400);
        assert!(stamp(early) < stamp(late));
    }
}
