//! The library's errors, sorted by what the engine does about them.

use sifter_library_client::{Error, TokenError};
use sifter_transfer::remote::Feature;
use sifter_transfer::{RemoteError, RemoteErrorKind};

/// An error of a call that has nothing to do with an upload session or a download's address.
pub(super) fn sort(error: Error) -> RemoteError {
    let kind = match &error {
        Error::Unauthorized | Error::Token(TokenError::SignInNeeded) => {
            RemoteErrorKind::Unauthorized
        }
        Error::Token(TokenError::Locked) => RemoteErrorKind::Locked,
        Error::ScopeMissing { scopes } => RemoteErrorKind::ScopeMissing {
            scopes: scopes.clone(),
        },
        Error::Forbidden(_) => RemoteErrorKind::Forbidden,
        Error::NotFound => RemoteErrorKind::NotFound,
        Error::QuotaExceeded(_) => RemoteErrorKind::QuotaExceeded,
        Error::DamagedOnArrival(_) => RemoteErrorKind::Integrity,
        Error::RangeIgnored => RemoteErrorKind::Unsupported(Feature::Range),
        Error::InvalidAnswer { .. } => RemoteErrorKind::Garbled,
        // A new address is asked for with the next try.
        Error::LinkRefused { .. } => RemoteErrorKind::Transient { retry_after: None },
        transient if transient.is_transient() => RemoteErrorKind::Transient {
            retry_after: transient.retry_after(),
        },
        _ => RemoteErrorKind::Fatal,
    };
    RemoteError::new(kind, error)
}

/// An error within an upload: what is not there any more is the upload itself. Hinkskalle answers 406 for an
/// upload or a part that it will not take up again: a part's address is good for one try there, and another
/// one is to be had with a new upload only.
pub(super) fn sort_in_upload(error: Error) -> RemoteError {
    match error {
        Error::NotFound
        | Error::Rejected { status: 406, .. }
        | Error::LinkRefused { status: 406 } => {
            RemoteError::new(RemoteErrorKind::SessionForgotten, error)
        }
        other => sort(other),
    }
}

/// An error while bytes are read: an address that is refused has expired.
pub(super) fn sort_in_download(error: Error) -> RemoteError {
    match error {
        Error::LinkRefused { .. } => RemoteError::new(RemoteErrorKind::SessionForgotten, error),
        other => sort(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expired_address_is_asked_for_again() {
        let refused = || Error::LinkRefused { status: 403 };
        assert_eq!(
            *sort_in_download(refused()).kind(),
            RemoteErrorKind::SessionForgotten
        );
        assert!(matches!(
            sort_in_upload(refused()).kind(),
            RemoteErrorKind::Transient { .. }
        ));
        assert_eq!(
            *sort_in_upload(Error::NotFound).kind(),
            RemoteErrorKind::SessionForgotten
        );
        assert_eq!(
            *sort_in_upload(Error::LinkRefused { status: 406 }).kind(),
            RemoteErrorKind::SessionForgotten
        );
        assert_eq!(*sort(Error::NotFound).kind(), RemoteErrorKind::NotFound);
    }

    #[test]
    fn what_a_person_has_to_do_first_is_told_apart() {
        let scopes = "library:write".to_owned();
        let lacking = Error::ScopeMissing {
            scopes: scopes.clone(),
        };
        assert_eq!(
            *sort_in_upload(lacking).kind(),
            RemoteErrorKind::ScopeMissing { scopes }
        );
        let locked = Error::Token(TokenError::Locked);
        assert_eq!(*sort_in_download(locked).kind(), RemoteErrorKind::Locked);
        let ended = Error::Token(TokenError::SignInNeeded);
        assert_eq!(*sort(ended).kind(), RemoteErrorKind::Unauthorized);
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_worth_another_try() {
        let cut = Error::InvalidAnswer {
            what: "another number of bytes is announced than was asked for",
            source: None,
        };
        assert_eq!(*sort_in_download(cut).kind(), RemoteErrorKind::Garbled);
    }
}
