//! Refusals of the token and revocation endpoints (RFC 6749 section 5.2).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::error::Error;
use crate::oauth::params::Repeated;

/// An OAuth error answer.
#[derive(Debug)]
pub(crate) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
    /// It counts as a wrong attempt.
    is_wrong_secret: bool,
}

#[derive(Serialize)]
struct Body {
    error: &'static str,
    error_description: &'static str,
}

impl OAuthError {
    const fn new(status: StatusCode, error: &'static str, description: &'static str) -> Self {
        Self {
            status,
            error,
            description,
            is_wrong_secret: false,
        }
    }

    const fn counted(self) -> Self {
        Self {
            is_wrong_secret: true,
            ..self
        }
    }

    pub(crate) const fn invalid_request(description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(crate) const fn invalid_client() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_client",
            "this client is not known here",
        )
    }

    /// One text for everything that can be wrong with a code or a token: which of them, is nobody's
    /// business.
    pub(crate) const fn invalid_grant() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "unknown, used, expired or revoked",
        )
        .counted()
    }

    /// RFC 8693 section 2.2.2.
    pub(crate) const fn bad_subject_token(description: &'static str) -> Self {
        Self::invalid_request(description).counted()
    }

    pub(crate) const fn invalid_target() -> Self {
        let text = "tokens are given for this library only";
        Self::new(StatusCode::BAD_REQUEST, "invalid_target", text)
    }

    pub(crate) const fn provider_failed() -> Self {
        let text = "the identity provider could not be asked, try again in a moment";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            text,
        )
    }

    pub(crate) const fn unsupported_grant_type() -> Self {
        let text = "the metadata lists the grant types";
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", text)
    }

    pub(crate) const fn invalid_scope() -> Self {
        let text = "the metadata lists the scopes";
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", text)
    }

    /// RFC 8628 section 3.5: the person has not decided yet.
    pub(crate) const fn authorization_pending() -> Self {
        let text = "ask again after the interval";
        Self::new(StatusCode::BAD_REQUEST, "authorization_pending", text)
    }

    /// RFC 8628 section 3.5: wait five seconds longer from now on.
    pub(crate) const fn slow_down() -> Self {
        let text = "wait five seconds longer between two questions";
        Self::new(StatusCode::BAD_REQUEST, "slow_down", text)
    }

    /// RFC 8628 section 3.5: nobody has typed the code in time.
    pub(crate) const fn expired_token() -> Self {
        let text = "the code has expired, begin again";
        Self::new(StatusCode::BAD_REQUEST, "expired_token", text)
    }

    pub(crate) const fn access_denied() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "access_denied", "declined")
    }

    pub(crate) const fn too_many() -> Self {
        let text = "too many wrong attempts, wait a minute";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "temporarily_unavailable",
            text,
        )
    }

    /// Whether it counts as a wrong attempt.
    pub(crate) fn is_wrong_secret(&self) -> bool {
        self.is_wrong_secret
    }
}

impl From<Repeated> for OAuthError {
    fn from(Repeated: Repeated) -> Self {
        Self::invalid_request("a parameter is there twice")
    }
}

impl From<Error> for OAuthError {
    fn from(error: Error) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "token endpoint failed"
        );
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "the library's log says why",
        )
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Body {
            error: self.error,
            error_description: self.description,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
