//! Errors around signing in.

use sifter_account::Error;
use sifter_account::vault::{SHORTEST_PASSPHRASE, VaultError};
use sifter_contract::{ErrorCode, Retry, UiError};

use sifter_library_client::error::proxy_trouble;
use sifter_library_client::http::Refusal;

use crate::errors::{Place, chain, distrusted, not_secured, storage, unreachable};

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
        Error::IdToken(_) => again(ErrorCode::SignInRejected),
        Error::ClientRefused { .. } => again(ErrorCode::ClientIdRefused),
        Error::ApprovalNeeded { .. } => again(ErrorCode::ApprovalNeeded),
        Error::SingleSignOn { organisation } => {
            let error = again(ErrorCode::SingleSignOnNeeded);
            if organisation.is_empty() {
                error
            } else {
                error.with("organisation", organisation.as_str())
            }
        }
        Error::ScopeMissing { scopes } => {
            again(ErrorCode::ScopeMissing).with("scopes", scopes.as_str())
        }
        Error::NotAccepted { .. } => again(ErrorCode::SignInNotAccepted),
        Error::NoExchange => place.error(ErrorCode::NotOffered).with("what", "provider"),
        Error::OtherPerson { expected, found } => again(ErrorCode::OtherPerson)
            .with("expected", expected.as_str())
            .with("found", found.chars().take(80).collect::<String>()),
        Error::TimedOut => again(ErrorCode::SignInTimedOut),
        Error::Cancelled => place.error(ErrorCode::Cancelled),
        Error::TooManySignIns => again(ErrorCode::SignInBusy),
        Error::Network(cause) => match proxy_trouble(&**cause) {
            Some(reason) => unreachable(reason, place),
            None => again(ErrorCode::Unreachable),
        },
        Error::Tls(cause) => match Refusal::find(&**cause) {
            Some(refusal) => distrusted(&refusal, place),
            None => not_secured(place),
        },
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
        Error::Keychain(error) => return keychain(error),
        _ => return storage(error),
    }
    .details(chain(error))
}

/// A secret that is not an account's cannot be taken from the keychain, or removed.
pub(crate) fn keychain(error: &VaultError) -> UiError {
    let code = match error {
        VaultError::Locked => ErrorCode::KeychainLocked,
        VaultError::Closed => ErrorCode::VaultClosed,
        _ => ErrorCode::KeychainFailed,
    };
    UiError::new(code).retry(Retry::Yes).details(chain(error))
}

/// The vault file could not be made, opened or deleted.
pub(crate) fn vault_file(error: &Error) -> UiError {
    let Error::Keychain(vault) = error else {
        return storage(error);
    };
    let code = match vault {
        VaultError::WrongPassphrase => ErrorCode::VaultPassphraseWrong,
        VaultError::WeakPassphrase => ErrorCode::VaultPassphraseWeak,
        VaultError::Corrupt | VaultError::NewerVersion => ErrorCode::VaultDamaged,
        VaultError::Closed => ErrorCode::VaultClosed,
        _ => return storage(vault),
    };
    let least = u64::try_from(SHORTEST_PASSPHRASE).unwrap_or_default();
    UiError::new(code)
        .with("least", least)
        .details(chain(vault))
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
