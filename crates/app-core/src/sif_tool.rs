//! Reading and changing the objects of an image on this computer, as `siftool` and `singularity sif` do it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sifter_contract::{ErrorCode, UiError};
use sifter_sif::{
    Arch, CreateOptions, DataType, DeleteOptions, Error, FsType, HashType, Image, Inspection, Link,
    ObjectInput, OciDigest, Partition, PartitionType, SbomFormat, Signature, Stamp, Writer,
    header_text, info_text, list_text,
};

use crate::errors;
use crate::hashing::sha256;
use crate::uploads::file_name;

/// How much is moved at a time, in bytes.
const CHUNK: usize = 256 << 10;

/// Why something could not be done with an image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SifToolError {
    /// The file is not there, is no image, or is damaged.
    #[error("{0}")]
    Image(UiError),
    /// The image is sound, but what was asked for does not fit it.
    #[error(transparent)]
    Request(Error),
    /// What an object holds could not be written.
    #[error("the data cannot be written")]
    Output(#[source] io::Error),
}

/// What a new object is, in the numbers of the format (SIF specification, descriptor metadata).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NewObject {
    /// Anything that needs no more to be said: 1 definition file, 2 environment, 3 labels, 6 named JSON, 7 anything,
    /// 8 cryptographic message, 10 OCI index, 11 OCI blob.
    Plain(i32),
    /// A file system.
    Partition {
        /// 1 system, 2 primary system, 3 data, 4 overlay.
        kind: i32,
        /// 1 squashfs, 2 ext3, 3 archive, 4 raw.
        file_system: i32,
        /// 1 386, 2 amd64, 3 arm, 4 arm64 and so on.
        arch: u8,
    },
    /// A signature.
    Signature {
        /// 1 SHA-256, 2 SHA-384, 3 SHA-512, 4 BLAKE2s-256, 5 BLAKE2b-256.
        hash: i32,
        /// Fingerprint of the signer.
        fingerprint: [u8; 20],
    },
    /// A bill of materials in a form such as `cyclonedx-json`.
    Sbom(String),
}

/// How a new object is placed and called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// Its group; none when 0.
    pub group: u32,
    /// Id of the object it is linked to; none when 0.
    pub link: u32,
    /// Multiple of bytes where it begins; what is usual for its type when `None`.
    pub alignment: Option<u32>,
    /// Its name.
    pub name: String,
}

/// An image on this computer. Every call reads or changes the file and blocks meanwhile.
#[derive(Debug, Clone)]
pub struct SifTool {
    path: PathBuf,
}

type Done<T> = Result<T, SifToolError>;

impl SifTool {
    /// For the image at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The global header.
    ///
    /// # Errors
    /// As all calls of this type: [`SifToolError`].
    pub fn header(&self) -> Done<String> {
        Ok(header_text(self.open()?.header()))
    }

