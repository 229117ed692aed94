//! The envelope around almost every answer: `{"data": …}` or `{"error": {"code", "message"}}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient;

/// The longest error message that is kept, in characters.
pub const MAX_MESSAGE_LEN: usize = 1000;

/// An answer of the library. Keys are omitted when empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Envelope<T> {
    /// What was asked for.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub data: Option<T>,
    /// Paging, where the server has more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// Why there is no data. A failure even when the HTTP status says 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

impl<T> Envelope<T> {
    /// A successful answer.
    pub const fn data(data: T) -> Self {
        Self {
            data: Some(data),
            page: None,
            error: None,
        }
    }

    /// A failure.
    pub const fn error(error: ApiError) -> Self {
        Self {
            data: None,
            page: None,
            error: Some(error),
        }
    }
}

/// Where the neighbouring pages are. No client of this API is known to page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Page {
    /// Link to the page before.
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "lenient::null_as_default"
    )]
    pub prev: String,
    /// Link to the page after.
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "lenient::null_as_default"
    )]
    pub next: String,
    /// How many rows there are on all pages.
    #[serde(deserialize_with = "lenient::count")]
    pub total_size: u64,
}

/// The error object of an envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code})")]
#[serde(default)]
pub struct ApiError {
    /// The HTTP status again, 0 when the server left it out.
    #[serde(
        skip_serializing_if = "is_zero",
        deserialize_with = "lenient::null_as_default"
    )]
    pub code: u16,
    /// A sentence for people.
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "lenient::null_as_default"
    )]
    pub message: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
const fn is_zero(code: &u16) -> bool {
    *code == 0
}

impl ApiError {
    /// An error for an envelope.
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Finds the error in the body of a failed answer: the envelope's, or one of the two shapes that
    /// Hinkskalle sends (`{"errors":[{"title","detail"}]}` and `{"message"}`), or a registry's
    /// (`{"errors":[{"code","message"}]}`, the code a word). `None` for anything else, such as a
    /// proxy's HTML page. Messages are cut at [`MAX_MESSAGE_LEN`] and lose control
    /// characters.
    #[must_use]
    pub fn find_in(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let text = |value: Option<&Value>| {
            value
                .and_then(Value::as_str)
                .map(cleaned)
                .filter(|text| !text.is_empty())
        };
        let number = |value: Option<&Value>| {
            value
                .and_then(Value::as_u64)
                .and_then(|code| u16::try_from(code).ok())
                .unwrap_or(0)
        };
        if let Some(error) = body.get("error").and_then(Value::as_object) {
            let (code, message) = (number(error.get("code")), text(error.get("message")));
            return Some(Self {
                code,
                message: message.unwrap_or_default(),
            });
        }
        if let Some(error) = body.get("errors").and_then(|errors| errors.get(0)) {
            let message = ["detail", "title", "message"]
                .into_iter()
                .find_map(|key| text(error.get(key)))?;
            return Some(Self {
                code: number(error.get("code")),
                message,
            });
        }
        text(body.get("message")).map(|message| Self { code: 0, message })
    }
}

fn cleaned(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .take(MAX_MESSAGE_LEN)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_keys_are_left_out() {
        let ok = serde_json::to_string(&Envelope::data(1)).unwrap();
        assert_eq!(ok, r#"{"data":1}"#);
        let failed = Envelope::<()>::error(ApiError::new(507, "Upload would exceed quota"));
        assert_eq!(
            serde_json::to_string(&failed).unwrap(),
            r#"{"error":{"code":507,"message":"Upload would exceed quota"}}"#
        );
        let silent = Envelope::<()>::error(ApiError::default());
        assert_eq!(serde_json::to_string(&silent).unwrap(), r#"{"error":{}}"#);
    }

    #[test]
    fn errors_are_found_in_every_known_shape() {
        let cases = [
            (
                r#"{"error":{"code":404,"message":"gone"}}"#,
                Some((404, "gone")),
            ),
            (r#"{"error":{}}"#, Some((0, ""))),
            (r#"{"error":{"code":"x","message":7}}"#, Some((0, ""))),
            (
                r#"{"status":"error","errors":[{"title":"T","detail":"D","code":412}]}"#,
                Some((412, "D")),
            ),
            (
                r#"{"errors":[{"code":"DENIED","message":"M","detail":{}}]}"#,
                Some((0, "M")),
            ),
            (
                r#"{"message":"Method\u0007 Not Allowed"}"#,
                Some((0, "Method  Not Allowed")),
            ),
            (r#"{"data":{}}"#, None),
            ("<html>502</html>", None),
            ("", None),
        ];
        for (body, expected) in cases {
            let found = ApiError::find_in(body.as_bytes());
            assert_eq!(
                found,
                expected.map(|(code, text)| ApiError::new(code, text)),
                "{body}"
            );
        }
    }

    #[test]
    fn a_message_is_bounded() {
        let body = format!(r#"{{"message":"{}"}}"#, "x".repeat(50_000));
        let found = ApiError::find_in(body.as_bytes()).unwrap();
        assert_eq!(found.message.len(), MAX_MESSAGE_LEN);
    }
}
