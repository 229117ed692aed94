//! Who a token belongs to. The caller asks its server, because only it knows the server's API.

use std::pin::Pin;

use secrecy::SecretString;
use time::OffsetDateTime;

use crate::error::{Cause, Error};

/// A future that may cross threads, boxed so that traits with it stay object safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The person a token belongs to, as the server tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The server's stable id for the person. The login where the server has nothing better.
    pub subject: String,
    /// The name they sign in with.
    pub login: String,
    /// The name they are called; the login where the server knows no other.
    pub display: String,
    /// When the token ends, where the server tells.
    pub expires: Option<OffsetDateTime>,
}

/// Why a token could not be matched with a person.
#[derive(Debug, thiserror::Error)]
pub enum IdentifyError {
    /// The server does not know the token.
    #[error("the server does not accept the token")]
    Refused,
    /// The server could not be reached.
    #[error("the server could not be reached")]
    Network(#[source] Cause),
    /// The server's answer is not what its API says.
    #[error("the server's answer makes no sense")]
    BadResponse,
}

impl From<IdentifyError> for Error {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::Refused => Self::TokenRefused,
            IdentifyError::Network(cause) => Self::Network(cause),
            IdentifyError::BadResponse => Self::BadResponse {
                what: "who the token belongs to",
            },
        }
    }
}

/// Asks the server of an account whom a token belongs to (Cloud Library: current user, or
/// token status where there is no such call).
pub trait Identify: Send + Sync {
    /// One question over the network; must send the token to the account's own server only.
    ///
    /// # Errors
    /// When the server refuses the token, cannot be reached, or answers nonsense.
    fn identify<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>>;
}
