//! Upload sheets. The window gets an opaque id, a file name and facts; never a path, never bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CapabilityNote, LibraryPath, Quota, UiError};

/// What the SIF header says, read in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImageFacts {
    /// Bytes of the file.
    pub size: u64,
    /// Architecture as the library names it; `None` when the image does not say.
    pub arch: Option<String>,
    /// Carries at least one signature object.
    pub signed: bool,
    /// Its root partition is encrypted.
    pub encrypted: bool,
    /// An OCI-SIF, which only SingularityCE 4 and later can run.
    pub oci_sif: bool,
    /// File system of the root partition, such as `Squashfs`.
    pub root_fs: Option<String>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
}

/// One file of a sheet: facts, or the reason there are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftFile {
    /// Opaque id.
    pub id: String,
    /// File name without folders.
    pub name: String,
    /// Facts of a good file.
    pub facts: Option<ImageFacts>,
    /// Why this file cannot be uploaded.
    pub problem: Option<UiError>,
    /// Container name made from the file name.
    pub suggested_container: String,
    /// Tags made from the file name.
    pub suggested_tags: Vec<String>,
}

/// The files dropped or chosen together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftSheet {
    /// Opaque id.
    pub id: String,
    /// Its files, in the order they came.
    pub files: Vec<DraftFile>,
}

/// What a person has filled in for one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UploadItem {
    /// The file.
    pub file_id: String,
    /// Where it goes.
    pub path: LibraryPath,
    /// Tags to set.
    pub tags: Vec<String>,
    /// What changed; may be empty.
    pub description: String,
    /// Make a new container private. Says nothing about a container that is there already.
    pub private: bool,
}

/// What setting one tag will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum TagEffect {
    /// The tag is new for this architecture.
    New {
        /// The tag.
        tag: String,
    },
    /// The tag moves from another image.
    Moves {
        /// The tag.
        tag: String,
        /// Digest it names now, `sha256.<hex>`.
        from: String,
    },
    /// The server keeps one image for a tag, and the one that it names now is of another architecture: the tag
    /// leaves it.
    MovesEverywhere {
        /// The tag.
        tag: String,
        /// Digest it names now, `sha256.<hex>`; empty when not known.
        from: String,
        /// The architecture of that image; empty when not known.
        arch: String,
    },
    /// The tag names an image on another architecture that stays.
    StaysElsewhere {
        /// The tag.
        tag: String,
        /// The other architecture.
        arch: String,
    },
    /// The tag breaks the grammar.
    Invalid {
        /// The text.
        tag: String,
    },
}

/// What uploading one file will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UploadItemPlan {
    /// The file.
    pub file_id: String,
    /// Effect of each tag.
    pub tags: Vec<TagEffect>,
    /// Levels that will be created, from the top and in full, such as `ada/genomics` and
    /// `ada/genomics/samtools`. A level that several files need is in the plan of the first only.
    pub creates: Vec<String>,
    /// Whether anybody will be able to download it.
    pub public: bool,
    /// What stands in the way.
    pub problem: Option<UiError>,
}

/// What the whole sheet will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UploadPlan {
    /// One plan per file.
    pub items: Vec<UploadItemPlan>,
    /// Bytes that will be sent at most.
    pub bytes: u64,
    /// What the server is known not to do.
    pub notes: Vec<CapabilityNote>,
    /// Space now, when the server tells.
    pub quota_before: Option<Quota>,
    /// Space after the upload.
    pub quota_after: Option<Quota>,
    /// What stands in the way of all of it: no sign-in, no space.
    pub problem: Option<UiError>,
}
