//! Errors of the command lines' files and helpers.

use sifter_account::command_line::{FileError, HelperError};
use sifter_contract::{ErrorCode, Retry, UiError};

use crate::errors::chain;

/// A file of a command line cannot be used; `path` is how people write it.
pub(crate) fn command_line_file(path: &str, error: &FileError) -> UiError {
    UiError::new(ErrorCode::CommandLineFile)
        .with("path", path)
        .with("reason", error.problem.word())
        .retry(Retry::Yes)
        .details(chain(&error.problem))
}

/// What was found in a file is not in it any more.
pub(crate) fn command_line_gone() -> UiError {
    UiError::new(ErrorCode::CommandLineFile).with("reason", "gone")
}

/// A credential helper gave nothing.
pub(crate) fn credential_helper(error: &HelperError) -> UiError {
    UiError::new(ErrorCode::CredentialHelper)
        .with("name", format!("docker-credential-{}", error.name))
        .with("reason", error.problem.word())
        .retry(Retry::Yes)
        .details(chain(error))
}
