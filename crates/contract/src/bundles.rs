//! Offline bundles: an image with the keys of its signers, checksums and a note, for a computer without a network.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{UiError, Verdict};

/// Where a bundle would be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BundlePlace {
    /// What its folder could be called.
    pub name: String,
    /// The folder that it would be made in, as it is shown.
    pub folder: String,
    /// Free bytes there, if the system tells.
    pub free: Option<u64>,
    /// Bytes that the image needs.
    pub needs: u64,
}

/// Makes a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundleStart {
    /// The image.
    pub file_id: String,
    /// The name of the new folder.
    pub name: String,
}

/// Names a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundleRef {
    /// The bundle.
    pub bundle_id: String,
}

/// How far a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BundlePhase {
    /// The image is being copied.
    Copying,
    /// The copy's signatures are being checked, and the keys looked for.
    Verifying,
    /// It is there.
    Done,
    /// It could not be made. Nothing is left of it.
    Failed,
    /// The person has stopped it. Nothing is left of it.
    Cancelled,
}

/// A bundle, while it is made and afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BundleView {
    /// The bundle.
    pub id: String,
    /// The image that it is made of.
    pub file_id: String,
    /// The name of its folder.
    pub name: String,
    /// The folder that it is made in, as it is shown.
    pub folder: String,
    /// How far it is.
    pub phase: BundlePhase,
    /// Bytes of the image that are copied.
    pub bytes_done: u64,
    /// Bytes of the image.
    pub bytes_total: u64,
    /// The files in it, the image first. None before the end.
    pub files: Vec<String>,
    /// What verifying the copy has shown.
    pub verdict: Option<Verdict>,
    /// Fingerprints of the keys that went along.
    pub keys: Vec<String>,
    /// Key ids of the signers whose public key was found nowhere.
    pub missing: Vec<String>,
    /// Why it could not be made.
    pub error: Option<UiError>,
}
