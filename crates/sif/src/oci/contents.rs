//! The images in an OCI-SIF, their manifests and layers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::codes::DataType;
use crate::descriptor::Descriptor;
use crate::error::Error;
use crate::image::Image;
use crate::select::Selector;
use crate::source::Source;

use super::{DOCUMENT_LIMIT, REFERENCE_NAME, companion, document, holder};

/// The most images of one index, and the most layers of one image, that are looked at. An OCI-SIF holds one image; cosign
/// adds two small ones.
const MOST: usize = 256;
/// The most bytes of manifests that are read, all images together. That of one image is a few kilobytes, and a hostile
/// index can name the same large one again and again.
const MOST_MANIFESTS: u64 = 8 << 20;

/// What an OCI-SIF holds, as its index has it. Digests in it have not been compared with the data.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OciContents {
    /// The images and their cosign companions, in the order of the index.
    pub images: Vec<OciImage>,
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
    /// The manifest; `None` when it is not in the file or makes no sense.
    pub manifest: Option<Value>,
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
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Manifest {
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
        let bytes = self.read(root, DOCUMENT_LIMIT)?;
        let index: Index = serde_json::from_slice(&bytes).map_err(|source| Error::Json {
            what: "OCI index",
            source,
        })?;
        let mut left = MOST_MANIFESTS;
        let entries = index.manifests.into_iter().take(MOST);
        let images = entries.map(|entry| self.oci_image(entry, &mut left));
        Ok(Some(OciContents {
            images: images.collect::<Result<_, _>>()?,
        }))
    }

    fn oci_image(&self, entry: Reference, left: &mut u64) -> Result<OciImage, Error> {
        let manifest = self.oci_manifest(&entry.digest, left)?;
        let parts = manifest
            .as_ref()
            .and_then(|manifest| Manifest::deserialize(manifest).ok());
        let layers = parts.map(|parts| parts.layers).unwrap_or_default();
        let reference = entry.annotations.get(REFERENCE_NAME).cloned();
        Ok(OciImage {
            digest: entry.digest,
            media_type: entry.media_type,
            companion: reference
                .as_deref()
                .and_then(companion)
                .map(ToOwned::to_owned),
            reference,
            manifest,
            layers: layers
                .into_iter()
                .take(MOST)
                .map(|layer| self.oci_layer(layer))
                .collect(),
        })
    }

    /// A manifest, as long as there is room for it in what is `left`.
    fn oci_manifest(&self, digest: &str, left: &mut u64) -> Result<Option<Value>, Error> {
        let Some(object) = holder(self, digest) else {
            return Ok(None);
        };
        let size = u64::try_from(object.size()).ok();
        match size.and_then(|size| left.checked_sub(size)) {
            Some(rest) => *left = rest,
            None => return Ok(None),
        }
        document(self, object)
    }

    fn oci_layer(&self, layer: Reference) -> OciLayer {
        let object = holder(self, &layer.digest).map(Descriptor::id);
        OciLayer {
            digest: layer.digest,
            media_type: layer.media_type,
            size: layer.size,
            object,
        }
    }
}
