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
    fn companion(&self) -> Option<&str> {
        self.annotations
            .get(REFERENCE_NAME)
            .and_then(|name| companion(name))
    }
}

/// What the name of a cosign companion ends in, such as `sig` or `att`; `None` for the name of anything else.
fn companion(name: &str) -> Option<&str> {
    let (_, kind) = name.strip_prefix("_cosign:")?.rsplit_once('.')?;
    Some(kind)
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
    holder(image, digest).map_or(Ok(None), |object| document(image, object))
}

/// The object of a digest. The bare writer stores a blob twice when two images share it; either copy will do.
fn holder<'i, S: Source>(image: &'i Image<S>, digest: &str) -> Option<&'i Descriptor> {
    let digest = digest.parse().ok()?;
    let copies = image.select(&[Selector::OciDigest(digest)]).ok()?;
    copies.into_iter().next()
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
