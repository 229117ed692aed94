//! What can go wrong between this library and an identity provider.

use super::http::HttpError;

/// Why nobody could be identified.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FederationError {
    #[error("the provider could not be asked")]
    Unreachable(#[from] HttpError),
    #[error("the provider's answer is of no use: {0}")]
    Answer(&'static str),
    #[error("the provider refused: {0}")]
    Refused(ErrorCode),
    #[error("the ID token proves nothing: {0}")]
    IdToken(#[from] IdTokenFault),
    #[error("this account may not sign in here")]
    NotAdmitted,
    #[error("no provider whose tokens are exchanged here has made the token")]
    NoSuchIssuer,
    #[error("the library failed")]
    Library(#[from] crate::error::Error),
}

impl FederationError {
    /// The nonce of a token is not one that was given out, or was used before.
    pub(crate) fn replayed() -> Self {
        Self::IdToken(IdTokenFault::Nonce)
    }
}

/// An OAuth error code of a provider, cut to what may stand in a log.
#[derive(Debug)]
pub(crate) struct ErrorCode(String);

impl ErrorCode {
    pub(crate) fn new(text: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "_-.".contains(*c);
        Self(text.chars().filter(plain).take(64).collect())
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why an ID token is refused (OpenID Connect Core section 3.1.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdTokenFault {
    #[error("it is too long")]
    TooLong,
    #[error("it is not a signed token")]
    Form,
    #[error("its algorithm is not accepted")]
    Algorithm,
    #[error("the provider does not publish its key")]
    UnknownKey,
    #[error("the provider publishes several keys it could be of")]
    AmbiguousKey,
    #[error("the signature is wrong")]
    Signature,
    #[error("its claims cannot be read")]
    Claims,
    #[error("the issuer is another one")]
    Issuer,
    #[error("it is meant for somebody else")]
    Audience,
    #[error("it has expired")]
    Expired,
    #[error("its time has not come, or has long passed")]
    Time,
    #[error("the nonce is another one")]
    Nonce,
    #[error("it belongs to another access token")]
    AccessTokenHash,
    #[error("it names nobody")]
    Subject,
}
