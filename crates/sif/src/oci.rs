//! What an OCI-SIF says only in its JSON: architecture, cosign signatures, images and their layers.

mod contents;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::arch::Arch;
use crate::codes::DataType;
use crate::descriptor::Descriptor;
use crate::error::Error;
use crate::image::Image;
use crate::metadata::OciDigest;
use crate::select::Selector;
use crate::source::Source;

pub use contents::{OciContents, OciImage, OciLayer};

/// The largest index, manifest or configuration that is read. Registries draw the line at 4 MiB.
const DOCUMENT_LIMIT: u64 = 4 << 20;
/// How cosign companions are marked in the index of an OCI-SIF.
const REFERENCE_NAME: &str = "org.opencontainers.image.ref.name";

/// What the OCI documents add to the facts.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) architecture: Option<Arch>,
    pub(crate) signatures: usize,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    digest: String,
    platform: Option<Platform>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Platform {
    architecture: String,
}

#[derive(Deserialize)]
struct Manifest {
    config: Reference,
}

#[derive(Deserialize)]
struct Reference {
    digest: String,
}

/// The image configuration, of which only these two are of use here.
#[derive(Deserialize)]
pub(crate) struct Config {
    architecture: Option<String>,
    pub(crate) config: Option<serde_json::Value>,
}

impl Entry {
    /// What the name of a cosign companion ends in, such as `sig` or `att`.
    fn companion(&self) -> Option<&str> {
        let name = self
            .annotations
            .get(REFERENCE_NAME)?
            .strip_prefix("_cosign:")?;
        name.rsplit_once('.').map(|(_, kind)| kind)
    }
}

/// Looks into the index; documents that make no sense leave the summary empty.
pub(crate) fn summary<S: Source>(image: &Image<S>) -> Result<Summary, Error> {
    let Some(index) = read_index(image)? else {
        return Ok(Summary::default());
    };
    let signatures = index
        .manifests
        .iter()
        .filter(|entry| entry.companion() == Some("sig"))
        .count();
    let stated = index
        .manifests
        .iter()
        .find(|entry| entry.companion().is_none());
    let stated = stated.and_then(|entry| entry.platform.as_ref());
    let architecture = match stated {
        Some(platform) => Some(platform.architecture.clone()),
        None => config_of(image, &index)?.and_then(|config| config.architecture),
    };
    Ok(Summary {
        architecture: architecture.and_then(|name| name.parse().ok()),
        signatures,
    })
}

/// The configuration of the image in an OCI-SIF, if there is one that can be understood.
pub(crate) fn read_config<S: Source>(image: &Image<S>) -> Result<Option<Config>, Error> {
    match read_index(image)? {
        Some(index) => config_of(image, &index),
        None => Ok(None),
    }
}

fn read_index<S: Source>(image: &Image<S>) -> Result<Option<Index>, Error> {
    match image.single(&[Selector::DataType(DataType::OciRootIndex)]) {
        Ok(object) => document(image, object),
        Err(_) => Ok(None),
    }
}

fn config_of<S: Source>(image: &Image<S>, index: &Index) -> Result<Option<Config>, Error> {
    let Some(entry) = index
        .manifests
        .iter()
        .find(|entry| entry.companion().is_none())
    else {
        return Ok(None);
    };
    match blob::<Manifest, S>(image, &entry.digest)? {
        Some(manifest) => blob(image, &manifest.config.digest),
        None => Ok(None),
    }
}

fn blob<T: DeserializeOwned, S: Source>(
    image: &Image<S>,
    digest: &str,
) -> Result<Option<T>, Error> {
    let Ok(digest) = digest.parse::<OciDigest>() else {
        return Ok(None);
    };
    // The bare writer stores a blob twice when two images share it; either copy will do.
    let copies = image.select(&[Selector::OciDigest(digest)])?;
    copies
        .first()
        .map_or(Ok(None), |object| document(image, object))
}

fn document<T: DeserializeOwned, S: Source>(
    image: &Image<S>,
    object: &Descriptor,
) -> Result<Option<T>, Error> {
    match image.read(object, DOCUMENT_LIMIT) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error @ Error::Read { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}
