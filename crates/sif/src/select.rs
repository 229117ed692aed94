//! Selectors: which objects of an image are meant.

use crate::codes::{DataType, PartitionType};
use crate::descriptor::{Descriptor, Link};
use crate::error::Error;
use crate::metadata::OciDigest;

/// A condition on objects. Several together must all hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// The object holds this type of data.
    DataType(DataType),
    /// The object has this id.
    Id(u32),
    /// The object is in no group.
    NoGroup,
    /// The object is in this group.
    Group(u32),
    /// The object is linked to the object of this id.
    LinkedObject(u32),
    /// The object is linked to this group.
    LinkedGroup(u32),
    /// The object is a partition of this type.
    PartitionType(PartitionType),
    /// The object is an OCI index or blob with this digest.
    OciDigest(OciDigest),
}

impl Selector {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        match self {
            Self::Id(0) | Self::LinkedObject(0) => Err(Error::InvalidObjectId),
            Self::Group(0) | Self::LinkedGroup(0) => Err(Error::InvalidGroupId),
            _ => Ok(()),
        }
    }

    fn matches(&self, descriptor: &Descriptor) -> bool {
        match *self {
            Self::DataType(data_type) => descriptor.data_type() == data_type,
            Self::Id(id) => descriptor.id() == id,
            Self::NoGroup => descriptor.group().is_none(),
            Self::Group(group) => descriptor.group() == Some(group),
            Self::LinkedObject(id) => descriptor.link() == Some(Link::Object(id)),
            Self::LinkedGroup(group) => descriptor.link() == Some(Link::Group(group)),
            Self::PartitionType(kind) => descriptor.is_partition(kind),
            Self::OciDigest(digest) => descriptor.oci_digest().is_ok_and(|found| found == digest),
        }
    }
}

pub(crate) fn matches_all(selectors: &[Selector], descriptor: &Descriptor) -> bool {
    selectors
        .iter()
        .all(|selector| selector.matches(descriptor))
}
