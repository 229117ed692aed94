//! What a person wants to know about an image before sharing it.

use uuid::Uuid;

use crate::arch::Arch;
use crate::check::Finding;
use crate::codes::{DataType, FsType};
use crate::error::Error;
use crate::image::Image;
use crate::oci;
use crate::source::Source;
use crate::timestamp::Timestamp;

/// An image at a glance, from its header and descriptors alone; of an OCI-SIF also from its index
/// and configuration, a few kilobytes of JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The processor the image runs on; `None` for a data image or a code this crate does not know.
    pub architecture: Option<Arch>,
    /// Size on disk in bytes.
    pub size: u64,
    /// How many signatures the image carries, cosign signatures of an OCI-SIF included.
    /// None of them has been verified.
    pub signatures: usize,
    /// Whether the file system needs a key to be read.
    pub encrypted: bool,
    /// Whether this is an OCI-SIF, which Apptainer and older Singularity cannot run.
    pub oci: bool,
    /// File system of the primary system partition.
    pub file_system: Option<FsType>,
    /// When the image was created; deterministic images do not say.
    pub created: Option<Timestamp>,
    /// The `#!` line, without its line end.
    pub launch_script: Option<String>,
    /// How many objects it holds.
    pub objects: usize,
    /// Identity of the image; deterministic images have none.
    pub id: Option<Uuid>,
    /// What is unusual about its layout.
    pub findings: Vec<Finding>,
}

impl Facts {
    /// Whether the image carries any signature. This says nothing about its being valid.
    pub fn is_signed(&self) -> bool {
        self.signatures > 0
    }
}

impl<S: Source> Image<S> {
    /// The image at a glance.
    ///
    /// # Errors
    /// As [`Image::ensure_complete`] when the file is cut short, [`Error::Read`] when it fails.
    pub fn facts(&self) -> Result<Facts, Error> {
        self.ensure_complete()?;
        let header = self.header();
        let primary = self
            .primary_partition()
            .and_then(|object| object.partition().ok());
        let oci = oci::summary(self)?;
        let native = self
            .descriptors()
            .filter(|object| object.data_type() == DataType::Signature)
            .count();
        Ok(Facts {
            architecture: header
                .arch()
                .or(primary.and_then(|partition| partition.arch))
                .or(oci.architecture),
            size: self.size(),
            signatures: native + oci.signatures,
            encrypted: self
                .descriptors()
                .filter_map(|object| object.partition().ok())
                .any(|partition| partition.file_system.is_encrypted()),
            oci: self.is_oci(),
            file_system: primary.map(|partition| partition.file_system),
            created: Some(header.created).filter(|time| !time.is_zero()),
            launch_script: header
                .launch_script()
                .map(|script| script.trim_end().to_owned()),
            objects: self.descriptors().count(),
            id: Some(header.id).filter(|id| !id.is_nil()),
            findings: self.findings(),
        })
    }
}
