//! Parameters of a query or a form. RFC 6749 section 3.1: none may be there twice, an empty one is absent.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header;
use url::form_urlencoded;

use crate::oauth::refusal::OAuthError;
use crate::state::AppState;

/// Longest form read, in bytes. Everything this server issues fits many times.
const LONGEST: usize = 16 << 10;

/// Names and values as they came.
#[derive(Debug)]
pub(crate) struct Params(Vec<(String, String)>);

/// A parameter was there more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeated;

impl Params {
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The one value under `name`.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut values = self
            .0
            .iter()
            .filter(|(found, _)| found == name)
            .map(|(_, value)| value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Repeated),
            (Some(value), None) if !value.is_empty() => Ok(Some(value)),
            _ => Ok(None),
        }
    }
}

/// A posted form.
#[derive(Debug)]
pub(crate) struct Form(pub(crate) Params);

impl FromRequest<AppState> for Form {
    type Rejection = OAuthError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, OAuthError> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let kind = kind
            .and_then(|kind| kind.split(';').next())
            .unwrap_or_default()
            .trim();
        // A form is the only thing another site can send, so this protects nothing; it is the protocol.
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(OAuthError::invalid_request("the body is not a form"));
        }
        let reading = axum::body::to_bytes(request.into_body(), LONGEST);
        let body: Bytes = tokio::time::timeout(state.config().uploads.idle_timeout, reading)
            .await
            .map_err(|_| OAuthError::invalid_request("the body stalled"))?
            .map_err(|_| OAuthError::invalid_request("the body is too long or broke off"))?;
        Ok(Self(Params::parse(&body)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_parameters_are_seen_and_empty_ones_are_absent() {
        let params = Params::parse(b"a=1&b=&c=2&c=3&d&e=%41+b");
        assert_eq!(params.one("a"), Ok(Some("1")));
        assert_eq!(params.one("b"), Ok(None));
        assert_eq!(params.one("c"), Err(Repeated));
        assert_eq!(params.one("d"), Ok(None));
        assert_eq!(params.one("e"), Ok(Some("A b")));
        assert_eq!(params.one("f"), Ok(None));
    }
}
