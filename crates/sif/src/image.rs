//! An opened image: its header and descriptors, checked against the size of what they came from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::check::{self, Finding};
use crate::codes::{DataType, PartitionType};
use crate::descriptor::{DESCRIPTOR_SIZE, Descriptor};
use crate::error::Error;
use crate::header::{HEADER_SIZE, Header};
use crate::object::ObjectReader;
use crate::select::{Selector, matches_all};
use crate::source::Source;

/// The most descriptors this crate reads or writes. Real images have tens; an OCI-SIF of many
/// layers has a few hundred. The table of this many is just over 9 MiB.
pub const MAX_DESCRIPTORS: u32 = 16_384;

/// An image opened for reading. Only header and descriptor table have been read.
#[derive(Debug)]
pub struct Image<S = File> {
    pub(crate) source: S,
    pub(crate) len: u64,
    pub(crate) header: Header,
    pub(crate) slots: Vec<Descriptor>,
}

impl Image<File> {
    /// Opens the image at `path` for reading.
    ///
    /// # Errors
    /// [`Error::Open`] and [`Error::NotAFile`] about the path, else those of [`Image::load`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let failed = |source| Error::Open {
            path: path.to_owned(),
            source,
        };
        // Asked before opening: opening a pipe would wait for its other end.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(Error::NotAFile {
                path: path.to_owned(),
            });
        }
        Self::load(File::open(path).map_err(failed)?)
    }
}

impl<S: Source> Image<S> {
    /// Reads header and descriptor table from `source`: 28,208 bytes for an ordinary image,
    /// whatever its size.
    ///
    /// # Errors
    /// [`Error::NotSif`], [`Error::UnsupportedVersion`], [`Error::Truncated`],
    /// [`Error::DescriptorCount`], [`Error::TableOffset`], [`Error::TableSize`], or
    /// [`Error::Read`] when the source fails.
    pub fn load(source: S) -> Result<Self, Error> {
        let len = source.len().map_err(|source| Error::Read {
            what: "length",
            source,
        })?;
        let header = load_header(&source, len)?;
        let slots = load_table(&source, len, &header)?;
        Ok(Self {
            source,
            len,
            header,
            slots,
        })
    }

    /// The same image, read from what `change` makes of its source. That has to hold the same bytes.
    pub fn map_source<T>(self, change: impl FnOnce(S) -> T) -> Image<T> {
        Image {
            source: change(self.source),
            len: self.len,
            header: self.header,
            slots: self.slots,
        }
    }

    /// The global header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Size of the whole image in bytes, as it was when opened.
    pub fn size(&self) -> u64 {
        self.len
    }

    /// Where the image is read from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// Every slot of the descriptor table, unused ones included, in order.
    pub fn slots(&self) -> &[Descriptor] {
        &self.slots
    }

    /// The descriptors in use, in slot order.
    pub fn descriptors(&self) -> impl Iterator<Item = &Descriptor> {
        self.slots.iter().filter(|descriptor| descriptor.is_used())
    }

    /// The objects that match every selector, in slot order; possibly none.
    ///
    /// # Errors
    /// [`Error::InvalidObjectId`] or [`Error::InvalidGroupId`] for a selector with number 0.
    pub fn select(&self, selectors: &[Selector]) -> Result<Vec<&Descriptor>, Error> {
        selectors.iter().try_for_each(Selector::validate)?;
        Ok(self
            .descriptors()
            .filter(|descriptor| matches_all(selectors, descriptor))
            .collect())
    }

    /// The one object that matches every selector.
    ///
    /// # Errors
    /// [`Error::ObjectNotFound`], [`Error::MultipleObjects`], or as [`Image::select`].
    pub fn single(&self, selectors: &[Selector]) -> Result<&Descriptor, Error> {
        match self.select(selectors)?[..] {
            [] => Err(Error::ObjectNotFound),
            [one] => Ok(one),
            _ => Err(Error::MultipleObjects),
        }
    }

    /// The object of id `id`.
    ///
    /// # Errors
    /// As [`Image::single`].
    pub fn object(&self, id: u32) -> Result<&Descriptor, Error> {
        self.single(&[Selector::Id(id)])
    }