    /// The table of the objects.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn list(&self) -> Done<String> {
        Ok(list_text(&self.open()?))
    }

    /// What the descriptor of one object says.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn info(&self, id: u32) -> Done<String> {
        let image = self.open()?;
        let object = image.object(id).map_err(|error| self.failed(error))?;
        Ok(info_text(object))
    }

    /// Writes what an object holds to `out`; returns how many bytes.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn dump(&self, id: u32, out: &mut impl Write) -> Done<u64> {
        let image = self.open()?;
        let object = image.object(id).map_err(|error| self.failed(error))?;
        let mut reader = image.reader(object).map_err(|error| self.failed(error))?;
        let mut buffer = vec![0; CHUNK];
        let mut length = 0;
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    let what = "data of an object";
                    return Err(self.failed(Error::Read { what, source }));
                }
            };
            let piece = buffer.get(..count).unwrap_or_default();
            out.write_all(piece).map_err(SifToolError::Output)?;
            length += count as u64;
        }
        out.flush().map_err(SifToolError::Output)?;
        Ok(length)
    }

    /// What the container says about itself.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn inspect(&self) -> Done<Inspection> {
        self.open()?.inspect().map_err(|error| self.failed(error))
    }

    /// Makes an image without objects. A file that is there stays as it is.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn create(&self) -> Done<()> {
        let created = Writer::create(&self.path, &CreateOptions::default(), Vec::new());
        self.settled(created.map(|writer| (writer, ())))
    }

    /// Adds what the file `data` holds; returns the id of the object. Where the image has no slot left, a larger copy
    /// takes its place, unless `stopped` says meanwhile that nobody wants it any more.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn add(
        &self,
        data: &Path,
        object: &NewObject,
        placement: &Placement,
        stopped: &dyn Fn() -> bool,
    ) -> Done<u32> {
        let file = Self::input(data)?;
        let mut input = self.describe(file, data, object)?.named(&*placement.name);
        input = input.in_group(Some(placement.group).filter(|group| *group > 0));
        if placement.link > 0 {
            input = input.linked_to(Link::Object(placement.link));
        }
        if let Some(alignment) = placement.alignment {
            input = input.aligned_to(alignment);
        }
        let mut watch = |_| match stopped() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let writer = Writer::open(&self.path);
        self.settled(writer.and_then(|writer| writer.add_with_room(input, Stamp::Auto, &mut watch)))
    }

    /// Deletes an object. Its bytes stay in the file until another object takes their place.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn delete(&self, id: u32) -> Done<()> {
        self.change(|writer| writer.delete(id, DeleteOptions::default()))
    }

    /// Makes a system partition the primary one.
    ///
    /// # Errors
    /// [`SifToolError`].
    pub fn set_primary(&self, id: u32) -> Done<()> {
        self.change(|writer| writer.set_primary(id, Stamp::Auto))
    }

    fn describe(&self, file: File, data: &Path, object: &NewObject) -> Done<ObjectInput<'static>> {
        Ok(match object {
            NewObject::Plain(number) => {
                let data_type = DataType::from_code(0x4000 + number);
                match data_type {
                    DataType::OciRootIndex => ObjectInput::oci_root_index(file, digest(data)?),
                    DataType::OciBlob => ObjectInput::oci_blob(file, digest(data)?),
                    _ => ObjectInput::new(data_type, file),
                }
            }
            NewObject::Partition {
                kind,
                file_system,
                arch,
            } => {
                let code = format!("{arch:02}\0").into_bytes();
                let arch = code.try_into().ok().and_then(Arch::from_code);
                let partition = Partition {
                    file_system: FsType::from_code(*file_system),
                    kind: PartitionType::from_code(*kind),
                    arch: Some(arch.ok_or_else(|| self.failed(Error::UnknownArchitecture))?),
                };
                ObjectInput::partition(file, partition)
            }
            NewObject::Signature { hash, fingerprint } => {
                let signature = Signature {
                    hash: HashType::from_code(*hash),
                    fingerprint: Some(*fingerprint),
                };
                ObjectInput::signature(file, signature)
            }
            NewObject::Sbom(name) => ObjectInput::sbom(file, sbom_format(name)),
        })
    }

    fn open(&self) -> Done<Image> {
        Image::open(&self.path).map_err(|error| self.failed(error))
    }

    /// Changes the image and waits until the change is on the disk.
    fn change<T>(&self, change: impl FnOnce(&mut Writer) -> Result<T, Error>) -> Done<T> {
        self.settled(Writer::open(&self.path).and_then(|mut writer| {
            let done = change(&mut writer)?;
            Ok((writer, done))
        }))
    }

    fn settled<T>(&self, done: Result<(Writer, T), Error>) -> Done<T> {
        done.and_then(|(writer, done)| writer.sync().map(|()| done))
            .map_err(|error| self.failed(error))
    }

    fn input(data: &Path) -> Done<File> {
        let failed = |source| {
            let path = data.to_owned();
            let error = Error::Open { path, source };
            SifToolError::Image(errors::sif(&error, &file_name(data), data))
        };
        if !std::fs::metadata(data).map_err(failed)?.is_file() {
            let error = Error::NotAFile {
                path: data.to_owned(),
            };
            return Err(SifToolError::Request(error));
        }
        File::open(data).map_err(failed)
    }

    fn failed(&self, error: Error) -> SifToolError {
        let name = file_name(&self.path);
        match error {
            Error::Exists { .. } => SifToolError::Image(
                UiError::new(ErrorCode::FileExists)
                    .with("name", name)
                    .with("folder", folder_of(&self.path)),
            ),
            Error::Stopped => SifToolError::Image(UiError::new(ErrorCode::Cancelled)),
            Error::ObjectNotFound
            | Error::MultipleObjects
            | Error::InvalidObjectId
            | Error::InvalidGroupId
            | Error::UnexpectedDataType { .. }
            | Error::InsufficientCapacity
            | Error::Draft { .. }
            | Error::ChangedMeanwhile { .. }
            | Error::PrimaryPartitionExists
            | Error::NotAPartition
            | Error::NotASystemPartition
            | Error::UnknownArchitecture
            | Error::NameTooLong { .. }
            | Error::OffsetOutOfRange
            | Error::Input(_)
            | Error::Write { .. }
            | Error::Damaged(_) => SifToolError::Request(error),
            error => SifToolError::Image(errors::sif(&error, &name, &self.path)),
        }
    }
}

fn folder_of(path: &Path) -> String {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or(Path::new(".")).display().to_string()
}

/// The digest by which an OCI object is known.
fn digest(data: &Path) -> Done<OciDigest> {
    let digest = sha256(SifTool::input(data)?);
    digest
        .map(OciDigest::new)
        .map_err(|error| SifToolError::Request(Error::Input(error)))
}

/// The form with the name that `siftool` has for it.
fn sbom_format(name: &str) -> SbomFormat {
    (1..=8)
        .map(SbomFormat::from_code)
        .find(|format| format.to_string() == name)
        .unwrap_or(SbomFormat::Other(0))
}
