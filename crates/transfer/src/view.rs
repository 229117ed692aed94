//! What a transfer looks like from outside.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::digest::Sha256Digest;
use crate::error::Failure;
use crate::remote::Feature;
use crate::request::{AccountKey, ServerKey, TransferId};

/// Which way the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From this computer to a library.
    Push,
    /// From a library to this computer.
    Pull,
}

/// Which of the two queues a transfer waits in, so that small files never wait for large ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// At least [`EngineOptions::small_below`](crate::EngineOptions::small_below) bytes, or unknown.
    Large,
    /// Below that.
    Small,
}

/// How a finished transfer came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Pushed, and the library confirmed the hash.
    Arrived,
    /// Pushed; the server's answer was unclear, asking it showed that everything arrived.
    ArrivedLate,
    /// Pushed, but the library had the bytes already: only tags were set.
    AlreadyThere,
    /// Pulled, and the hash is the one the library promised.
    Verified,
    /// Nothing was fetched: a file with this hash already had the name, or was copied from elsewhere
    /// on this computer.
    AlreadyHere,
    /// Pulled, and the hash is right, but the judge does not let it be used: it lies in quarantine.
    Quarantined,
}

/// Where a transfer stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Phase {
    /// Waits for its turn.
    Queued,
    /// Reads the file to know its hash.
    Hashing,
    /// Sends bytes.
    Uploading,
    /// Everything was sent; the server works on it.
    ServerProcessing,
    /// Asks the library what lies under the tags.
    Checking,
    /// Receives bytes.
    Downloading,
    /// Compares the hash and puts the file in place.
    Verifying,
    /// Finished well.
    Done {
        /// In which way.
        how: Outcome,
    },
    /// Stopped by the user; goes on with [`Engine::resume`](crate::Engine::resume).
    Paused,
    /// Stopped by a problem; goes on with [`Engine::retry`](crate::Engine::retry).
    NeedsAttention {
        /// What happened.
        failure: Failure,
    },
    /// Given up by the user.
    Cancelled,
}

/// Why a transfer began again from its first byte. Shown, because it costs the user time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// The file changed since parts of it were sent.
    SourceChanged,
    /// The server forgot the upload.
    SessionForgotten,
    /// The tag names other bytes than before.
    ReferenceMoved,
    /// The partial download disappeared or is not the file it was.
    PartialFileChanged,
    /// What arrived did not have the promised hash.
    HashMismatch,
    /// The server does not honour ranges, so the download uses one stream.
    RangesNotHonoured,
}

/// The state of one part or range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartState {
    /// Not begun.
    Waiting,
    /// On its way.
    InFlight,
    /// Acknowledged, and in the journal.
    Acknowledged,
}

/// A run of neighbouring parts in the same state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSpan {
    /// Their state.
    pub state: PartState,
    /// How many.
    pub count: u32,
}

/// The parts of a transfer, short enough for a progress bar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartSummary {
    /// Parts in all; 0 when the transfer has none.
    pub total: u32,
    /// Parts acknowledged and recorded.
    pub acknowledged: u32,
    /// Parts on their way.
    pub in_flight: u32,
    /// Requests for parts that had to be repeated.
    pub retried: u32,
    /// From the first part to the last.
    pub spans: Vec<PartSpan>,
}

/// One row of the transfers screen.
#[derive(Debug, Clone, PartialEq)]
pub struct TransferView {
    /// Its id.
    pub id: TransferId,
    /// Which way.
    pub direction: Direction,
    /// The file's name, without its folder.
    pub name: String,
    /// Where to or from.
    pub server: ServerKey,
    /// As whom.
    pub account: Option<AccountKey>,
    /// `entity/collection/container` for a push, the reference for a pull.
    pub reference: String,
    /// Tags a push sets.
    pub tags: Vec<String>,
    /// Architecture, or empty.
    pub arch: String,
    /// The queue it waits in.
    pub lane: Lane,
    /// Where it stands.
    pub phase: Phase,
    /// Length in bytes, once known.
    pub bytes_total: Option<u64>,
    /// Bytes that are safe: acknowledged and recorded. While hashing, bytes hashed.
    pub bytes_done: u64,
    /// Bytes on their way, not yet acknowledged.
    pub bytes_in_flight: u64,
    /// The parts.
    pub parts: PartSummary,
    /// Bytes a second over the last seconds; `None` when nothing moves.
    pub speed: Option<u64>,
    /// Time left at that speed.
    pub eta: Option<Duration>,
    /// A problem the engine is dealing with by trying again.
    pub trouble: Option<Failure>,
    /// Why it began again, if it did.
    pub notice: Option<Notice>,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// When it first ran.
    pub started_at: Option<OffsetDateTime>,
    /// When it was done, cancelled or failed.
    pub finished_at: Option<OffsetDateTime>,
    /// The file pushed, or the file a finished pull left, in quarantine or not.
    pub file: Option<PathBuf>,
    /// The folder a pull goes to.
    pub folder: Option<PathBuf>,
    /// SHA-256 of the bytes, once known.
    pub digest: Option<Sha256Digest>,
    /// Where the pushed container can be seen, as the server wrote it.
    pub container_url: Option<String>,
    /// What the server makes it do without.
    pub without: Vec<Feature>,
    /// What the caller has noted with [`Engine::remark`](crate::Engine::remark).
    pub remark: Option<String>,
}

/// Every transfer, in the order of the queue, history last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// The rows.
    pub transfers: Vec<Arc<TransferView>>,
}

impl Snapshot {
    /// The row of one transfer.
    #[must_use]
    pub fn get(&self, id: TransferId) -> Option<&TransferView> {
        self.transfers
            .iter()
            .find(|view| view.id == id)
            .map(AsRef::as_ref)
    }
}
