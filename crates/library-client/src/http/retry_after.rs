//! The `Retry-After` header: seconds, or a date.

use std::time::Duration;

use ::http::{HeaderMap, header};
use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;

/// Nobody waits longer than this because a header says so.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The one date form that servers must send today (RFC 9110, 5.6.7).
const IMF_FIXDATE: &[FormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

/// How long the answer with these headers asks to wait, at most an hour.
pub(crate) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = time::PrimitiveDateTime::parse(text, IMF_FIXDATE)
                .ok()?
                .assume_utc();
            (date - now).try_into().unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn wait(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, text.parse().unwrap());
        retry_after(&headers, datetime!(2026-01-01 00:00:00 UTC))
    }

    #[test]
    fn seconds_and_dates_are_understood_and_bounded() {
        assert_eq!(wait("3"), Some(Duration::from_secs(3)));
        assert_eq!(wait("999999999"), Some(LONGEST));
        assert_eq!(
            wait("Thu, 01 Jan 2026 00:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(wait("Wed, 31 Dec 2025 23:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-3"), None);
    }
}
