//! Errors: what a call to the engine can answer, and why a transfer can stop.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::file_name::FileNameError;
use crate::remote::{Feature, RemoteError, RemoteErrorKind};
use crate::request::TransferId;

/// Why the engine could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process uses the same data folder.
    #[error("another Sifter uses the transfers in {}", folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}", folder.display())]
    DataFolder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The journal cannot be read or written.
    #[error("cannot use the journal of transfers")]
    Journal(#[source] rusqlite::Error),
    /// The journal was written by a later version.
    #[error("the journal of transfers has version {found}, this program knows up to {known}")]
    JournalTooNew {
        /// Its version.
        found: i64,
        /// The newest version this program reads.
        known: i64,
    },
    /// A row of the journal does not read as it was written.
    #[error("the journal of transfers is damaged")]
    JournalContent(#[source] serde_json::Error),
    /// No transfer has this id.
    #[error("there is no transfer {id}")]
    UnknownTransfer {
        /// The id asked for.
        id: TransferId,
    },
    /// The transfer is not in a state that allows this.
    #[error("transfer {id} is not in a state that allows this")]
    WrongState {
        /// The transfer.
        id: TransferId,
    },
    /// The name for a download is not one plain file name.
    #[error("not a usable file name")]
    FileName {
        /// The name.
        name: String,
        /// What is wrong with it.
        source: FileNameError,
    },
    /// A relative path cannot be made absolute.
    #[error("cannot make {} an absolute path", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The engine was shut down.
    #[error("the transfer engine is shut down")]
    ShutDown,
}

/// Why a transfer stopped and waits for its user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum TransferError {
    /// A sign-in is needed. What was acknowledged stays safe.
    #[error("the server asks for a sign-in")]
    Unauthorized,
    /// The sign-in is locked away until a person unlocks it. What was acknowledged stays safe.
    #[error("the sign-in is locked away")]
    Locked,
    /// The sign-in does not go far enough, and the same person may grant more. What was acknowledged stays safe.
    #[error("the sign-in does not allow this (it lacks \"{scopes}\")")]
    ScopeMissing {
        /// What the server wants to be granted, in its own words; may be empty.
        scopes: String,
    },
    /// The account may not do this.
    #[error("the server does not allow this")]
    Forbidden,
    /// No such reference, or a private one.
    #[error("nothing was found under this reference")]
    NotFound,
    /// The account's storage is full.
    #[error("the storage quota does not allow this")]
    QuotaExceeded,
    /// The push was to be private, and the library would show it to everybody. Nothing was sent.
    #[error("the library does not keep the container private")]
    NotPrivate,
    /// The server could not be reached, or kept failing.
    #[error("the server could not be reached")]
    Unreachable,
    /// The server refused, and trying again would not help.
    #[error("the server refused")]
    Refused,
    /// The server's answer makes no sense, such as parts that do not add up to the file.
    #[error("the server answered something that cannot be right")]
    BadAnswer,
    /// The server forgot the upload again and again.
    #[error("the server keeps forgetting the upload")]
    SessionLost,
    /// All data was sent, but the library does not show it.
    #[error("everything was sent, but the library does not show it")]
    Unconfirmed,
    /// The tag points at other bytes than those pushed.
    #[error("tag {tag} points at {found}")]
    TagElsewhere {
        /// The tag.
        tag: String,
        /// What lies under it.
        found: Sha256Digest,
    },
    /// What arrived does not have the promised hash, also not after fetching it again.
    #[error("the data is damaged: {expected} was promised, {actual} arrived")]
    Damaged {
        /// The promise.
        expected: Sha256Digest,
        /// What arrived.
        actual: Sha256Digest,
    },
    /// The server found what it received damaged, also after sending it again.
    #[error("the server received damaged data")]
    DamagedAtServer,
    /// The file to push is gone.
    #[error("the file is not there any more")]
    SourceMissing,
    /// The file to push cannot be read.
    #[error("the file cannot be read")]
    SourceUnreadable,
    /// What should be pushed is no regular file.
    #[error("this is not a regular file")]
    SourceNotAFile,
    /// The file keeps changing while it is read.
    #[error("the file keeps changing")]
    SourceKeepsChanging,
    /// Another file has the name. It was left untouched.
    #[error("{} exists already", path.display())]
    TargetExists {
        /// The existing file.
        path: PathBuf,
    },
    /// The folder is gone.
    #[error("the folder is not there")]
    FolderMissing,
    /// The folder does not take new files.
    #[error("the folder cannot be written to")]
    FolderNotWritable,
    /// The disk has not enough room.
    #[error("the disk has no room: {needed} bytes needed, {available} available")]
    NotEnoughSpace {
        /// Bytes needed.
        needed: u64,
        /// Bytes available.
        available: u64,
    },
    /// The disk failed in some other way.
    #[error("the disk failed")]
    Disk,
    /// The journal failed.
    #[error("the journal of transfers cannot be written")]
    Journal,
    /// A defect of the engine ended the run. What the journal has is safe.
    #[error("the engine stumbled")]
    Defect,
}

impl TransferError {
    /// Whether the transfer can go on as soon as its account has been seen to: signed in to again, unlocked,
    /// granted more.
    #[must_use]
    pub const fn waits_for_account(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized | Self::Locked | Self::ScopeMissing { .. }
        )
    }
}

/// A [`TransferError`] with the chain of causes, outermost first, for the details drawer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What happened.
    pub error: TransferError,
    /// The messages of the causes.
    pub details: Vec<String>,
}

impl Failure {
    /// A failure with the chain of causes that led to it, beginning with `cause`.
    pub(crate) fn new(error: TransferError, cause: &dyn std::error::Error) -> Self {
        let mut details = Vec::new();
        let mut next = Some(cause);
        // A chain that is longer than this repeats itself.
        while let Some(cause) = next.filter(|_| details.len() < 16) {
            details.push(cause.to_string());
            next = cause.source();
        }
        Self { error, details }
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        Self {
            error,
            details: Vec::new(),
        }
    }
}

impl From<&RemoteError> for Failure {
    fn from(error: &RemoteError) -> Self {
        let kind = match error.kind() {
            RemoteErrorKind::Transient { .. } => TransferError::Unreachable,
            RemoteErrorKind::Garbled => TransferError::BadAnswer,
            RemoteErrorKind::Unauthorized => TransferError::Unauthorized,
            RemoteErrorKind::Locked => TransferError::Locked,
            RemoteErrorKind::ScopeMissing { scopes } => TransferError::ScopeMissing {
                scopes: scopes.clone(),
            },
            RemoteErrorKind::Forbidden => TransferError::Forbidden,
            RemoteErrorKind::NotFound => TransferError::NotFound,
            RemoteErrorKind::QuotaExceeded => TransferError::QuotaExceeded,
            RemoteErrorKind::SessionForgotten => TransferError::SessionLost,
            RemoteErrorKind::Integrity => TransferError::DamagedAtServer,
            RemoteErrorKind::Unsupported(Feature::Private) => TransferError::NotPrivate,
            RemoteErrorKind::Unsupported(_) | RemoteErrorKind::Fatal => TransferError::Refused,
        };
        Self::new(kind, error)
    }
}
