//! Everything that can go wrong with an image, one variant per thing a caller can act on.

use std::io;
use std::path::PathBuf;

use crate::check::Finding;
use crate::codes::{DataType, FsType};
use crate::squashfs::Compression;

/// Why an image could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be opened or created.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file asked for.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The path is a directory, a device or a pipe.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// The path asked for.
        path: PathBuf,
    },
    /// Reading failed.
    #[error("cannot read the {what}")]
    Read {
        /// Which part of the image.
        what: &'static str,
        /// What the source said.
        source: io::Error,
    },
    /// Writing failed.
    #[error("cannot write the {what}")]
    Write {
        /// Which part of the image.
        what: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The data of a new object could not be read.
    #[error("cannot read the data of the new object")]
    Input(#[source] io::Error),
    /// The file ends before the header or the descriptor table does.
    #[error("the file ends inside its {what}: {needed} bytes needed, {len} there")]
    Truncated {
        /// Which part of the image.
        what: &'static str,
        /// How long the file would have to be, in bytes.
        needed: u64,
        /// How long it is, in bytes.
        len: u64,
    },
    /// The magic bytes of a SIF are missing.
    #[error("not a SIF image")]
    NotSif,
    /// A SIF of a version other than `01`.
    #[error("SIF version {} is not supported", version.escape_ascii())]
    UnsupportedVersion {
        /// The three bytes found.
        version: [u8; 3],
    },
    /// The number of descriptors is negative or larger than any real image has.
    #[error("the header states {total} descriptors; 0 to {limit} are possible")]
    DescriptorCount {
        /// What the header states.
        total: i64,
        /// The most this crate reads.
        limit: u32,
    },
    /// The descriptor table starts at a negative offset.
    #[error("the descriptor table has the impossible offset {offset}")]
    TableOffset {
        /// What the header states.
        offset: i64,
    },
    /// The descriptor table is shorter than its descriptors.
    #[error("{total} descriptors do not fit a table of {size} bytes")]
    TableSize {
        /// Number of descriptors stated.
        total: i64,
        /// Size of the table stated, in bytes.
        size: i64,
    },
    /// An object has a negative offset or size, or one whose sum overflows.
    #[error("object {id} has an impossible position: offset {offset}, size {size}")]
    ObjectRange {
        /// The object.
        id: u32,
        /// Offset stated, in bytes.
        offset: i64,
        /// Size stated, in bytes.
        size: i64,
    },
    /// An object reaches past the end of the file: the image is incomplete.
    #[error("the file ends inside object {id}: {end} bytes needed, {len} there")]
    ObjectPastEnd {
        /// The object.
        id: u32,
        /// Where the object ends.
        end: u64,
        /// Where the file ends.
        len: u64,
    },
    /// No object matches.
    #[error("object not found")]
    ObjectNotFound,
    /// More than one object matches where one was expected.
    #[error("multiple objects found")]
    MultipleObjects,
    /// 0 was given as an object id.
    #[error("invalid object ID")]
    InvalidObjectId,
    /// 0, or a number that does not fit, was given as a group id.
    #[error("invalid group ID")]
    InvalidGroupId,
    /// The object is of another type than the metadata asked for.
    #[error("unexpected data type {found}, expected one of: {}", names(expected))]
    UnexpectedDataType {
        /// The type of the object.
        found: DataType,
        /// The types that carry this metadata.
        expected: &'static [DataType],
    },
    /// The per-type metadata of an object makes no sense.
    #[error("object {id} has a malformed {what}")]
    MalformedMetadata {
        /// The object.
        id: u32,
        /// Which metadata.
        what: &'static str,
    },
    /// An object that should be read whole is larger than the limit for its kind.
    #[error("object {id} holds {size} bytes; at most {limit} are read")]
    ObjectTooLarge {
        /// The object.
        id: u32,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A JSON object inside the image is not the JSON it should be.
    #[error("cannot understand the {what} of the image")]
    Json {
        /// Which document.
        what: &'static str,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The image has no root file system: a data image, or an OCI-SIF, whose layers are objects of their own.
    #[error("the image has no root file system")]
    NoRootFileSystem,
    /// The file system can only be read with a key.
    #[error("the file system is encrypted ({0})")]
    Encrypted(FsType),
    /// The partition holds a file system that this crate does not read.
    #[error("a file system of type {0} is not read")]
    UnsupportedFileSystem(FsType),
    /// The data does not begin as a squashfs.
    #[error("not a squashfs")]
    NotSquashfs,
    /// A squashfs of another version than 4.0.
    #[error("squashfs {major}.{minor} is not supported")]
    UnsupportedSquashfs {
        /// Major version stated.
        major: u16,
        /// Minor version stated.
        minor: u16,
    },
    /// A squashfs with a compression that this crate does not unpack.
    #[error("squashfs compressed by {0} is not supported")]
    UnsupportedCompression(Compression),
    /// The file system contradicts itself or asks for more than any real one.
    #[error("the file system in the image is damaged: {what}")]
    FileSystem {
        /// Which part of it.
        what: &'static str,
    },
    /// There is no such file, or no such folder, in the file system.
    #[error("nothing of that kind at {path:?} in the image")]
    NoSuchFile {
        /// The path asked for.
        path: String,
    },
    /// A file in the image is larger than was allowed for.
    #[error("{path:?} holds {size} bytes; at most {limit} are read")]
    FileTooLarge {
        /// The path asked for.
        path: String,
        /// Its size in bytes, as stated.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file of that name exists already and was left alone.
    #[error("{} exists already", path.display())]
    Exists {
        /// The path asked for.
        path: PathBuf,
    },
    /// More descriptors were asked for than this crate writes.
    #[error("{capacity} descriptors asked for; at most {limit} are possible")]
    Capacity {
        /// The capacity asked for.
        capacity: u32,
        /// The most possible.
        limit: u32,
    },
    /// The descriptor table has no free slot.
    #[error("insufficient descriptor capacity to add data object(s) to image")]
    InsufficientCapacity,
    /// The image is full, and no larger one can be written beside it.
    #[error("the image is full, and a larger copy cannot be written beside {}", path.display())]
    Draft {
        /// The image.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another program has changed or replaced the image while it was copied.
    #[error("{} was changed by another program meanwhile", path.display())]
    ChangedMeanwhile {
        /// The image.
        path: PathBuf,
    },
    /// The work was stopped.
    #[error("stopped")]
    Stopped,
    /// A second primary system partition was to be added.
    #[error("image already contains a primary partition")]
    PrimaryPartitionExists,
    /// The object that should become primary is not a partition.
    #[error("data object not a partition")]
    NotAPartition,
    /// The partition that should become primary is not a system partition.
    #[error("data object not a system partition")]
    NotASystemPartition,
    /// A partition of an architecture without a SIF code was to be written.
    #[error("the architecture of the partition is unknown")]
    UnknownArchitecture,
    /// The name of an object is too long.
    #[error("an object name has at most 128 bytes, this one has {len}")]
    NameTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The extra metadata of an object is too long.
    #[error("extra metadata has at most 384 bytes, this one has {len}")]
    ExtraTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The launch script is too long.
    #[error("a launch script has at most 31 bytes, this one has {len}")]
    LaunchScriptTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The next aligned offset is past the largest a SIF can state.
    #[error("the aligned offset of the object is out of range")]
    OffsetOutOfRange,
    /// The image is damaged in a way that makes changing it unsafe.
    #[error("the image is damaged: {0}")]
    Damaged(Finding),
}

fn names(types: &[DataType]) -> String {
    types
        .iter()
        .map(DataType::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
