//! Access tokens that people make for scripts and the command lines: named, listed, revoked.
//!
//! A route of the local library, beside the Cloud Library API (Sylabs Cloud has a web page for it only).
//!
//! | call | answer |
//! |---|---|
//! | `GET /v1/tokens` | the caller's tokens, newest first, never their text |
//! | `POST /v1/tokens` with a [`NewAccessToken`] | a [`MadeAccessToken`]; the one time its text is told |
//! | `DELETE /v1/tokens/{id}` | ends a token of the caller |

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::WireTime;
use crate::lenient;

/// Lists and makes tokens. Relative to the library's base.
pub const TOKENS: &str = "v1/tokens";

/// One token, relative to the library's base.
#[must_use]
pub fn token(id: &str) -> String {
    format!("{TOKENS}/{id}")
}

/// What may be told about a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessTokenInfo {
    /// Names the token in [`token`].
    #[serde(deserialize_with = "lenient::text_or_number")]
    pub id: String,
    /// What its owner calls it.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// The beginning of its text, to recognise it by. Empty for tokens older than this field.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub prefix: String,
    /// What it may do; empty for everything its owner may.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: WireTime,
    /// When it was used last, to the minute; never for one that was not used yet.
    pub last_used_at: WireTime,
    /// When it stops working; never for one that does not.
    pub expires_at: WireTime,
}

/// Asks for a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewAccessToken {
    /// What to call it, 1 to 100 characters.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// What it may do, out of `library:read` and `library:write`; empty for everything.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "lenient::null_as_default"
    )]
    pub scopes: Vec<String>,
    /// When it shall stop working; never if not given.
    pub expires_at: WireTime,
}

/// A token that has just been made.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MadeAccessToken {
    /// What lists will say about it.
    #[serde(flatten)]
    pub info: AccessTokenInfo,
    /// Its text, told this once: 200 to 4096 characters, as the official command lines demand.
    #[serde(serialize_with = "expose")]
    pub token: SecretString,
}

impl fmt::Debug for MadeAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeAccessToken")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_token_is_told_on_the_wire_and_hidden_by_debug() {
        let made = MadeAccessToken {
            token: "hush-hush".to_owned().into(),
            ..MadeAccessToken::default()
        };
        let text = serde_json::to_string(&made).unwrap();
        assert!(text.contains("\"token\":\"hush-hush\""), "{text}");
        assert!(!format!("{made:?}").contains("hush"), "{made:?}");
        let read: MadeAccessToken = serde_json::from_str(&text).unwrap();
        assert_eq!(read.token.expose_secret(), "hush-hush");
    }

    #[test]
    fn null_and_missing_keys_are_read_as_nothing() {
        let read: AccessTokenInfo =
            serde_json::from_str(r#"{"id":7,"name":null,"expiresAt":null}"#).unwrap();
        assert_eq!((read.id.as_str(), read.name.as_str()), ("7", ""));
        assert_eq!(read.expires_at, WireTime::NEVER);
    }
}
