//! The images in an OCI-SIF, their configurations and layers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::codes::DataType;
use crate::descriptor::Descriptor;
use crate::error::Error;
use crate::image::Image;
use crate::select::Selector;
use crate::source::Source;

use super::{REFERENCE_NAME, blob};

/// The most images of one index, and the most layers of one image, that are looked at. An OCI-SIF holds one image; cosign
/// adds two small ones.
const MOST: usize = 256;
/// The most bytes of manifests and configurations that are read, all images together. Those of one image are tens of
/// kilobytes, and a hostile index can name the same large one again and again.
const MOST_DOCUMENTS: u64 = 8 << 20;

/// What an OCI-SIF holds, as its index has it. Digests in it have not been compared with the data.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OciContents {
    /// The images and their cosign companions, in the order of the index.
    pub images: Vec<OciImage>,
    /// The index itself.
    pub index: Value,
}

/// An image in an OCI-SIF.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OciImage {
    /// Digest of its manifest.
    pub digest: String,
    /// Media type of its manifest.
    pub media_type: String,
    /// The name that the index gives it.
    pub reference: Option<String>,
    /// What kind of companion of another image it is, such as `sig` or `att` of cosign; `None` for an image to run.
    pub companion: Option<String>,
    /// Architecture and operating system that the index states, such as `linux/amd64`.
    pub platform: Option<String>,
    /// The manifest; `None` when it is not in the file or makes no sense.
    pub manifest: Option<Value>,
    /// The configuration; `None` when it is not in the file or makes no sense.
    pub config: Option<Value>,
    /// The layers, base first.
    pub layers: Vec<OciLayer>,
}

/// A layer of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OciLayer {
    /// Its digest.
    pub digest: String,
    /// Its media type. Layers that SingularityCE runs are
    /// `application/vnd.sylabs.image.layer.v1.squashfs`, which [`Image::file_system`] opens.
    pub media_type: String,
    /// Bytes, as stated.
    pub size: u64,
    /// Id of the object that holds it; `None` when it is not in the file.
    pub object: Option<u32>,
}

#[derive(Deserialize)]
struct Index {
    /// Required: an index without it is none (OCI image specification, image index).
    manifests: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    digest: String,
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    size: u64,
    platform: Option<Platform>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
}

#[derive(Deserialize)]
struct Manifest {
    config: Option<Reference>,
    #[serde(default)]
    layers: Vec<Reference>,
}

impl<S: Source> Image<S> {
    /// What an OCI-SIF holds; `None` for another image.
    ///
    /// # Errors
    /// [`Error::Json`] when the index makes no sense, [`Error::ObjectTooLarge`], and those of [`Image::read`].
    pub fn oci_contents(&self) -> Result<Option<OciContents>, Error> {
        let roots = self.select(&[Selector::DataType(DataType::OciRootIndex)])?;
        let Some(root) = roots.first() else {
            return Ok(None);
        };
        let bytes = self.read(root, super::DOCUMENT_LIMIT)?;
        let understood = |source| Error::Json {
            what: "OCI index",
            source,
        };
        let index: Value = serde_json::from_slice(&bytes).map_err(understood)?;
        let entries: Index = serde_json::from_slice(&bytes).map_err(understood)?;
        let images = entries.manifests.iter().take(MOST);
        let mut left = MOST_DOCUMENTS;
        Ok(Some(OciContents {
            images: images
                .map(|entry| self.oci_image(entry, &mut left))
                .collect::<Result<_, _>>()?,
            index,
        }))
    }

    fn oci_image(&self, entry: &Reference, left: &mut u64) -> Result<OciImage, Error> {
        let manifest = self.oci_document(&entry.digest, left)?;
        let parts: Option<Manifest> = manifest
            .clone()
            .and_then(|manifest| serde_json::from_value(manifest).ok());
        let (config, layers) = match parts {
            Some(parts) => (parts.config, parts.layers),
            None => (None, Vec::new()),
        };
        let reference = entry.annotations.get(REFERENCE_NAME).cloned();
        let companion = reference
            .as_deref()
            .and_then(|name| name.strip_prefix("_cosign:"))
            .and_then(|name| name.rsplit_once('.'))
            .map(|(_, kind)| kind.to_owned());
        let platform = entry.platform.as_ref();
        Ok(OciImage {
            digest: entry.digest.clone(),
            media_type: entry.media_type.clone(),
            reference,
            companion,
            platform: platform.map(|platform| format!("{}/{}", platform.os, platform.architecture)),
            manifest,
            config: match config {
                Some(config) => self.oci_document(&config.digest, left)?,
                None => None,
            },
            layers: layers
                .into_iter()
                .take(MOST)
                .map(|layer| self.oci_layer(layer))
                .collect(),
        })
    }

    /// A JSON blob of the image, as long as there is room for it in what is `left`.
    fn oci_document(&self, digest: &str, left: &mut u64) -> Result<Option<Value>, Error> {
        let size = self
            .oci_blob(digest)
            .and_then(|blob| u64::try_from(blob.size()).ok());
        match size.and_then(|size| left.checked_sub(size)) {
            Some(rest) => *left = rest,
            None => return Ok(None),
        }
        blob(self, digest)
    }

    /// The object of a digest. The bare writer stores a blob twice when two images share it; either copy will do.
    fn oci_blob(&self, digest: &str) -> Option<&Descriptor> {
        let digest = digest.parse().ok()?;
        let copies = self.select(&[Selector::OciDigest(digest)]).ok()?;
        copies.into_iter().next()
    }

    fn oci_layer(&self, layer: Reference) -> OciLayer {
        let object = self.oci_blob(&layer.digest).map(Descriptor::id);
        OciLayer {
            digest: layer.digest,
            media_type: layer.media_type,
            size: layer.size,
            object,
        }
    }
}
