//! What callers ask the engine to do.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Names a transfer for as long as its history is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransferId(uuid::Uuid);

impl TransferId {
    /// A new id; later ids sort after earlier ones.
    pub(crate) fn generate() -> Self {
        Self(uuid::Uuid::now_v7())
    }
}

impl fmt::Display for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for TransferId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        uuid::Uuid::parse_str(text).map(Self)
    }
}

macro_rules! key_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the caller's own name for it.
            pub fn new(key: impl Into<String>) -> Self {
                Self(key.into())
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

key_type!(
    /// The caller's name for a server, stable across restarts.
    ServerKey
);
key_type!(
    /// The caller's name for an account at a server, stable across restarts. Never a secret.
    AccountKey
);

/// Publish a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRequest {
    /// The file to read. Opened when its turn comes.
    pub file: PathBuf,
    /// Where to.
    pub server: ServerKey,
    /// As whom.
    pub account: Option<AccountKey>,
    /// `entity/collection/container`.
    pub path: String,
    /// Tags to set.
    pub tags: Vec<String>,
    /// Architecture in the library's spelling, or empty.
    pub arch: String,
    /// Description for the image.
    pub description: Option<String>,
    /// Whether the file goes into a private container only, which is created where it is missing.
    pub private: bool,
}

/// Fetch an image into a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Where from.
    pub server: ServerKey,
    /// As whom.
    pub account: Option<AccountKey>,
    /// The reference as the remote understands it, `entity/collection/container:tag`.
    pub reference: String,
    /// Architecture wanted, or empty.
    pub arch: String,
    /// The folder to put the file into. It must exist.
    pub folder: PathBuf,
    /// The file's name there: one name, no separators.
    pub file_name: String,
    /// What to do when a different file has that name.
    pub clash: ClashPolicy,
    /// Length in bytes when the caller knows it already; decides the lane and nothing else.
    pub size_hint: Option<u64>,
}

/// What to do when another file already has the name of a download. A file with the same bytes is
/// never a clash: the transfer ends as [`Outcome::AlreadyHere`](crate::Outcome::AlreadyHere).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClashPolicy {
    /// Stop and ask.
    #[default]
    Fail,
    /// Put the verified download in its place, in one atomic step.
    Replace,
    /// Use the next free name, `NAME (2).sif`.
    KeepBoth,
}
