//! Sorting what the HTTP client reports: no name, no listener, no trust, or a broken connection.

use std::error::Error as StdError;
use std::io;

use super::{Error, Unreachable};

/// The first error of type `T` in a chain, also inside the custom errors of `io::Error`.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find::<T>(inner)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        // The address may be a presigned one, which must not reach a log.
        let error = error.without_url();
        if matches!(find(&error), Some(rustls::Error::InvalidCertificate(_))) {
            return Self::Certificate(error.into());
        }
        if error.is_builder() {
            return Self::Setup(error.into());
        }
        if error.is_body() || error.is_decode() {
            return Self::Interrupted(error.into());
        }
        let kind = find::<io::Error>(&error).map(io::Error::kind);
        let reason = if error.is_dns() {
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
