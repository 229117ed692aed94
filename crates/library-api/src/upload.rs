//! Image upload v2: a single PUT, or several parts, to URLs the library hands out.
//!
//! Bytes go to `PUT <url>` without `Authorization`: such a URL is itself the permission, so the types
//! that carry one leave it out of their `Debug` output.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::lenient;

/// Files larger than this go up in parts: 64 MiB.
pub const MULTIPART_THRESHOLD: u64 = 64 << 20;
/// The header that carries a body's SHA-256 where the URL was signed for it.
pub const S3_SHA256_HEADER: &str = "x-amz-content-sha256";
/// How a storage says, with status 400, that the bytes that arrived have another digest than the one
/// promised: S3's error codes. They stand in the body, whatever its form.
pub const DAMAGED_CODES: [&str; 2] = ["BadDigest", "XAmzContentSHA256Mismatch"];
/// The lowest `apiVersion` with upload v2.
pub const API_VERSION_UPLOAD_V2: &str = "2.0.0-alpha.1";
/// The lowest `apiVersion` with tags per architecture.
pub const API_VERSION_ARCH_TAGS: &str = "2.0.0-alpha.2";

/// Body of `POST /v2/imagefile/{image}`: begin a single PUT.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BeginSingle {
    /// Bytes of the file.
    #[serde(deserialize_with = "lenient::count")]
    pub filesize: u64,
    /// MD5 of the file, 32 hexadecimal digits.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub md5sum: Option<String>,
    /// SHA-256 of the file, 64 hexadecimal digits.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub sha256sum: Option<String>,
}

/// Answer to [`BeginSingle`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SingleBegun {
    /// Where the bytes go; absolute.
    #[serde(rename = "uploadURL", deserialize_with = "lenient::null_as_default")]
    pub upload_url: String,
}

/// Body of `PUT /v2/imagefile/{image}/_complete`: `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompleteSingle {}

/// Body of `POST /v2/imagefile/{image}/_multipart`. A 404 to it means "no parts here, use one PUT".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BeginMultipart {
    /// Bytes of the file.
    #[serde(deserialize_with = "lenient::count")]
    pub filesize: u64,
}

/// Answer to [`BeginMultipart`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MultipartBegun {
    /// Names the upload in every later call.
    #[serde(rename = "uploadID", deserialize_with = "lenient::text_or_number")]
    pub upload_id: String,
    /// How many parts there are; `total_parts * part_size` covers the file.
    #[serde(deserialize_with = "lenient::count")]
    pub total_parts: u64,
    /// Bytes of every part but the last, which is what remains.
    #[serde(deserialize_with = "lenient::count")]
    pub part_size: u64,
    /// Values are texts, `"true"` and `"false"`.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub options: BTreeMap<String, String>,
}

impl MultipartBegun {
    /// Whether each part's SHA-256 is asked for and sent: unless the option says otherwise.
    #[must_use]
    pub fn wants_part_sha256(&self) -> bool {
        matches!(
            self.options.get("s3compliant").map(String::as_str),
            None | Some("" | "true")
        )
    }
}

/// Body of `PUT /v2/imagefile/{image}/_multipart`: ask where one part goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BeginPart {
    /// Bytes of this part.
    #[serde(deserialize_with = "lenient::count")]
    pub part_size: u64,
    /// The upload.
    #[serde(rename = "uploadID", deserialize_with = "lenient::text_or_number")]
    pub upload_id: String,
    /// From 1.
    pub part_number: u32,
    /// SHA-256 of the part, or empty when the server did not want it; the key is always there.
    #[serde(rename = "sha256sum", deserialize_with = "lenient::null_as_default")]
    pub sha256sum: String,
}

/// Answer to [`BeginPart`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartBegun {
    /// Where the part's bytes go; absolute.
    #[serde(rename = "presignedURL", deserialize_with = "lenient::null_as_default")]
    pub presigned_url: String,
}

/// Body of `PUT /v2/imagefile/{image}/_multipart_complete`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompleteMultipart {
    /// The upload.
    #[serde(rename = "uploadID", deserialize_with = "lenient::text_or_number")]
    pub upload_id: String,
    /// Every part, by number.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub completed_parts: Vec<CompletedPart>,
}

/// One part that the object store has taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompletedPart {
    /// From 1.
    pub part_number: u32,
    /// The `ETag` header of the PUT, verbatim, with its quotes.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub token: String,
}

/// Body of `PUT /v2/imagefile/{image}/_multipart_abort`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AbortMultipart {
    /// The upload.
    #[serde(rename = "uploadID", deserialize_with = "lenient::text_or_number")]
    pub upload_id: String,
}

/// What the library says when an upload is complete. Servers must send it (the official client takes
/// an empty body for a failure); clients must do without.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Completion {
    /// The storage after this upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// Path of the container's page below the web address, such as `library/u/c/n`.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub container_url: String,
}

/// Storage of an entity, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Quota {
    /// What may be used; 0 for no limit.
    #[serde(deserialize_with = "lenient::count")]
    pub quota_total: u64,
    /// What is used.
    #[serde(deserialize_with = "lenient::count")]
    pub quota_usage: u64,
}

impl Quota {
    /// What may be used, `None` for no limit.
    #[must_use]
    pub const fn limit(self) -> Option<u64> {
        if self.quota_total == 0 {
            None
        } else {
            Some(self.quota_total)
        }
    }
}

impl fmt::Debug for SingleBegun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SingleBegun { upload_url: (kept out) }")
    }
}

impl fmt::Debug for PartBegun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartBegun { presigned_url: (kept out) }")
    }
}
