//! Reading the small answers: bounded in length and depth, then JSON.

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::challenge::missing_scopes;
use super::retry_after::retry_after;
use crate::error::Error;

/// The longest JSON answer that is read.
pub(crate) const MAX_JSON: u64 = 8 << 20;
/// The longest body of a failure that is read; the rest is not needed to understand it.
const MAX_FAILURE: u64 = 64 << 10;
/// How deep JSON may nest.
const MAX_DEPTH: usize = 64;

/// Reads a whole body of at most `limit` bytes.
pub(crate) async fn read_bounded(mut response: Response, limit: u64) -> Result<Vec<u8>, Error> {
    if response
        .content_length()
        .is_some_and(|length| length > limit)
    {
        return Err(Error::TooLarge { limit });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(Error::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Turns an answer that is no success into its error.
pub(crate) async fn failure(mut response: Response) -> Error {
    let status = response.status();
    let wait = retry_after(response.headers(), OffsetDateTime::now_utc());
    let lacking = match status {
        StatusCode::FORBIDDEN => missing_scopes(response.headers()),
        _ => None,
    };
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() as u64 > MAX_FAILURE {
            break;
        }
    }
    match lacking {
        Some(scopes) => Error::ScopeMissing { scopes },
        None => Error::from_answer(status, wait, &body),
    }
}

/// Parses bounded JSON.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    if depth(body) > MAX_DEPTH {
        return Err(Error::invalid("its JSON is nested too deeply"));
    }
    serde_json::from_slice(body)
        .map_err(|source| Error::invalid_because("it is not the JSON that was expected", source))
}

/// The deepest nesting of brackets outside strings.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert_eq!(depth(br#"{"a":[{"b":"[[[[\"[["}],"c":{}}"#), 3);
        assert_eq!(depth(b"17"), 0);
        let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
        assert!(matches!(
            parse::<serde_json::Value>(deep.as_bytes()),
            Err(Error::InvalidAnswer { .. })
        ));
    }
}
