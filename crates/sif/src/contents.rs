//! What is inside the objects of an image: file systems to look into, data to take out, bills of materials.

use std::path::Path;

use crate::codes::{DataType, FsType, SbomFormat};
use crate::descriptor::Descriptor;
use crate::error::Error;
use crate::extract;
use crate::image::Image;
use crate::source::{Part, Source};
use crate::squashfs::Squashfs;

/// A bill of materials in an image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sbom {
    /// Id of the object that holds it; read it with [`Image::read`].
    pub object: u32,
    /// Its form.
    pub format: SbomFormat,
    /// Bytes, as stated.
    pub size: i64,
    /// Name of the object.
    pub name: Option<String>,
}

impl<S: Source> Image<S> {
    /// The data of an object, as a source of its own.
    ///
    /// # Errors
    /// [`Error::ObjectRange`] or [`Error::ObjectPastEnd`] when it does not lie in the file.
    pub fn part(&self, object: &Descriptor) -> Result<Part<&S>, Error> {
        Ok(Part::new(&self.source, object.range(self.len)?))
    }

    /// The root file system, which is the primary system partition. Reads its superblock, 96 bytes.
    ///
    /// # Errors
    /// [`Error::NoRootFileSystem`], or as [`Image::file_system`].
    pub fn root_file_system(&self) -> Result<Squashfs<Part<&S>>, Error> {
        let primary = self.primary_partition().ok_or(Error::NoRootFileSystem)?;
        self.file_system(primary)
    }

    /// The squashfs in an object: a partition, or a layer of an OCI-SIF.
    ///
    /// # Errors
    /// [`Error::Encrypted`] and [`Error::UnsupportedFileSystem`] for what a partition says it is,
    /// [`Error::UnexpectedDataType`] for what is no file system at all, and those of [`Squashfs::open`].
    pub fn file_system(&self, object: &Descriptor) -> Result<Squashfs<Part<&S>>, Error> {
        if object.data_type() != DataType::OciBlob {
            let partition = object.partition()?;
            match partition.file_system {
                FsType::Squashfs => {}
                encrypted if encrypted.is_encrypted() => return Err(Error::Encrypted(encrypted)),
                other => return Err(Error::UnsupportedFileSystem(other)),
            }
        }
        Squashfs::open(self.part(object)?)
    }

    /// Writes the data of an object to the new file `target` and returns its length. Nothing in the image has a say
    /// in where the bytes go.
    ///
    /// # Errors
    /// [`Error::Exists`] when `target` is there already, which stays as it is; [`Error::Open`] and [`Error::Write`]
    /// about the target; or as [`Image::reader`]. No part of a file is left behind.
    pub fn extract(&self, object: &Descriptor, target: &Path) -> Result<u64, Error> {
        let mut reader = self.reader(object)?;
        extract::to_new_file(target, |file| extract::copy(&mut reader, file))
    }

    /// The bills of materials that came with the image.
    pub fn sboms(&self) -> Vec<Sbom> {
        let sbom = |object: &Descriptor| {
            Some(Sbom {
                object: object.id(),
                format: object.sbom().ok()?,
                size: object.size(),
                name: object.name(),
            })
        };
        self.descriptors().filter_map(sbom).collect()
    }
}
