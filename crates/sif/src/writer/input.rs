//! An object to be added: its data and what its descriptor will say.

use std::fmt;
use std::io::Read;

use crate::codes::{DataType, SbomFormat};
use crate::descriptor::{Descriptor, EXTRA_SIZE, Link};
use crate::error::Error;
use crate::metadata::{CryptoMessage, OciDigest, Partition, Signature, encode_sbom};
use crate::timestamp::Timestamp;

/// The alignment the reference writer gives partitions, in bytes; other objects have none.
const PARTITION_ALIGNMENT: u32 = 4096;

/// An object to be added. In group 1 and without name or link unless told otherwise.
pub struct ObjectInput<'a> {
    pub(crate) data: Box<dyn Read + 'a>,
    pub(crate) alignment: u32,
    pub(crate) time: Option<Timestamp>,
    data_type: DataType,
    name: String,
    group: Option<u32>,
    link: Option<Link>,
    extra: Extra,
}

enum Extra {
    Raw(Vec<u8>),
    Partition(Partition),
}

impl<'a> ObjectInput<'a> {
    /// An object of type `data_type` that holds all of `data`.
    pub fn new(data_type: DataType, data: impl Read + 'a) -> Self {
        let aligned = data_type == DataType::Partition;
        Self {
            data: Box::new(data),
            alignment: if aligned { PARTITION_ALIGNMENT } else { 0 },
            time: None,
            data_type,
            name: String::new(),
            group: Some(1),
            link: None,
            extra: Extra::Raw(Vec::new()),
        }
    }

    /// A partition, at a multiple of 4096 bytes.
    pub fn partition(data: impl Read + 'a, partition: Partition) -> Self {
        let mut input = Self::new(DataType::Partition, data);
        input.extra = Extra::Partition(partition);
        input
    }

    /// A signature. Signatures are usually in no group and linked to the group they cover.
    pub fn signature(data: impl Read + 'a, signature: Signature) -> Self {
        Self::new(DataType::Signature, data).with_extra(&signature.encode())
    }

    /// A cryptographic message.
    pub fn crypto_message(data: impl Read + 'a, message: CryptoMessage) -> Self {
        Self::new(DataType::CryptoMessage, data).with_extra(&message.encode())
    }

    /// A bill of materials.
    pub fn sbom(data: impl Read + 'a, format: SbomFormat) -> Self {
        Self::new(DataType::Sbom, data).with_extra(&encode_sbom(format))
    }

    /// The OCI index whose data has the digest `digest`.
    pub fn oci_root_index(data: impl Read + 'a, digest: OciDigest) -> Self {
        Self::new(DataType::OciRootIndex, data).with_extra(&digest.encode())
    }

    /// An OCI blob whose data has the digest `digest`.
    pub fn oci_blob(data: impl Read + 'a, digest: OciDigest) -> Self {
        Self::new(DataType::OciBlob, data).with_extra(&digest.encode())
    }

    /// Names the object, in at most 128 bytes.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Puts the object in a group, or in none.
    #[must_use]
    pub fn in_group(mut self, group: Option<u32>) -> Self {
        self.group = group;
        self
    }

    /// Links the object to another one or to a group.
    #[must_use]
    pub fn linked_to(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }

    /// Places the data at a multiple of `alignment` bytes; 0 for any place.
    #[must_use]
    pub fn aligned_to(mut self, alignment: u32) -> Self {
        self.alignment = alignment;
        self
    }

    /// Gives the object a time of its own.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }

    /// Sets the per-type metadata to `extra`, at most 384 bytes, as it is.
    #[must_use]
    pub fn with_extra(mut self, extra: &[u8]) -> Self {
        self.extra = Extra::Raw(extra.to_vec());
        self
    }

    /// What its descriptor will say apart from slot, position and time of the change.
    ///
    /// # Errors
    /// [`Error::NameTooLong`], [`Error::ExtraTooLong`], [`Error::InvalidGroupId`],
    /// [`Error::InvalidObjectId`], [`Error::UnknownArchitecture`].
    pub fn descriptor(&self) -> Result<Descriptor, Error> {
        let mut descriptor = Descriptor::empty(0);
        descriptor.data_type = self.data_type;
        descriptor.set_group(self.group)?;
        descriptor.set_link(self.link)?;
        descriptor.set_name(&self.name)?;
        descriptor.extra = match &self.extra {
            Extra::Partition(partition) => partition.encode()?,
            Extra::Raw(bytes) => padded(bytes)?,
        };
        let time = self.time.unwrap_or(Timestamp::ZERO);
        (descriptor.created, descriptor.modified) = (time, time);
        Ok(descriptor)
    }
}

/// `bytes` as extra metadata.
pub(crate) fn padded(bytes: &[u8]) -> Result<[u8; EXTRA_SIZE], Error> {
    let mut extra = [0; EXTRA_SIZE];
    let field = extra
        .get_mut(..bytes.len())
        .ok_or(Error::ExtraTooLong { len: bytes.len() })?;
    field.copy_from_slice(bytes);
    Ok(extra)
}

impl fmt::Debug for ObjectInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectInput")
            .field("data_type", &self.data_type)
            .field("name", &self.name)
            .field("group", &self.group)
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}
