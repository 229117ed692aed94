//! The documents of a registry: index, manifest and the config of a SIF (OCI image specification; Cloud
//! Library protocol, "OCI-backed native SIF").

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::digest::Digest;
use crate::error::Error;
use crate::http::body;

/// An index, with a manifest for each architecture.
pub(super) const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
/// A manifest.
pub(super) const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// Either, in one question.
pub(super) const ANY_MANIFEST: &str =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
/// The config of a SIF.
pub(super) const CONFIG_TYPE: &str = "application/vnd.sylabs.sif.config.v1+json";
/// The SIF itself.
pub(super) const LAYER_TYPE: &str = "application/vnd.sylabs.sif.layer.v1.sif";
/// The only system that SIFs are for.
pub(super) const OS: &str = "linux";

/// What names a blob or manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    #[serde(default)]
    pub(super) media_type: String,
    pub(super) digest: Digest,
    #[serde(default)]
    pub(super) size: u64,
}

/// A manifest as it is read.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Manifest {
    pub(super) config: Descriptor,
    #[serde(default)]
    pub(super) layers: Vec<Descriptor>,
}

/// A manifest as it is written: the shape that the official client writes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewManifest {
    pub(super) schema_version: u8,
    pub(super) config: Descriptor,
    pub(super) layers: [Descriptor; 1],
}

/// A system that a manifest is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Platform {
    #[serde(default)]
    pub(super) architecture: String,
    #[serde(default)]
    pub(super) os: String,
    /// Variants and features, kept as they are.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

/// An entry of an index. The official client writes a size of 0, others leave the platform out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) manifest: Descriptor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) platform: Option<Platform>,
    /// Annotations and whatever else is there, kept as it is.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

impl Entry {
    /// The architecture, where the entry names one.
    pub(super) fn architecture(&self) -> Option<&str> {
        let platform = self.platform.as_ref()?;
        Some(platform.architecture.as_str()).filter(|architecture| !architecture.is_empty())
    }

    /// Whether it can be the manifest of a SIF.
    pub(super) fn is_manifest(&self) -> bool {
        matches!(self.manifest.media_type.as_str(), "" | MANIFEST_TYPE)
    }
}

/// An index.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    #[serde(default = "version")]
    pub(super) schema_version: u8,
    #[serde(default, deserialize_with = "null_as_empty")]
    pub(super) manifests: Vec<Entry>,
    /// Annotations and whatever else is there, kept as it is.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

const fn version() -> u8 {
    2
}

fn null_as_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Entry>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Default for Index {
    fn default() -> Self {
        Self {
            schema_version: version(),
            manifests: Vec::new(),
            rest: Map::new(),
        }
    }
}

/// The config of a SIF. `rootfs` is a text here, unlike in the config of an OCI image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Config {
    pub(super) architecture: String,
    #[serde(default)]
    pub(super) os: String,
    pub(super) rootfs: Digest,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(default)]
    pub(super) signed: bool,
    #[serde(default)]
    pub(super) encrypted: bool,
}

/// What lies under a tag or digest.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) digest: Digest,
    /// Bytes.
    pub(super) size: u64,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Index(Index),
    Manifest(Manifest),
}

impl Document {
    /// Reads a document. It is told by its content, not by its `Content-Type`: that comes with a charset
    /// from some servers, and as plain JSON from others.
    pub(super) fn parse(digest: Digest, bytes: &[u8]) -> Result<Self, Error> {
        let value: Value = body::parse(bytes)?;
        let content = if value.get("manifests").is_some() {
            Content::Index(read(value)?)
        } else if value.get("config").is_some() {
            Content::Manifest(read(value)?)
        } else {
            return Err(Error::invalid("it is neither a manifest nor an index"));
        };
        let size = bytes.len() as u64;
        Ok(Self {
            digest,
            size,
            content,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Error> {
    serde_json::from_value(value)
        .map_err(|source| Error::invalid_because("a manifest is not what was expected", source))
}

/// Writes a document.
pub(super) fn write(document: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(document)
        .map_err(|source| Error::invalid_because("a manifest cannot be written", source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, Error> {
        Document::parse(Digest::of(text.as_bytes()), text.as_bytes())
    }

    #[test]
    fn what_the_official_client_writes_is_read() {
        let digest = Digest::of(b"x");
        let index = format!(
            r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{MANIFEST_TYPE}","digest":"{digest}","size":0,"platform":{{"architecture":"amd64","os":"linux"}}}}]}}"#
        );
        let Content::Index(index) = parse(&index).unwrap().content else {
            panic!("it is an index");
        };
        assert_eq!(index.manifests[0].architecture(), Some("amd64"));
        assert_eq!(index.manifests[0].manifest.size, 0);
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{CONFIG_TYPE}","digest":"{digest}","size":174}},"layers":[{{"mediaType":"{LAYER_TYPE}","digest":"{digest}","size":786432}}]}}"#
        );
        let Content::Manifest(manifest) = parse(&manifest).unwrap().content else {
            panic!("it is a manifest");
        };
        assert_eq!(manifest.layers[0].size, 786_432);
    }

    #[test]
    fn what_an_index_says_beyond_the_protocol_is_kept() {
        let digest = Digest::of(b"x");
        let text = format!(
            r#"{{"annotations":{{"a":"b"}},"manifests":[{{"annotations":{{"c":"d"}},"digest":"{digest}","mediaType":"m","platform":{{"architecture":"arm","os":"linux","variant":"v7"}},"size":3}}],"mediaType":"{INDEX_TYPE}","schemaVersion":2}}"#
        );
        let Content::Index(index) = parse(&text).unwrap().content else {
            panic!("it is an index");
        };
        let written: Value = serde_json::from_slice(&write(&index).unwrap()).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(&text).unwrap());
    }

    #[test]
    fn what_is_neither_is_refused() {
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"manifests":3}"#,
            r#"{"config":{}}"#,
            r#"{"manifests":[{"digest":"md5:1"}]}"#,
        ] {
            assert!(
                matches!(parse(bad), Err(Error::InvalidAnswer { .. })),
                "{bad}"
            );
        }
    }
}
