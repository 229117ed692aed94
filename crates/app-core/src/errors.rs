//! The one place where the errors of every crate become what the window hears: a code, facts, and the
//! redacted chain of causes. What a person reads is written in the window, under the code.

mod account;
mod command_line;
mod files;
mod library;
mod network;
mod signing;
mod transfer;

use std::error::Error as StdError;
use std::fmt::Write as _;

use sifter_contract::{ErrorCode, Retry, UiError};

use crate::redact::redact;

pub(crate) use account::{account, keychain, vault_file};
pub(crate) use command_line::{command_line_file, command_line_gone, credential_helper};
pub(crate) use files::{
    browser, clipboard, contents, fetch_limit, file_missing, in_quarantine, local_library,
    local_off, no_token, reveal, settings, sif, storage, undeletable, unwritable_file,
};
pub(crate) use library::{address, client, reference};
pub(crate) use network::{authority, authority_file, distrusted, not_secured, unreachable};
pub(crate) use signing::{certificate, key, nothing_to_sign, signing, unsignable};
pub(crate) use transfer::{engine, stopped};

/// How many causes of an error are told.
const DEEPEST: usize = 8;
/// Longest details, in bytes.
const LONGEST: usize = 2000;

/// Where an error happened, for the facts that sentences name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// The server's name.
    pub(crate) server: String,
    /// Whether an account is signed in there.
    pub(crate) signed_in: bool,
    /// What was asked for, such as `ada/tools/x:1`.
    pub(crate) what: String,
    /// The identity provider that somebody signs in at; empty where there is none.
    pub(crate) provider: String,
}

impl Place {
    pub(crate) fn of(server: impl Into<String>, signed_in: bool) -> Self {
        Self {
            server: server.into(),
            signed_in,
            what: String::new(),
            provider: String::new(),
        }
    }

    pub(crate) fn what(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }

    pub(crate) fn provider(mut self, label: impl Into<String>) -> Self {
        self.provider = label.into();
        self
    }

    fn error(&self, code: ErrorCode) -> UiError {
        let error = UiError::new(code).with("server", self.server.as_str());
        if self.provider.is_empty() {
            error
        } else {
            error.with("provider", self.provider.as_str())
        }
    }

    fn retry(&self, code: ErrorCode) -> UiError {
        self.error(code).retry(Retry::Yes)
    }

    fn not_found(&self) -> UiError {
        let retry = if self.signed_in {
            Retry::No
        } else {
            Retry::AfterSignIn
        };
        self.error(ErrorCode::NotFound)
            .with("what", self.what.as_str())
            .with("signedIn", self.signed_in)
            .retry(retry)
    }

    fn forbidden(&self) -> UiError {
        let owner = self.what.split('/').next().unwrap_or_default();
        self.error(ErrorCode::Forbidden).with("owner", owner)
    }

    /// The sign-in does not go far enough; signing in again for `scopes` helps.
    fn scope_missing(&self, scopes: &str) -> UiError {
        let error = self
            .error(ErrorCode::ScopeMissing)
            .retry(Retry::AfterSignIn);
        if scopes.is_empty() {
            error
        } else {
            error.with("scopes", scopes)
        }
    }

    /// A sign-in is missing, or the one there was does not do any more.
    fn unauthorized(&self) -> UiError {
        let code = if self.signed_in {
            ErrorCode::SignInExpired
        } else {
            ErrorCode::SignInNeeded
        };
        self.error(code).retry(Retry::AfterSignIn)
    }
}

/// What was there is not there any more, or not for this account.
pub(crate) fn gone(place: &Place) -> UiError {
    place.not_found()
}

/// A request of the window that makes no sense.
pub(crate) fn invalid(what: &str) -> UiError {
    UiError::new(ErrorCode::InvalidRequest).details(what)
}

/// A sign-in is needed and there is none, or it has ended.
pub(crate) fn sign_in_needed(place: &Place) -> UiError {
    place.unauthorized()
}

/// A text of the person's that breaks a rule.
pub(crate) fn invalid_text(field: &str, text: &str, rule: &str) -> UiError {
    UiError::new(ErrorCode::InvalidName)
        .with("field", field)
        .with("text", text.chars().take(80).collect::<String>())
        .details(rule)
}

/// A name, tag or path that breaks the library's grammar.
pub(crate) fn name(field: &str, text: &str, error: &dyn StdError) -> UiError {
    UiError::new(ErrorCode::InvalidName)
        .with("field", field)
        .with("text", text.chars().take(80).collect::<String>())
        .details(chain(error))
}

/// The messages of an error and its causes, redacted, outermost first.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    for _ in 0..DEEPEST {
        let Some(error) = cause else { break };
        let message = error.to_string();
        // Some errors repeat their cause in their own message.
        if !text.ends_with(&message) {
            let _ = write!(text, ": {message}");
        }
        cause = error.source();
    }
    clean(&text)
}

/// Text of others, fit for the details.
pub(crate) fn clean(text: &str) -> String {
    let mut text = redact(text);
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn details_tell_every_cause_and_no_secret() {
        let inner = std::io::Error::other("GET https://x.example/?access_token=hunter2 failed");
        let text = chain(&Outer(inner));
        assert!(text.starts_with("outer: GET https://x.example/"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn what_is_hidden_from_a_stranger_asks_for_a_sign_in() {
        let stranger = Place::of("s", false).what("ada/x/y").not_found();
        assert_eq!(stranger.retry, Retry::AfterSignIn);
        assert_eq!(Place::of("s", true).not_found().retry, Retry::No);
        assert_eq!(
            Place::of("s", true).unauthorized().code,
            ErrorCode::SignInExpired
        );
        assert_eq!(
            Place::of("s", false).unauthorized().code,
            ErrorCode::SignInNeeded
        );
    }
}
