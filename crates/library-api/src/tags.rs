//! Setting tags. Keys are capitalised here and nowhere else in the API.

use serde::{Deserialize, Serialize};

use crate::id::ImageId;
use crate::lenient;

/// Body of `POST /v2/tags/{container}`: one tag of one architecture. A tag is moved silently.
///
/// On Hinkskalle and the local library an empty image id removes the tag; the Cloud Library has no
/// such call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SetArchTag {
    /// A Go architecture name.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub arch: String,
    /// The tag.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub tag: String,
    /// The image it shall point to.
    #[serde(rename = "ImageID")]
    pub image: ImageId,
}

/// Body of `POST /v1/tags/{container}`, from before tags knew architectures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SetTag {
    /// The tag.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub tag: String,
    /// The image it shall point to.
    #[serde(rename = "ImageID")]
    pub image: ImageId,
}
