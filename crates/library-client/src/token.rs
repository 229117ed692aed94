//! Where bearer tokens come from: a trait that the account crate implements.

use std::error::Error as StdError;
use std::pin::Pin;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::origin::Origin;

/// A boxed future, so that a token source can be a `dyn` object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why no token could be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The account is signed out, or its sign-in has ended: a person has to act.
    #[error("this account has to sign in again")]
    SignInNeeded,
    /// The token is there and locked away: a person has to unlock it.
    #[error("the token of this account is locked away")]
    Locked,
    /// The token could not be fetched now; trying again later may help.
    #[error("no token could be fetched")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
}

/// Gives a request its bearer token.
///
/// Implementors decide by the origin: a token goes to the origin that its account belongs to and to
/// no other. Calls come from many requests at once, so a refresh must happen once for all of them.
pub trait TokenSource: Send + Sync {
    /// The token for `origin`, good for at least `life` more where the source can tell. `None` for an
    /// anonymous request.
    fn bearer<'a>(
        &'a self,
        origin: &'a Origin,
        life: Duration,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>>;

    /// Another token after `origin` answered 401 to `rejected`. `None` when there is no other: the
    /// request then fails as unauthorized. Asked at most once for a request.
    fn refresh_after_401<'a>(
        &'a self,
        origin: &'a Origin,
        rejected: &'a SecretString,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>>;
}

/// Nobody: every request is anonymous.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anonymous;

impl TokenSource for Anonymous {
    fn bearer<'a>(
        &'a self,
        _origin: &'a Origin,
        _life: Duration,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async { Ok(None) })
    }

    fn refresh_after_401<'a>(
        &'a self,
        _origin: &'a Origin,
        _rejected: &'a SecretString,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async { Ok(None) })
    }
}

/// One token that never changes (a pasted one, or a token file of the command line), for one origin.
#[derive(Debug, Clone)]
pub struct FixedToken {
    origin: Origin,
    token: SecretString,
}

impl FixedToken {
    /// `token` for requests to `origin` and none other.
    #[must_use]
    pub const fn new(origin: Origin, token: SecretString) -> Self {
        Self { origin, token }
    }
}

impl TokenSource for FixedToken {
    fn bearer<'a>(
        &'a self,
        origin: &'a Origin,
        _life: Duration,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        let known = *origin == self.origin && !self.token.expose_secret().is_empty();
        Box::pin(async move { Ok(known.then(|| self.token.clone())) })
    }

    fn refresh_after_401<'a>(
        &'a self,
        _origin: &'a Origin,
        _rejected: &'a SecretString,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async { Ok(None) })
    }
}
