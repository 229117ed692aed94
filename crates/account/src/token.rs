//! Pasted tokens: what can be one, and when it ends.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::error::Error;
use crate::identity::{Identify, Identity};

/// The longest token taken, in characters: twice what the official command line accepts.
const LONGEST: usize = 8192;

/// Takes the white space off that copying brings along, and refuses what no header could carry.
pub(crate) fn cleaned(token: &SecretString) -> Result<SecretString, Error> {
    let text = token.expose_secret().trim();
    let fits = (1..=LONGEST).contains(&text.len());
    if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(SecretString::from(text))
    } else {
        Err(Error::NotAToken)
    }
}

/// The token in a pasted text, and whose the server says it is: with the end that the token itself names, where it
/// names one.
///
/// # Errors
/// [`Error::NotAToken`], [`Error::TokenRefused`], and whatever keeps the server from being asked.
pub(crate) async fn checked(
    pasted: &SecretString,
    identify: &dyn Identify,
) -> Result<(SecretString, Identity), Error> {
    let access = cleaned(pasted)?;
    let said = expiry(&access);
    if said.is_some_and(|end| end <= OffsetDateTime::now_utc()) {
        return Err(Error::TokenRefused);
    }
    let mut identity = identify.identify(&access).await?;
    identity.expires = said.or(identity.expires);
    Ok((access, identity))
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    exp: Option<f64>,
}

/// When a JWT says it ends. Only for showing and for asking in time: nothing is verified here.
/// `None` for tokens of any other form.
pub(crate) fn expiry(token: &SecretString) -> Option<OffsetDateTime> {
    let mut parts = token.expose_secret().split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    // JWT numbers may have a fraction. The cast saturates, and the range is checked after it.
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds are meant")]
    let seconds = claims.exp.filter(|seconds| seconds.is_finite())?.floor() as i64;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(payload: &str) -> SecretString {
        format!(
            "eyJhbGciOiJub25lIn0.{}.sig",
            URL_SAFE_NO_PAD.encode(payload)
        )
        .into()
    }

    #[test]
    fn the_end_of_a_jwt_is_read() {
        let end = expiry(&jwt(r#"{"sub":"x","exp":1798761600}"#)).unwrap();
        assert_eq!(end.unix_timestamp(), 1_798_761_600);
        let end = expiry(&jwt(r#"{"exp":1798761600.75}"#)).unwrap();
        assert_eq!(end.unix_timestamp(), 1_798_761_600);
    }

    #[test]
    fn what_is_no_jwt_or_has_no_sensible_end_has_none() {
        for payload in ["{}", "[]", r#"{"exp":1e308}"#, r#"{"exp":"soon"}"#, "{"] {
            assert_eq!(expiry(&jwt(payload)), None, "{payload}");
        }
        for text in ["", "a.b", "a.b.c.d", "opaque", "a.!!.c"] {
            assert_eq!(expiry(&text.into()), None, "{text}");
        }
    }

    #[test]
    fn a_pasted_token_loses_its_white_space_and_nothing_else() {
        let token = cleaned(&"  \tabc.def\r\n".into()).unwrap();
        assert_eq!(token.expose_secret(), "abc.def");
        for bad in ["", " \n", "a b", "a\nb", "a\u{0}b", "tök"] {
            assert!(cleaned(&bad.into()).is_err(), "{bad:?}");
        }
        assert!(cleaned(&"x".repeat(LONGEST + 1).into()).is_err());
    }
}
