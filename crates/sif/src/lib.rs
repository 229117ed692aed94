//! The Singularity Image Format (SIF): read, check, inspect and write images. No async, no network.
//!
//! A SIF is a 128-byte header, a table of 585-byte descriptors, and the data objects they point at.
//! [`Image`] reads one from any [`Source`] of positioned reads, touching only header and table;
//! [`Facts`] is what a person wants to know before sharing it; [`Image::inspect`] is what the container says about
//! itself; [`Squashfs`] looks into a file system without mounting it; [`OciContents`] is what an OCI-SIF holds;
//! [`Writer`] creates and changes an image.
//! Signatures are only *counted* here: whether they are valid is for a crate that knows keys.
//!
//! Nothing in a file is trusted: counts and lengths are compared with the size of the file before
//! memory is set aside for them, and all arithmetic on them is checked.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("image.sif");
//! use sifter_sif::{CreateOptions, DataType, Image, ObjectInput, Writer};
//!
//! let definition = ObjectInput::new(DataType::Definition, &b"Bootstrap: scratch\n"[..]);
//! Writer::create(&path, &CreateOptions::default(), vec![definition])?;
//!
//! let image = Image::open(&path)?;
//! assert_eq!(image.facts()?.objects, 1);
//! assert_eq!(image.definition()?.as_deref(), Some("Bootstrap: scratch\n"));
//! # Ok(())
//! # }
//! ```

mod arch;
mod check;
mod codes;
mod contents;
mod descriptor;
mod error;
mod extract;
mod facts;
mod header;
mod image;
mod inspect;
mod kept;
mod metadata;
mod object;
mod oci;
mod select;
mod source;
mod squashfs;
mod text;
mod timestamp;
mod writer;

pub use arch::{Arch, UnknownArch};
pub use check::{Finding, Severity};
pub use codes::{
    CryptoFormat, CryptoMessageType, DataType, FsType, HashType, PartitionType, SbomFormat,
};
pub use contents::Sbom;
pub use descriptor::{DESCRIPTOR_SIZE, Descriptor, EXTRA_SIZE, Link, NAME_SIZE};
pub use error::Error;
pub use facts::Facts;
pub use header::{HEADER_SIZE, Header, LAUNCH_SCRIPT_SIZE};
pub use image::{Image, MAX_DESCRIPTORS};
pub use inspect::{
    AppMetadata, ContainerMetadata, DEFINITION_LIMIT, DefinitionOrigin, Gap, INSPECT_METADATA_NAME,
    Inspection, METADATA_LIMIT, MetadataOrigin, OCI_CONFIG_NAME, Sections,
};
pub use metadata::{CryptoMessage, InvalidOciDigest, OciDigest, Partition, Signature};
pub use object::ObjectReader;
pub use oci::{OciContents, OciImage, OciLayer};
pub use select::Selector;
pub use source::{Cached, Part, Source};
pub use squashfs::{Compression, Entry, EntryKind, Listing, Squashfs, Walk, WalkedEntry};
pub use text::{header_text, info_text, list_text};
pub use timestamp::Timestamp;
pub use writer::{
    CreateOptions, DEFAULT_CAPACITY, DeleteOptions, ObjectInput, RUN_SINGULARITY, Stamp, Writer,
};

/// What every fallible call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;