    /// The primary system partition, the first one should a damaged image have several.
    pub fn primary_partition(&self) -> Option<&Descriptor> {
        self.descriptors()
            .find(|descriptor| descriptor.is_partition(PartitionType::PrimarySystem))
    }

    /// Whether this is an OCI-SIF: an image with an OCI root index.
    pub fn is_oci(&self) -> bool {
        self.descriptors()
            .any(|descriptor| descriptor.data_type() == DataType::OciRootIndex)
    }

    /// Streams the data of an object.
    ///
    /// # Errors
    /// [`Error::ObjectRange`] or [`Error::ObjectPastEnd`] when it does not lie in the file.
    pub fn reader(&self, object: &Descriptor) -> Result<ObjectReader<&S>, Error> {
        Ok(ObjectReader::new(&self.source, object.range(self.len)?))
    }

    /// Reads the data of an object of at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::ObjectTooLarge`], [`Error::Read`], or as [`Image::reader`].
    pub fn read(&self, object: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
        let mut reader = self.reader(object)?;
        let size = reader.size();
        if size > limit {
            return Err(Error::ObjectTooLarge {
                id: object.id(),
                size,
                limit,
            });
        }
        let mut data = Vec::new();
        reader
            .read_to_end(&mut data)
            .map_err(|source| Error::Read {
                what: "data of an object",
                source,
            })?;
        Ok(data)
    }

    /// Everything about the layout that a careful person would want to know.
    pub fn findings(&self) -> Vec<Finding> {
        check::findings(&self.header, &self.slots, self.len)
    }

    /// Makes sure that every object lies whole in the file.
    ///
    /// # Errors
    /// [`Error::ObjectRange`] or [`Error::ObjectPastEnd`] for the first that does not.
    pub fn ensure_complete(&self) -> Result<(), Error> {
        self.descriptors()
            .try_for_each(|descriptor| descriptor.range(self.len).map(drop))
    }
}

fn load_header(source: &impl Source, len: u64) -> Result<Header, Error> {
    let mut bytes = [0; HEADER_SIZE];
    let present = usize::try_from(len).unwrap_or(HEADER_SIZE).min(HEADER_SIZE);
    source
        .read_exact_at(&mut bytes[..present], 0)
        .map_err(|source| Error::Read {
            what: "header",
            source,
        })?;
    match Header::decode(&bytes) {
        Ok(header) if present == HEADER_SIZE => Ok(header),
        // So short a file is called foreign only when it shows bytes that no SIF has.
        Err(error) if present == HEADER_SIZE || (present > 32 && bytes[32] != b'S') => Err(error),
        _ => Err(Error::Truncated {
            what: "header",
            needed: HEADER_SIZE as u64,
            len,
        }),
    }
}

fn load_table(source: &impl Source, len: u64, header: &Header) -> Result<Vec<Descriptor>, Error> {
    let total = u32::try_from(header.descriptors_total)
        .ok()
        .filter(|total| *total <= MAX_DESCRIPTORS)
        .ok_or(Error::DescriptorCount {
            total: header.descriptors_total,
            limit: MAX_DESCRIPTORS,
        })?;
    let offset = u64::try_from(header.descriptors_offset).map_err(|_| Error::TableOffset {
        offset: header.descriptors_offset,
    })?;
    let size = u64::from(total) * DESCRIPTOR_SIZE as u64;
    if i64::try_from(size).is_ok_and(|size| header.descriptors_size < size) {
        return Err(Error::TableSize {
            total: header.descriptors_total,
            size: header.descriptors_size,
        });
    }
    if total == 0 {
        return Ok(Vec::new());
    }
    let needed = offset.saturating_add(size);
    if needed > len {
        return Err(Error::Truncated {
            what: "descriptor table",
            needed,
            len,
        });
    }
    // At most MAX_DESCRIPTORS descriptors, and no more bytes than the file has.
    let mut table = vec![0; total as usize * DESCRIPTOR_SIZE];
    source
        .read_exact_at(&mut table, offset)
        .map_err(|source| Error::Read {
            what: "descriptor table",
            source,
        })?;
    let (records, _) = table.as_chunks::<DESCRIPTOR_SIZE>();
    Ok(records
        .iter()
        .enumerate()
        .map(|(slot, bytes)| Descriptor::decode(slot, bytes))
        .collect())
}
