//! Errors of this computer: images, Sifter's own files, the library that runs here.

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::path::Path;

use sifter_contract::{ErrorCode, Retry, UiError};

use crate::errors::chain;
use crate::settings::SettingsError;

/// Why a file is no image that can be sent.
pub(crate) fn sif(error: &sifter_sif::Error, name: &str, path: &Path) -> UiError {
    use sifter_sif::Error;
    let code = match error {
        Error::Open { source, .. } => match source.kind() {
            ErrorKind::NotFound => ErrorCode::FileMissing,
            ErrorKind::IsADirectory => ErrorCode::FileIsFolder,
            _ => ErrorCode::FileUnreadable,
        },
        Error::NotAFile { .. } if path.is_dir() => ErrorCode::FileIsFolder,
        Error::Read { .. } => ErrorCode::FileUnreadable,
        Error::NotAFile { .. } | Error::NotSif | Error::UnsupportedVersion { .. } => {
            ErrorCode::NotASif
        }
        // Too short for the magic bytes: nothing says that this ever was an image.
        Error::Truncated { len, .. } if *len < MAGIC_END => ErrorCode::NotASif,
        _ => ErrorCode::SifDamaged,
    };
    UiError::new(code).with("name", name).details(chain(error))
}

/// Where the magic bytes end (SIF specification: a launch script of 32 bytes, then 10 bytes of magic).
const MAGIC_END: u64 = 42;

/// A file or database of Sifter's own could not be used.
pub(crate) fn storage(error: &(dyn StdError + 'static)) -> UiError {
    UiError::new(ErrorCode::StorageFailed)
        .retry(Retry::Yes)
        .details(chain(error))
}

/// The settings could not be read or written.
pub(crate) fn settings(error: &SettingsError) -> UiError {
    storage(error)
}

/// The library on this computer did not start. `reason` is a word the window may act on.
pub(crate) fn local_library(error: &sifter_library_server::Error) -> UiError {
    use sifter_library_server::Error;
    let reason = match error {
        Error::Listen { .. } => "port",
        Error::AlreadyServed(_) => "already_running",
        Error::NewerSchema { .. } => "newer",
        Error::Disk { .. } | Error::Store(_) => "disk",
        _ => "other",
    };
    UiError::new(ErrorCode::LocalLibraryFailed)
        .with("reason", reason)
        .retry(Retry::Yes)
        .details(chain(error))
}

/// The library on this computer was stopped, and something needs it.
pub(crate) fn local_off() -> UiError {
    UiError::new(ErrorCode::LocalLibraryFailed)
        .with("reason", "off")
        .retry(Retry::Yes)
}

/// Nothing could be put on the clipboard.
pub(crate) fn clipboard(error: &std::io::Error) -> UiError {
    UiError::new(ErrorCode::Internal)
        .retry(Retry::Yes)
        .details(chain(error))
}

/// No page could be shown.
pub(crate) fn browser(error: &std::io::Error) -> UiError {
    UiError::new(ErrorCode::BrowserUnavailable)
        .retry(Retry::Yes)
        .details(chain(error))
}

/// Nothing on the clipboard can be a token.
pub(crate) fn no_token(server: &str) -> UiError {
    UiError::new(ErrorCode::NoTokenInClipboard)
        .with("server", server)
        .retry(Retry::Yes)
}

/// A file or folder cannot be shown.
pub(crate) fn reveal(error: &std::io::Error) -> UiError {
    UiError::new(ErrorCode::Internal).details(chain(error))
}

/// A file is not where it was.
pub(crate) fn file_missing(name: &str) -> UiError {
    UiError::new(ErrorCode::FileMissing).with("name", name)
}

/// A look at an image in a library would fetch more than `limit` bytes.
pub(crate) fn fetch_limit(name: &str, limit: u64) -> UiError {
    UiError::new(ErrorCode::FetchLimit)
        .with("name", name)
        .with("limit", limit)
}

/// A file lies in quarantine.
pub(crate) fn in_quarantine(name: &str) -> UiError {
    UiError::new(ErrorCode::InQuarantine).with("name", name)
}

/// A file cannot be deleted.
pub(crate) fn undeletable(error: &std::io::Error, name: &str) -> UiError {
    let code = match error.kind() {
        ErrorKind::NotFound => ErrorCode::FileMissing,
        _ => ErrorCode::FileUnreadable,
    };
    UiError::new(code)
        .with("name", name)
        .retry(Retry::Yes)
        .details(chain(error))
}

/// A file that the person chose cannot be written.
pub(crate) fn unwritable_file(error: &std::io::Error, path: &Path) -> UiError {
    let folder = path.parent().map(crate::settings::folder_name);
    UiError::new(ErrorCode::FolderUnwritable)
        .with("folder", folder.unwrap_or_default())
        .retry(Retry::Yes)
        .details(chain(error))
}

/// The file system in an image cannot be looked into.
pub(crate) fn contents(error: &sifter_sif::Error, name: &str, path: &Path) -> UiError {
    use sifter_sif::Error;
    let reason = match error {
        Error::Encrypted(_) => "encrypted",
        Error::NoRootFileSystem => "none",
        Error::UnsupportedFileSystem(_)
        | Error::UnsupportedSquashfs { .. }
        | Error::UnsupportedCompression(_) => "unsupported",
        Error::NotSquashfs | Error::FileSystem { .. } => "damaged",
        Error::NoSuchFile { .. } => "missing",
        _ => return sif(error, name, path),
    };
    UiError::new(ErrorCode::ContentsUnreadable)
        .with("name", name)
        .with("reason", reason)
        .details(chain(error))
}
