//! Sorting what the HTTP client reports: no name, no listener, no trust, or a broken connection.

use std::error::Error as StdError;
use std::io;

use super::{Error, Unreachable};
use crate::http::Refusal;

/// The first thing that `look` finds in a chain of errors, also inside the custom errors of `io::Error`.
pub(crate) fn find<T>(
    error: &(dyn StdError + 'static),
    look: &impl Fn(&(dyn StdError + 'static)) -> Option<T>,
) -> Option<T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = look(error) {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find(inner, look)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What a proxy in between did. The HTTP client keeps the types of these errors to itself, so their words are all
/// there is; the tests with a real proxy notice when they change.
pub fn proxy_trouble(error: &(dyn StdError + 'static)) -> Option<Unreachable> {
    let mut next = Some(error);
    while let Some(error) = next {
        let words = error.to_string();
        if words.starts_with("tunnel error: proxy authorization required") {
            return Some(Unreachable::ProxySignIn);
        }
        if words.starts_with("tunnel error:") {
            return Some(Unreachable::Proxy);
        }
        if words.starts_with("SOCKS error:") {
            let refused = words.contains("credentials") || words.contains("auth");
            return Some(if refused {
                Unreachable::ProxySignIn
            } else {
                Unreachable::Proxy
            });
        }
        next = error.source();
    }
    None
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        // The address may be a presigned one, which must not reach a log.
        let error = error.without_url();
        if let Some(refusal) = Refusal::find(&error) {
            return Self::Certificate(Box::new(refusal));
        }
        if error.is_builder() {
            return Self::Setup(error.into());
        }
        if error.is_body() || error.is_decode() {
            return Self::Interrupted(error.into());
        }
        let kind = find(&error, &|error| {
            error.downcast_ref::<io::Error>().map(io::Error::kind)
        });
        let reason = if let Some(reason) = proxy_trouble(&error) {
            reason
        } else if error.is_dns() {
            Unreachable::Dns
        } else if kind == Some(io::ErrorKind::ConnectionRefused) {
            Unreachable::Refused
        } else if error.is_timeout() {
            Unreachable::Timeout
        } else if error.is_connect() {
            Unreachable::Network
        } else {
            return Self::Interrupted(error.into());
        };
        Self::Unreachable {
            reason,
            source: error.into(),
        }
    }
}
