//! Everything an image on this computer says about itself, for those who want more than the upload sheet shows.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use sifter_contract::{ImageFacts, UiError};
use sifter_sif::{Descriptor, Image};

use crate::errors;
use crate::uploads::{file_name, read_facts};

/// An image, described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageReport {
    /// What the header and the descriptors say.
    pub facts: ImageFacts,
    /// The objects in it, in the order of the descriptor table.
    pub objects: Vec<ObjectReport>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The definition file it was built from.
    pub definition: Option<String>,
    /// What is unusual about its layout.
    pub findings: Vec<String>,
}

/// One object in an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectReport {
    /// Its id.
    pub id: u32,
    /// What kind of object it is, such as `FS`.
    pub kind: String,
    /// What its metadata adds, such as the file system of a partition.
    pub detail: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Where it begins in the file.
    pub offset: i64,
    /// Bytes.
    pub size: u64,
}

/// Reads an image: header, descriptors and the texts in it, never the whole file. Blocks.
///
/// # Errors
/// Why the file is no image: `file_missing`, `file_is_folder`, `file_unreadable`, `not_a_sif`, `sif_damaged`.
pub fn read_image(path: &Path) -> Result<ImageReport, UiError> {
    let facts = read_facts(path)?;
    let failed = |error: sifter_sif::Error| errors::sif(&error, &file_name(path), path);
    let image = Image::open(path).map_err(failed)?;
    let inspection = image.inspect().map_err(failed)?;
    Ok(ImageReport {
        facts,
        objects: image.descriptors().map(object).collect(),
        labels: inspection.labels(),
        definition: inspection.definition.map(|(text, _)| text),
        findings: image.findings().iter().map(ToString::to_string).collect(),
    })
}

fn object(descriptor: &Descriptor) -> ObjectReport {
    let partition = descriptor.partition().ok().map(|partition| {
        let arch = partition.arch.map_or("unknown", |arch| arch.name());
        format!("{}, {}, {arch}", partition.file_system, partition.kind)
    });
    let signature = || Some(descriptor.signature().ok()?.hash.to_string());
    ObjectReport {
        id: descriptor.id(),
        kind: descriptor.data_type().to_string(),
        detail: partition.or_else(signature),
        name: descriptor.name(),
        offset: descriptor.offset(),
        size: u64::try_from(descriptor.size()).unwrap_or(0),
    }
}
