//! The values of an upload.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Feature;
use crate::digest::{Md5Digest, Sha256Digest};

/// Which digests a remote will want for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HashPlan {
    /// Whether the upload will announce an MD5 (the Cloud Library's single PUT).
    pub md5: bool,
    /// The part size to expect, in bytes, when part digests will be needed. The engine remembers
    /// what each server really chose and prefers that.
    pub part_size: Option<u64>,
}

/// What to publish, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSpec {
    /// The file, for what a remote wants to know of it beyond its bytes. It may change or go at any time.
    pub file: PathBuf,
    /// `entity/collection/container`, without host, tag or digest.
    pub path: String,
    /// Tags to set; may be empty.
    pub tags: Vec<String>,
    /// Architecture in the library's spelling (`amd64`), or empty when unknown.
    pub arch: String,
    /// SHA-256 of the whole file.
    pub digest: Sha256Digest,
    /// Length in bytes.
    pub size: u64,
    /// MD5 of the whole file when [`HashPlan::md5`] asked for it.
    pub md5: Option<Md5Digest>,
    /// Description for the image.
    pub description: Option<String>,
    /// Whether the file goes into a private container only, which is created where it is missing.
    pub private: bool,
    /// False after the server said that it cannot take parts.
    pub allow_multipart: bool,
}

/// How an upload goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PushShape {
    /// The library holds these bytes already; only tags are set.
    AlreadyThere,
    /// One request carries the file.
    Single,
    /// The file goes up in parts; the last one holds what remains.
    Multipart {
        /// The server's name for the upload.
        upload_id: String,
        /// Bytes in each part but the last.
        part_size: u64,
        /// Number of parts, counted from 1.
        total_parts: u32,
        /// Whether each part is announced with its SHA-256.
        part_digest_needed: bool,
    },
    /// The file goes up in one row, chunk after chunk, and the server knows how far it came.
    Chunked {
        /// A name for the upload that stays the same while it lasts.
        upload_id: String,
        /// Bytes in each chunk but the last. Of one that arrived in part the rest is sent.
        chunk_size: u64,
    },
}

/// An open upload. Serializable, so that it goes on after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSession {
    /// How it goes on.
    pub shape: PushShape,
    /// Whatever the remote needs to go on (image id and the like), as JSON. Opaque to the engine;
    /// kept in the journal, so it must hold no secret.
    pub resume: String,
    /// What this upload has to do without on this server.
    #[serde(default)]
    pub without: Vec<Feature>,
}

/// One part about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartUpload {
    /// Counted from 1.
    pub number: u32,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of the part when the session needs it.
    pub sha256: Option<Sha256Digest>,
}

/// The next bytes of a [`PushShape::Chunked`] upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkUpload {
    /// Where they begin in the file: what the server has already.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
}

/// How far a [`PushShape::Chunked`] upload came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPosition {
    /// Bytes that the server has, from the first on.
    pub offset: u64,
    /// Takes the place of [`PushSession::resume`].
    pub resume: String,
}

/// A whole file about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeUpload {
    /// Bytes.
    pub length: u64,
    /// SHA-256 of the file.
    pub sha256: Sha256Digest,
}

/// The server's acknowledgement of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReceipt {
    /// The `ETag`, verbatim with its quotes.
    pub etag: String,
}

/// An acknowledged part, as completion lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletedPart {
    /// Counted from 1.
    pub number: u32,
    /// The `ETag`, verbatim.
    pub etag: String,
}

/// What the server tells when an upload is complete.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// Where the container can be seen in a browser, as the server wrote it.
    pub container_url: Option<String>,
}

/// A question for [`Remote::confirm`](super::Remote::confirm).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// `entity/collection/container`.
    pub path: String,
    /// Architecture, or empty.
    pub arch: String,
    /// The tag to ask for; `None` asks for `digest` itself.
    pub tag: Option<String>,
    /// The digest that is expected.
    pub digest: Sha256Digest,
}
