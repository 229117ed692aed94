//! What a token endpoint answers.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::error::{ErrorCode, Fault};

/// What is wanted of a token answer. Lifetimes and the rest do not matter here.
#[derive(Debug, Deserialize)]
pub struct ProviderTokens {
    /// For the provider's own interfaces.
    pub access_token: SecretString,
    /// Says who signed in.
    #[serde(default)]
    pub id_token: Option<SecretString>,
    /// What was granted, separated by spaces, or by commas at GitHub; none is what was asked for. It only explains what
    /// is missing, so that anything but a text counts as none.
    #[serde(default, deserialize_with = "text")]
    pub scope: Option<String>,
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

/// Reads a token answer. GitHub refuses with status 200 and an `error` inside, so that the body decides.
///
/// # Errors
/// When there is no token in it, or an error beside it.
pub fn token_answer(is_success: bool, body: &[u8]) -> Result<ProviderTokens, Fault> {
    let answer: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| Fault::Answer("the token answer cannot be read"))?;
    if let Some(error) = answer.get("error").and_then(Value::as_str) {
        return Err(Fault::Refused(ErrorCode::new(error)));
    }
    if !is_success {
        return Err(Fault::Answer("the token endpoint failed"));
    }
    serde_json::from_value(Value::Object(answer))
        .map_err(|_| Fault::Answer("the token answer holds no token"))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a12_token_answers_of_every_kind_end_in_a_typed_error_that_tells_no_secret() {
        let secret = "gho_abcdefghijklmnopqrst";
        for (is_success, body) in [
            (
                true,
                format!("{{\"error\":\"bad_verification_code\",\"access_token\":\"{secret}\"}}"),
            ),
            (true, format!("access_token={secret}&token_type=bearer")),
            (true, "{}".to_owned()),
            (true, "{\"access_token\":null}".to_owned()),
            (true, format!("[\"{secret}\"]")),
            (true, "\u{0}".to_owned()),
            (false, format!("{{\"access_token\":\"{secret}\"}}")),
            (false, "<html>".to_owned()),
        ] {
            let Err(error) = token_answer(is_success, body.as_bytes()) else {
                panic!("{body}");
            };
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        }
    }

    #[test]
    fn a12_odd_but_usable_token_answers_are_taken() {
        for body in [
            r#"{"access_token":"a","expires_in":"28800"}"#,
            r#"{"access_token":"a","expires_in":-1,"scope":null,"id_token":"t"}"#,
        ] {
            let tokens = token_answer(true, body.as_bytes()).ok().unwrap();
            assert_eq!(tokens.access_token.expose_secret(), "a");
        }
    }

    #[test]
    fn a_scope_is_taken_as_text_and_does_no_harm_as_anything_else() {
        for (scope, read) in [
            (r#""openid email""#, Some("openid email")),
            (r#"["openid","email"]"#, None),
            ("null", None),
            ("7", None),
        ] {
            let body = format!(r#"{{"access_token":"a","scope":{scope}}}"#);
            let tokens = token_answer(true, body.as_bytes()).ok().unwrap();
            assert_eq!(tokens.scope.as_deref(), read, "{scope}");
        }
    }
}
