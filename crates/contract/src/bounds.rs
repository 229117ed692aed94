//! How much a request may hold. A page that has gone over to somebody else must not fill the memory of the app.

use serde_json::Value;

/// The longest text of a request, in bytes: more than any path, link or report, or definition that is copied.
const LONGEST_TEXT: usize = 1024 * 1024;
/// The most texts, numbers, lists and fields of one request.
const MOST_VALUES: usize = 10_000;
/// How deep a request may be nested.
const DEEPEST: usize = 16;

/// Whether a request keeps to the bounds.
pub(crate) fn fits(body: &Value) -> bool {
    let mut left = MOST_VALUES;
    within(body, DEEPEST, &mut left)
}

fn within(value: &Value, depth: usize, left: &mut usize) -> bool {
    let (Some(depth), Some(rest)) = (depth.checked_sub(1), left.checked_sub(1)) else {
        return false;
    };
    *left = rest;
    match value {
        Value::String(text) => text.len() <= LONGEST_TEXT,
        Value::Array(values) => values.iter().all(|value| within(value, depth, left)),
        Value::Object(fields) => fields
            .iter()
            .all(|(name, value)| name.len() <= LONGEST_TEXT && within(value, depth, left)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a31_requests_without_end_do_not_fit() {
        assert!(fits(
            &json!({ "a": ["b", 1, null, { "c": "x".repeat(LONGEST_TEXT) }] })
        ));
        let mut deep = json!(1);
        for _ in 0..DEEPEST {
            deep = json!([deep]);
        }
        for body in [
            json!({ "a": "x".repeat(LONGEST_TEXT + 1) }),
            json!({ "x".repeat(LONGEST_TEXT + 1): 1 }),
            json!(vec![0; MOST_VALUES]),
            deep,
        ] {
            assert!(!fits(&body));
        }
    }
}
