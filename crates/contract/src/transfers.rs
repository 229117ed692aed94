//! Transfers as the window draws them (mock 05).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FileCheck, LibraryPath, UiError};

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the library.
    Up,
    /// From the library.
    Down,
}

/// How a transfer came to its good end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DoneHow {
    /// Uploaded, and the library confirmed the digest under every tag.
    Arrived,
    /// The same, but the server answered late and was asked again.
    ArrivedLate,
    /// The image was in the library already; only tags were set.
    AlreadyThere,
    /// Downloaded, and the digest is the one the library promised.
    Verified,
    /// The same, but the image must not be used, so that it was put into quarantine.
    Quarantined,
}

/// What a server cannot do, as far as a person notices it in a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CapabilityNote {
    /// It takes a file only in one piece: an upload that is interrupted begins again.
    NoParts,
    /// It sends a file only in one piece: a download that is interrupted begins again.
    NoRanges,
    /// A tag belongs to one image there, whatever the architecture.
    NoArchTags,
    /// It takes uploads only in the way of libraries before 2019: in one piece, and it tells no quota.
    OldUpload,
    /// It sets `latest` after every upload, whatever tags were asked for.
    MovesLatest,
}

/// Whether others can get an uploaded image, found out by asking for it as a stranger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkCheck {
    /// Anybody who has the link.
    Anyone,
    /// Only people it is shared with.
    OnlyShared,
    /// The library runs on this computer, where nobody else reaches it.
    OnlyHere,
    /// The question was not answered.
    Unknown,
}

/// Where a transfer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Phase {
    /// Waiting for its turn.
    Queued,
    /// Reading the file once to learn its digest.
    Hashing,
    /// Sending.
    Uploading,
    /// All sent; the server works.
    ServerProcessing,
    /// Asking the library whether the digest is there.
    Checking,
    /// Receiving.
    Downloading,
    /// Comparing digests and putting the file in place.
    Verifying,
    /// Finished well.
    Done {
        /// How.
        how: DoneHow,
    },
    /// Stopped by the person; goes on from where it was.
    Paused,
    /// Needs a decision or a retry.
    NeedsAttention {
        /// Why.
        error: UiError,
    },
    /// Stopped for good by the person.
    Cancelled,
}

/// The parts of a transfer, for the bar: acknowledged, in flight, to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Parts {
    /// All parts.
    pub total: u32,
    /// Safe on the other side.
    pub done: u32,
    /// On their way.
    pub in_flight: u32,
    /// Sent more than once.
    pub retried: u32,
}

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransferView {
    /// Opaque id.
    pub id: String,
    /// Up or down.
    pub direction: Direction,
    /// File name on this computer.
    pub file_name: String,
    /// Server's id.
    pub server_id: String,
    /// Server's name.
    pub server_name: String,
    /// Container.
    pub path: LibraryPath,
    /// Tags to set, or the tag fetched.
    pub tags: Vec<String>,
    /// Architecture, if known.
    pub arch: Option<String>,
    /// Where it stands.
    pub phase: Phase,
    /// Bytes to move; 0 while unknown.
    pub bytes_total: u64,
    /// Bytes safe on the other side.
    pub bytes_done: u64,
    /// Parts, for the bar.
    pub parts: Parts,
    /// Bytes a second over the last seconds.
    pub speed: u64,
    /// Seconds left, when there is a sound guess.
    pub seconds_left: Option<u32>,
    /// When it was asked for, RFC 3339.
    pub created: String,
    /// When it ended, RFC 3339.
    pub finished: Option<String>,
    /// Seconds from the first byte to the end.
    pub seconds_taken: Option<u32>,
    /// `sha256.<hex>` once known.
    pub digest: Option<String>,
    /// A reference to copy: `library://entity/collection/container:tag`.
    pub reference: String,
    /// Why it began anew, when it did: the file changed, or the server forgot the upload.
    pub restarted: Option<UiError>,
    /// Whether a finished download is still where it was put, in its folder or in quarantine.
    pub file_present: bool,
    /// What the signatures of a download say.
    pub check: Option<FileCheck>,
    /// What the server makes it do without.
    pub notes: Vec<CapabilityNote>,
    /// Whether the link of a finished upload works for others; `None` until that has been asked.
    pub link: Option<LinkCheck>,
}

/// All transfers, in the order of the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransferList {
    /// Moving now.
    pub active: Vec<TransferView>,
    /// Waiting or paused, in order.
    pub queued: Vec<TransferView>,
    /// In need of a decision.
    pub attention: Vec<TransferView>,
    /// Ended, newest first, 30 days.
    pub history: Vec<TransferView>,
    /// Bytes a second upwards, all transfers.
    pub speed_up: u64,
    /// Bytes a second downwards, all transfers.
    pub speed_down: u64,
    /// Whether everything was paused at once.
    pub all_paused: bool,
}

/// What to do when a file of that name is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ClashPolicy {
    /// Do not start; answer `file_exists`.
    Ask,
    /// Put the new file in its place once it is verified.
    Replace,
    /// Choose a free name such as `name (2).sif`.
    KeepBoth,
}

/// What a download will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DownloadPlan {
    /// File name it will get.
    pub file_name: String,
    /// Folder it goes to.
    pub folder: String,
    /// Last component of the folder.
    pub folder_name: String,
    /// Bytes.
    pub size: u64,
    /// Free bytes there, if the system tells.
    pub free: Option<u64>,
    /// A file of that name is there already.
    pub clash: bool,
    /// That file has the same digest: nothing to download.
    pub same: bool,
    /// Name it would get beside the existing file.
    pub keep_both_name: String,
}
