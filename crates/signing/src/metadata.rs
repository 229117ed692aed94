//! The document that modern signatures sign: digests of the header, of descriptors, and of objects.

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, InvalidDigest};

/// The media type of the document inside a DSSE envelope.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.sylabs.sif-metadata+json";

/// What one signature says about one group of objects.
///
/// Serialized compactly, in the order of the fields, it is the signed text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageMetadata {
    /// Version of the document; 1 is the only one.
    version: Version,
    /// Of the global header.
    header: HeaderMetadata,
    /// Of the objects, by ascending id.
    objects: Vec<ObjectMetadata>,
}

/// The digest of the covered part of the global header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HeaderMetadata {
    digest: Digest,
}

/// The digests of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObjectMetadata {
    /// Its id, counted from the smallest id of its group.
    pub relative_id: u32,
    /// Of the covered part of its descriptor.
    pub descriptor_digest: Digest,
    /// Of its data.
    pub object_digest: Digest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u32", try_from = "u32")]
struct Version;

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

impl TryFrom<u32> for Version {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if number == 1 {
            Ok(Self)
        } else {
            Err("unknown version of the metadata")
        }
    }
}

impl ImageMetadata {
    /// A document about `objects`, which are in ascending order of their ids.
    pub(crate) fn new(header: Digest, objects: Vec<ObjectMetadata>) -> Self {
        Self {
            version: Version,
            header: HeaderMetadata { digest: header },
            objects,
        }
    }

    /// Reads a document. Stricter than the reference: exact keys, no others, version 1.
    ///
    /// # Errors
    /// What the parser says.
    pub fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// Digest of the covered part of the global header.
    pub fn header(&self) -> &Digest {
        &self.header.digest
    }

    /// The objects it is about.
    pub fn objects(&self) -> &[ObjectMetadata] {
        &self.objects
    }

    /// The signed text.
    pub(crate) fn to_text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// What stands at the start of the text that legacy signatures sign.
const LEGACY_MARK: &str = "SIFHASH:\n";

/// Whether `text` is what a legacy signature signs.
pub(crate) fn is_legacy(text: &str) -> bool {
    text.starts_with(LEGACY_MARK)
}

/// The hexadecimal digits a legacy signature signs; their algorithm stands elsewhere.
pub(crate) fn legacy_digits(text: &str) -> Result<&str, InvalidDigest> {
    let digits = text
        .strip_prefix(LEGACY_MARK)
        .ok_or(InvalidDigest::Malformed)?;
    Ok(digits.strip_suffix('\n').unwrap_or(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::DigestAlgorithm;

    #[test]
    fn the_document_survives_its_text() {
        let digest = DigestAlgorithm::Sha256.digest(b"x");
        let object = ObjectMetadata {
            relative_id: 1,
            descriptor_digest: digest.clone(),
            object_digest: DigestAlgorithm::Sha512_256.digest(b"y"),
        };
        let metadata = ImageMetadata::new(digest, vec![object]);
        let text = metadata.to_text().unwrap();
        assert!(text.starts_with(r#"{"version":1,"header":{"digest":"sha256:"#));
        assert_eq!(ImageMetadata::parse(text.as_bytes()).unwrap(), metadata);
        assert_eq!(
            ImageMetadata::parse(format!("{text}\n").as_bytes()).unwrap(),
            metadata
        );
    }

    #[test]
    fn another_version_other_keys_and_repeated_keys_are_refused() {
        let digest = DigestAlgorithm::Sha256.digest(b"");
        let good = format!(r#"{{"version":1,"header":{{"digest":"{digest}"}},"objects":[]}}"#);
        assert!(ImageMetadata::parse(good.as_bytes()).is_ok());
        for bad in [
            good.replace(":1,", ":2,"),
            good.replace("objects", "Objects"),
            good.replace("[]", "[],\"more\":1"),
            good.replace("[]", "[],\"objects\":[]"),
            good.replace("sha256", "md5"),
        ] {
            assert!(ImageMetadata::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_legacy_text_yields_its_digits() {
        assert_eq!(legacy_digits("SIFHASH:\nabcd\n").unwrap(), "abcd");
        assert_eq!(legacy_digits("SIFHASH:\nabcd").unwrap(), "abcd");
        assert!(legacy_digits("SIFHASH: abcd").is_err());
        assert!(!is_legacy("{}"));
    }
}
