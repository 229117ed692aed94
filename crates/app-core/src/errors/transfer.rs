//! Errors of the transfer engine.

use std::path::Path;

use sifter_contract::{ErrorCode, Retry, UiError};
use sifter_transfer::{Error, Failure, TransferError};

use crate::errors::{Place, clean, invalid, storage};
use crate::settings::folder_name;
use crate::uploads::file_name;

/// The engine could not do what it was asked.
pub(crate) fn engine(error: &Error) -> UiError {
    match error {
        Error::UnknownTransfer { .. } | Error::WrongState { .. } => {
            invalid("the transfer is not in a state that allows this")
        }
        Error::FileName { name, source } => crate::errors::name("file", name, source),
        _ => storage(error),
    }
}

/// Why a transfer stopped. `name` and `size` are the file's; `folder` is where a download goes.
pub(crate) fn stopped(
    failure: &Failure,
    place: &Place,
    name: &str,
    size: Option<u64>,
    folder: &Path,
) -> UiError {
    let named = |code| UiError::new(code).with("name", name);
    let in_folder = |code| {
        UiError::new(code)
            .with("folder", folder_name(folder))
            .retry(Retry::Yes)
    };
    let error = match &failure.error {
        TransferError::Unauthorized => place.unauthorized(),
        TransferError::Locked => place.retry(ErrorCode::VaultClosed),
        TransferError::ScopeMissing { scopes } => place.scope_missing(scopes),
        TransferError::Forbidden => place.forbidden(),
        TransferError::NotFound => place.not_found(),
        TransferError::QuotaExceeded => {
            let error = place.retry(ErrorCode::QuotaExceeded);
            match size {
                Some(size) => error.with("needs", size),
                None => error,
            }
        }
        TransferError::NotPrivate => place.error(ErrorCode::NotOffered).with("what", "private"),
        TransferError::Unreachable => place.retry(ErrorCode::Unreachable),
        TransferError::Refused => place.error(ErrorCode::ServerFault),
        TransferError::BadAnswer => place.retry(ErrorCode::InvalidAnswer),
        TransferError::SessionLost => UiError::new(ErrorCode::UploadForgotten).retry(Retry::Yes),
        TransferError::Unconfirmed | TransferError::DamagedAtServer => {
            place.retry(ErrorCode::NotConfirmed)
        }
        TransferError::TagElsewhere { tag, .. } => place
            .retry(ErrorCode::NotConfirmed)
            .with("tag", tag.as_str()),
        TransferError::Damaged { .. } => UiError::new(ErrorCode::Damaged).retry(Retry::Yes),
        TransferError::SourceMissing => named(ErrorCode::FileMissing).retry(Retry::Yes),
        TransferError::SourceUnreadable => named(ErrorCode::FileUnreadable).retry(Retry::Yes),
        TransferError::SourceNotAFile => named(ErrorCode::FileIsFolder),
        TransferError::SourceKeepsChanging => named(ErrorCode::FileChanged).retry(Retry::Yes),
        TransferError::TargetExists { path } => UiError::new(ErrorCode::FileExists)
            .with("name", file_name(path))
            .with("folder", path.parent().map(folder_name).unwrap_or_default()),
        TransferError::FolderMissing | TransferError::FolderNotWritable => {
            in_folder(ErrorCode::FolderUnwritable)
        }
        TransferError::NotEnoughSpace { needed, available } => in_folder(ErrorCode::DiskFull)
            .with("needs", *needed)
            .with("free", *available),
        TransferError::Disk | TransferError::Journal => {
            UiError::new(ErrorCode::StorageFailed).retry(Retry::Yes)
        }
        _ => UiError::new(ErrorCode::Internal).retry(Retry::Yes),
    };
    let mut details = failure.error.to_string();
    for cause in &failure.details {
        details.push_str(": ");
        details.push_str(cause);
    }
    error.details(clean(&details))
}

#[cfg(test)]
mod tests {
    use sifter_transfer::FileNameError;

    use super::*;

    #[test]
    fn a_sign_in_that_ran_out_offers_to_sign_in_again() {
        let failure = Failure {
            error: TransferError::Unauthorized,
            details: vec!["Bearer hunter2".into()],
        };
        let error = stopped(
            &failure,
            &Place::of("lab", true),
            "x.sif",
            None,
            Path::new("/d"),
        );
        assert_eq!(error.code, ErrorCode::SignInExpired);
        assert_eq!(error.retry, Retry::AfterSignIn);
        assert!(!error.details.contains("hunter2"), "{}", error.details);
    }

    #[test]
    fn what_a_person_has_to_see_to_first_is_told_apart() {
        let told = |error| {
            let details = vec![];
            let failure = Failure { error, details };
            let place = Place::of("lab", true);
            stopped(&failure, &place, "x.sif", None, Path::new("/d"))
        };
        let scopes = "library:write".to_owned();
        let scope = told(TransferError::ScopeMissing { scopes });
        assert_eq!(scope.code, ErrorCode::ScopeMissing);
        assert_eq!(scope.params["scopes"], "library:write".into());
        assert_eq!(scope.retry, Retry::AfterSignIn);
        let locked = told(TransferError::Locked);
        assert_eq!(
            (locked.code, locked.retry),
            (ErrorCode::VaultClosed, Retry::Yes)
        );
    }

    #[test]
    fn a_full_disk_names_its_numbers() {
        let error = TransferError::NotEnoughSpace {
            needed: 9,
            available: 4,
        };
        let failure = Failure {
            error,
            details: vec![],
        };
        let error = stopped(
            &failure,
            &Place::default(),
            "x.sif",
            None,
            Path::new("/data/images"),
        );
        assert_eq!(error.code, ErrorCode::DiskFull);
        assert_eq!(error.params["needs"], 9_u64.into());
        assert_eq!(error.params["folder"], "images".into());
    }

    #[test]
    fn a_full_account_names_what_the_image_needs() {
        let failure = Failure {
            error: TransferError::QuotaExceeded,
            details: vec![],
        };
        let place = Place::of("lab", true);
        let error = |size| stopped(&failure, &place, "x.sif", size, Path::new("/d"));
        assert_eq!(error(Some(9)).params["needs"], 9_u64.into());
        assert!(!error(None).params.contains_key("needs"));
    }

    #[test]
    fn a_refused_file_name_is_told() {
        let error = engine(&Error::FileName {
            name: "a/b.sif".to_owned(),
            source: FileNameError::Character,
        });
        assert_eq!(error.code, ErrorCode::InvalidName);
        assert_eq!(error.params["text"], "a/b.sif".into());
    }
}
