//! What the journal knows about a transfer.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::digest::{Md5Digest, Sha256Digest};
use crate::error::Failure;
use crate::remote::{Feature, PushSession};
use crate::request::{AccountKey, PullRequest, PushRequest, ServerKey, TransferId};
use crate::view::{Notice, Outcome};

/// A transfer as stored.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: TransferId,
    pub(crate) position: i64,
    pub(crate) status: Status,
    pub(crate) times: Times,
    pub(crate) request: Request,
    pub(crate) checkpoint: Checkpoint,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "direction", rename_all = "snake_case")]
pub(crate) enum Request {
    Push(PushRequest),
    Pull(PullRequest),
}

impl Request {
    pub(crate) fn server(&self) -> &ServerKey {
        match self {
            Self::Push(request) => &request.server,
            Self::Pull(request) => &request.server,
        }
    }

    pub(crate) fn account(&self) -> Option<&AccountKey> {
        match self {
            Self::Push(request) => request.account.as_ref(),
            Self::Pull(request) => request.account.as_ref(),
        }
    }
}

/// Where a transfer stands when nothing runs. A running one is stored as queued, which is what it
/// is after a crash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum Status {
    Queued,
    Paused,
    NeedsAttention { failure: Failure },
    Done { how: Outcome },
    Cancelled,
}

impl Status {
    /// Whether the transfer belongs to the history.
    pub(crate) fn is_history(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Cancelled)
    }
}

/// When things happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) created_at: OffsetDateTime,
    pub(crate) started_at: Option<OffsetDateTime>,
    pub(crate) finished_at: Option<OffsetDateTime>,
}

/// How far a run came, besides its parts. Unknown fields of later versions are ignored and missing
/// ones defaulted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Checkpoint {
    pub(crate) bytes_total: Option<u64>,
    pub(crate) digest: Option<Sha256Digest>,
    pub(crate) notice: Option<Notice>,
    /// The file a finished pull left.
    pub(crate) file: Option<PathBuf>,
    /// Whether that file lies in quarantine.
    pub(crate) quarantined: bool,
    pub(crate) container_url: Option<String>,
    /// What the server made the transfer do without.
    pub(crate) without: Vec<Feature>,
    /// A line of the caller's own.
    pub(crate) remark: Option<String>,
    pub(crate) work: Work,
}

/// What only one direction has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    #[default]
    NotBegun,
    Push(PushWork),
    Pull(PullWork),
}

/// An upload under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PushWork {
    /// The file as it was when it was hashed.
    pub(crate) source: SourceIdentity,
    pub(crate) digest: Sha256Digest,
    pub(crate) md5: Option<Md5Digest>,
    pub(crate) session: Option<PushSession>,
    /// Bytes that the server acknowledged of an upload in one row.
    #[serde(default)]
    pub(crate) sent: u64,
    pub(crate) stage: PushStage,
}

/// How far an upload came beyond its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PushStage {
    /// Parts are missing.
    Sending,
    /// Completion was, or may have been, asked for: its answer is unknown.
    Completing,
    /// The library has the bytes. `late` when that was learned by asking.
    Tagging { late: bool },
}

/// A download under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PullWork {
    pub(crate) part_file: PartFileIdentity,
    /// Bytes in a range: the numbers of finished ranges mean nothing without it.
    pub(crate) range_size: u64,
}

/// Tells whether a file is still the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceIdentity {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) size: u64,
    pub(crate) modified_ns: i64,
}

/// Tells whether a partial download is still the file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartFileIdentity {
    pub(crate) path: PathBuf,
    pub(crate) device: u64,
    pub(crate) inode: u64,
}
