//! Who is asking: the `Authorization` header made into an identity, and the address they used.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::config::Owner;
use crate::fault::Fault;
use crate::oauth::{self, Identity};
use crate::state::AppState;

/// The person behind a request, or nobody.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Option<Identity>);

impl Caller {
    /// The identity, or 401.
    pub(crate) fn signed_in(self) -> Result<Identity, Fault> {
        self.0.ok_or(Fault::SignInRequired)
    }

    /// Row of `users`, for queries that compare owners; empty for nobody.
    pub(crate) fn user_id(&self) -> &str {
        self.0
            .as_ref()
            .map_or("", |identity| identity.user_id.as_str())
    }
}

impl Identity {
    /// Whether this is the person the whole library belongs to.
    pub(crate) fn owns_library(&self, owner: &Owner) -> bool {
        self.login == owner.login
    }

    /// Refuses tokens that were made for reading only.
    pub(crate) fn may_write(self) -> Result<Self, Fault> {
        let allowed =
            self.scopes.is_empty() || self.scopes.iter().any(|scope| scope == WRITE_SCOPE);
        if allowed {
            Ok(self)
        } else {
            Err(Fault::MissingScope)
        }
    }
}

/// The scope a token needs to change the library.
pub(crate) const WRITE_SCOPE: &str = "library:write";

impl FromRequestParts<AppState> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let Some(token) = bearer(&parts.headers)? else {
            return Ok(Self(None));
        };
        match oauth::verify_access_token(state, token).await? {
            Some(identity) => Ok(Self(Some(identity))),
            None => Err(Fault::BadToken),
        }
    }
}

/// The credential behind `Bearer`, whatever its case. Official clients that are logged out send the
/// scheme with nothing behind it; that is nobody, not an error.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    /// Longer than any token a client accepts (4096).
    const LIMIT: usize = 8192;
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| Fault::BadToken)?.trim();
    let (scheme, credential) = value.split_once(' ').unwrap_or((value, ""));
    let credential = credential.trim();
    if value.is_empty() || (scheme.eq_ignore_ascii_case("bearer") && credential.is_empty()) {
        return Ok(None);
    }
    if !scheme.eq_ignore_ascii_case("bearer") || credential.len() > LIMIT {
        return Err(Fault::BadToken);
    }
    Ok(Some(credential))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn header_of(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_scheme_may_have_any_case() {
        for value in ["Bearer tok", "BEARER tok", "bearer  tok "] {
            assert_eq!(bearer(&header_of(value)).unwrap(), Some("tok"), "{value}");
        }
    }

    #[test]
    fn an_empty_credential_is_nobody() {
        assert_eq!(bearer(&HeaderMap::new()).unwrap(), None);
        for value in ["Bearer", "Bearer ", "BEARER", ""] {
            assert_eq!(bearer(&header_of(value)).unwrap(), None, "{value:?}");
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        assert!(matches!(
            bearer(&header_of("Basic dXNlcjpwYXNz")),
            Err(Fault::BadToken)
        ));
        assert!(matches!(bearer(&header_of("tok")), Err(Fault::BadToken)));
    }
}
