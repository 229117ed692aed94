//! Errors of a library as its client sees it, and of references and addresses.

use sifter_contract::{ErrorCode, Retry, UiError};
use sifter_library_api::RefError;
use sifter_library_client::error::AddressFault;
use sifter_library_client::{Error, TokenError};

use crate::errors::{Place, chain, distrusted, unreachable};

/// What a call to a library ended in.
pub(crate) fn client(error: &Error, place: &Place) -> UiError {
    let seconds = || error.retry_after().map_or(0, |wait| wait.as_secs());
    match error {
        Error::NotFound => place.not_found(),
        Error::Unauthorized | Error::Token(TokenError::SignInNeeded) => place.unauthorized(),
        Error::Token(TokenError::Locked) => place.retry(ErrorCode::VaultClosed),
        Error::ScopeMissing { scopes } => place.scope_missing(scopes),
        Error::Forbidden(_) => place.forbidden(),
        Error::QuotaExceeded(_) => place.error(ErrorCode::QuotaExceeded),
        Error::Throttled { .. } => place.retry(ErrorCode::Throttled).with("seconds", seconds()),
        Error::ServerFault { status, .. } => place
            .retry(ErrorCode::ServerFault)
            .with("status", u64::from(*status)),
        Error::Conflict(_) | Error::Rejected { .. } => {
            let status = if let Error::Rejected { status, .. } = error {
                *status
            } else {
                409
            };
            place
                .error(ErrorCode::ServerFault)
                .with("status", u64::from(status))
        }
        Error::Unreachable { reason, .. } => unreachable(*reason, place),
        Error::Interrupted(_) | Error::LinkRefused { .. } | Error::Token(_) => {
            place.retry(ErrorCode::Unreachable)
        }
        Error::Certificate(refusal) => distrusted(refusal, place),
        Error::NotALibrary(_) => place.error(ErrorCode::NotALibrary),
        Error::Address(AddressFault::PlainHttp | AddressFault::Downgrade) => {
            place.error(ErrorCode::NotEncrypted)
        }
        Error::Address(_) => place
            .error(ErrorCode::InvalidAddress)
            .with("text", place.server.as_str()),
        Error::InvalidAnswer { .. } | Error::TooLarge { .. } | Error::RangeIgnored => {
            place.retry(ErrorCode::InvalidAnswer)
        }
        Error::OciImageInstead => place.error(ErrorCode::OciImage),
        _ => place.error(ErrorCode::Internal).retry(Retry::Yes),
    }
    .details(chain(error))
}

/// A text is no address of a server.
pub(crate) fn address(text: &str) -> UiError {
    UiError::new(ErrorCode::InvalidAddress).with("text", text.chars().take(80).collect::<String>())
}

/// A text is no reference.
pub(crate) fn reference(text: &str, error: &RefError) -> UiError {
    UiError::new(ErrorCode::InvalidName)
        .with("field", "reference")
        .with("text", text.chars().take(80).collect::<String>())
        .details(chain(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_can_do_decides_the_code() {
        let place = Place::of("lab", true).what("ada/x/y:1");
        assert_eq!(
            client(&Error::NotFound, &place).params["what"],
            "ada/x/y:1".into()
        );
        assert_eq!(
            client(&Error::Unauthorized, &place).code,
            ErrorCode::SignInExpired
        );
        let forbidden = client(&Error::Forbidden(Default::default()), &place);
        assert_eq!(forbidden.params["owner"], "ada".into());
        let scopes = "library:write".to_owned();
        let scope = client(&Error::ScopeMissing { scopes }, &place);
        assert_eq!(scope.code, ErrorCode::ScopeMissing);
        assert_eq!(scope.params["scopes"], "library:write".into());
        assert_eq!(scope.retry, Retry::AfterSignIn);
        let plain = client(&Error::Address(AddressFault::PlainHttp), &place);
        assert_eq!(plain.code, ErrorCode::NotEncrypted);
        assert_eq!(
            client(&Error::OciImageInstead, &place).code,
            ErrorCode::OciImage
        );
    }
}
