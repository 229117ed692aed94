//! Errors around signing in.

use sifter_account::{Error, vault::VaultError};
use sifter_contract::{ErrorCode, Retry, UiError};

use crate::errors::{Place, chain, storage};

/// What went wrong with an account or a sign-in.
pub(crate) fn account(error: &Error, place: &Place) -> UiError {
    let again = |code| place.error(code).retry(Retry::Yes);
    match error {
        Error::BrowserUnavailable(_) | Error::PortUnavailable(_) => {
            again(ErrorCode::BrowserUnavailable)
        }
        Error::Denied { .. } => again(ErrorCode::SignInDeclined),
        Error::IssuerMismatch | Error::UnsafeServer { .. } | Error::ServerRejected { .. } => {
            again(ErrorCode::SignInRejected)
        }
        Error::OtherPerson { expected, found } => again(ErrorCode::OtherPerson)
            .with("expected", expected.as_str())
            .with("found", found.chars().take(80).collect::<String>()),
        Error::TimedOut => again(ErrorCode::SignInTimedOut),
        Error::Cancelled => place.error(ErrorCode::Cancelled),
        Error::TooManySignIns => again(ErrorCode::SignInBusy),
        Error::Network(_) => again(ErrorCode::Unreachable),
        Error::Tls(_) => place.error(ErrorCode::CertificateUntrusted),
        Error::BadResponse { .. } => again(ErrorCode::InvalidAnswer),
        Error::NoSignIn => place
            .error(ErrorCode::NotOffered)
            .with("what", "browser_sign_in"),
        Error::NoCode => place
            .error(ErrorCode::NotOffered)
            .with("what", "device_code"),
        Error::TokenRefused => place.error(ErrorCode::TokenRefused),
        Error::NotAToken => place.error(ErrorCode::NoTokenInClipboard),
        Error::NeedsSignIn => place
            .error(ErrorCode::SignInExpired)
            .retry(Retry::AfterSignIn),
        Error::UnknownAccount => place
            .error(ErrorCode::SignInNeeded)
            .retry(Retry::AfterSignIn),
        Error::Keychain(VaultError::Locked) => again(ErrorCode::KeychainLocked),
        Error::Keychain(_) => again(ErrorCode::KeychainFailed),
        _ => return storage(error),
    }
    .details(chain(error))
}

/// A secret that is not an account's cannot be taken from the keychain, or removed.
pub(crate) fn keychain(error: &VaultError) -> UiError {
    let code = match error {
        VaultError::Locked => ErrorCode::KeychainLocked,
        _ => ErrorCode::KeychainFailed,
    };
    UiError::new(code).retry(Retry::Yes).details(chain(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_the_person_declined_is_told_apart_from_one_that_was_attacked() {
        let place = Place::of("lab", false);
        let declined = account(
            &Error::Denied {
                reason: "access_denied".into(),
            },
            &place,
        );
        assert_eq!(declined.code, ErrorCode::SignInDeclined);
        assert_eq!(
            account(&Error::IssuerMismatch, &place).code,
            ErrorCode::SignInRejected
        );
        assert_eq!(
            account(&Error::TimedOut, &place).code,
            ErrorCode::SignInTimedOut
        );
    }
}
