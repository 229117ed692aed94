//! What can go wrong at a remote, sorted by what the engine does about it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A part of the protocol that not every server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Feature {
    /// Uploads in parts.
    Multipart,
    /// Uploads to an address that the server hands out, instead of to the server itself.
    UploadAddress,
    /// Tags for each architecture. Without them setting a tag moves it for all.
    ArchTags,
    /// Leaving alone the tags that nobody asked to set.
    OnlyAskedTags,
    /// Reading a range of an image.
    Range,
    /// Containers that only their owner sees.
    Private,
}

/// The verdict about a failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteErrorKind {
    /// Worth another try: no connection, a reset, a timeout, 408, 429, 5xx.
    #[error("the server did not answer as it should, for now")]
    Transient {
        /// The wait the server asked for (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The answer makes no sense, as when something in between cut it short. Worth a few tries.
    #[error("the server's answer makes no sense")]
    Garbled,
    /// Nobody is signed in, or the sign-in ran out and could not be renewed.
    #[error("the server asks for a sign-in")]
    Unauthorized,
    /// The sign-in is there and locked away: a person has to unlock it.
    #[error("the sign-in is locked away")]
    Locked,
    /// The sign-in does not go far enough; the same person may grant more.
    #[error("the sign-in does not allow this (it lacks \"{scopes}\")")]
    ScopeMissing {
        /// What the server wants to be granted, in its own words; may be empty.
        scopes: String,
    },
    /// Signed in, but not allowed.
    #[error("the server does not allow this")]
    Forbidden,
    /// No such reference, or one this account may not see.
    #[error("the server has nothing under this reference")]
    NotFound,
    /// The account's storage is full (507 in the Cloud Library).
    #[error("the storage quota does not allow this")]
    QuotaExceeded,
    /// The server does not know the upload session, or the address of a download expired.
    #[error("the server forgot this session")]
    SessionForgotten,
    /// The server lacks a feature; the engine does without it.
    #[error("the server does not support {0:?}")]
    Unsupported(Feature),
    /// The server says that what arrived is not what was announced.
    #[error("the server found the data damaged")]
    Integrity,
    /// Anything else; trying again would not help.
    #[error("the server refused")]
    Fatal,
}

/// A failed call to a [`Remote`](super::Remote): the verdict, and the cause for the details.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct RemoteError {
    kind: RemoteErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl RemoteError {
    /// A verdict with the error that led to it. The cause's messages are stored in the journal, so
    /// they must not contain secrets.
    pub fn new(
        kind: RemoteErrorKind,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: Some(cause.into()),
        }
    }

    /// The verdict.
    #[must_use]
    pub fn kind(&self) -> &RemoteErrorKind {
        &self.kind
    }
}

impl From<RemoteErrorKind> for RemoteError {
    fn from(kind: RemoteErrorKind) -> Self {
        Self { kind, source: None }
    }
}
