//! The values of a download.

use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;

/// What to get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullSpec {
    /// `entity/collection/container:tag` or `…:sha256.HEX`, as the remote understands it.
    pub reference: String,
    /// Architecture wanted, or empty for the server's choice.
    pub arch: String,
}

/// What a reference named when it was resolved. Serializable for the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullTarget {
    /// The SHA-256 the library promises for the bytes.
    pub digest: Sha256Digest,
    /// Length in bytes.
    pub size: u64,
    /// Whether ranges are known or hoped to work. The engine falls back to one stream when they
    /// turn out not to.
    pub ranges: bool,
    /// Validator for ranges, verbatim, when the server gave one.
    pub etag: Option<String>,
    /// Whatever the remote needs to read the bytes, as JSON. Kept in memory only, because signed
    /// addresses are secrets for as long as they live.
    #[serde(skip)]
    pub resume: String,
}
