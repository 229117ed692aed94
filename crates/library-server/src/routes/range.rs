//! `Range` and its preconditions (RFC 9110, sections 13 and 14), as far as downloads need them: one range
//! of bytes. Several ranges, other units and nonsense are ignored, which the standard allows.

use std::ops::Range;

use http::{HeaderMap, header};

/// What to answer to a conditional, ranged request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selection {
    /// Everything, 200.
    Whole,
    /// These bytes, 206.
    Part(Range<u64>),
    /// The range lies behind the end, 416.
    Nothing,
    /// The client has these bytes, 304.
    Unchanged,
}

/// Chooses for content of `size` bytes whose strong validator is `etag` (quotes included).
pub(super) fn select(headers: &HeaderMap, etag: &str, size: u64) -> Selection {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &http::HeaderValue| value.to_str().ok())
    };
    if text(header::IF_NONE_MATCH).is_some_and(|list| names(list, etag)) {
        return Selection::Unchanged;
    }
    let Some(range) = text(header::RANGE) else {
        return Selection::Whole;
    };
    // A date, a weak or another validator: the client's first half may be of something else.
    if text(header::IF_RANGE).is_some_and(|validator| validator.trim() != etag) {
        return Selection::Whole;
    }
    parse(range, size)
}

fn names(list: &str, etag: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == etag)
}

fn parse(range: &str, size: u64) -> Selection {
    let Some((unit, range)) = range.split_once('=') else {
        return Selection::Whole;
    };
    let Some((first, last)) = range.split_once('-') else {
        return Selection::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") || range.contains(',') {
        return Selection::Whole;
    }
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            let last = last.unwrap_or(u64::MAX);
            if last < first {
                Selection::Whole
            } else if first >= size {
                Selection::Nothing
            } else {
                Selection::Part(first..size.min(last.saturating_add(1)))
            }
        }
        // The last so many bytes.
        (Some(None), Some(Some(0))) => Selection::Nothing,
        (Some(None), Some(Some(count))) => Selection::Part(size.saturating_sub(count)..size),
        _ => Selection::Whole,
    }
}

/// `Some(None)` for an empty text, `None` for one that is no number.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More digits than fit are still a number behind the end.
    Some(Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn ranged(range: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::RANGE, HeaderValue::from_str(range).unwrap())])
    }

    #[test]
    fn one_range_of_bytes_is_served() {
        for (range, expected) in [
            ("bytes=0-399", 0..400),
            ("bytes=800-999", 800..1000),
            ("bytes=800-5000", 800..1000),
            ("bytes=900-", 900..1000),
            ("bytes=-100", 900..1000),
            ("bytes=-5000", 0..1000),
            ("BYTES = 1 - 1", 1..2),
            ("bytes=0-99999999999999999999999", 0..1000),
        ] {
            assert_eq!(
                select(&ranged(range), "\"e\"", 1000),
                Selection::Part(expected),
                "{range}"
            );
        }
    }

    #[test]
    fn a_range_behind_the_end_is_refused() {
        for range in [
            "bytes=1000-",
            "bytes=1000-1001",
            "bytes=-0",
            "bytes=99999999999999999999-",
        ] {
            assert_eq!(
                select(&ranged(range), "\"e\"", 1000),
                Selection::Nothing,
                "{range}"
            );
        }
    }

    #[test]
    fn what_is_not_one_range_gets_everything() {
        for range in [
            "bytes=0-1,4-5",
            "bytes=5-4",
            "bytes=",
            "bytes=-",
            "lines=1-2",
            "x",
            "bytes=a-b",
        ] {
            assert_eq!(
                select(&ranged(range), "\"e\"", 1000),
                Selection::Whole,
                "{range}"
            );
        }
        assert_eq!(select(&HeaderMap::new(), "\"e\"", 1000), Selection::Whole);
    }

    #[test]
    fn preconditions_come_first() {
        let mut headers = ranged("bytes=0-1");
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"e\""));
        assert_eq!(select(&headers, "\"e\"", 10), Selection::Part(0..2));
        assert_eq!(select(&headers, "\"other\"", 10), Selection::Whole);
        headers.insert(
            header::IF_NONE_MATCH,
            HeaderValue::from_static("\"a\", W/\"e\""),
        );
        assert_eq!(select(&headers, "\"e\"", 10), Selection::Unchanged);
    }
}
