//! What can be wrong with what a provider says.

/// Why an answer of a provider is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not what the protocol says, or not safe to act on.
    #[error("the provider's answer is of no use: {0}")]
    Answer(&'static str),
    /// The provider says no.
    #[error("the provider refused: {0}")]
    Refused(ErrorCode),
}

/// An OAuth error code of a provider, cut to what may stand in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorCode(String);

impl ErrorCode {
    /// Keeps at most 64 letters, digits, `_`, `-` and `.`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "_-.".contains(*c);
        Self(text.chars().filter(plain).take(64).collect())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why an ID token is refused (OpenID Connect Core section 3.1.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    /// Longer than any token of use.
    #[error("it is too long")]
    TooLong,
    /// Not three parts of base64url with a header that can be read.
    #[error("it is not a signed token")]
    Form,
    /// Any but RS256 and ES256; `none` and HS256 too.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// No key of its kind and name is published.
    #[error("the provider does not publish its key")]
    UnknownKey,
    /// More than one is.
    #[error("the provider publishes several keys it could be of")]
    AmbiguousKey,
    /// The signature is not of the key.
    #[error("the signature is wrong")]
    Signature,
    /// A claim is missing or of another type.
    #[error("its claims cannot be read")]
    Claims,
    /// Not the issuer that was asked.
    #[error("the issuer is another one")]
    Issuer,
    /// Not made for us, or not for us alone.
    #[error("it is meant for somebody else")]
    Audience,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Made in the future, or long ago.
    #[error("its time has not come, or has long passed")]
    Time,
    /// Not the answer to our request.
    #[error("the nonce is another one")]
    Nonce,
    /// Came together with another access token.
    #[error("it belongs to another access token")]
    AccessTokenHash,
    /// No subject, or one longer than the standard allows.
    #[error("it names nobody")]
    Subject,
}
