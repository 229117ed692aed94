//! What can go wrong between this library and an identity provider.

use sifter_openid::{ErrorCode, Fault, IdTokenFault};

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
    #[error("the token was not made for the app, or has ended")]
    ForeignToken,
    #[error("the library failed")]
    Library(#[from] crate::error::Error),
}

impl FederationError {
    /// The nonce of a token is not one that was given out, or was used before.
    pub(crate) fn replayed() -> Self {
        Self::IdToken(IdTokenFault::Nonce)
    }
}

impl From<Fault> for FederationError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Answer(why) => Self::Answer(why),
            Fault::Refused(code) => Self::Refused(code),
        }
    }
}
