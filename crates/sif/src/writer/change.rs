//! Changes to objects already there: delete, make primary, replace metadata.

use std::io::{self, Read};

use crate::arch::NO_ARCH;
use crate::codes::PartitionType;
use crate::descriptor::Descriptor;
use crate::error::Error;
use crate::header::Header;
use crate::metadata::OciDigest;
use crate::select::{Selector, matches_all};

use super::input::padded;
use super::{DeleteOptions, Stamp, Writer, data_end, is_primary, medium};

impl Writer {
    /// Deletes the object of id `id`.
    ///
    /// # Errors
    /// As [`Writer::delete_where`].
    pub fn delete(&mut self, id: u32, options: DeleteOptions) -> Result<(), Error> {
        self.delete_where(&[Selector::Id(id)], options)
    }

    /// Deletes every object that matches all of `selectors`. Only space at the end of the file can
    /// be given back; a hole between objects stays.
    ///
    /// # Errors
    /// [`Error::ObjectNotFound`] when none matches, [`Error::InvalidObjectId`] or
    /// [`Error::InvalidGroupId`] for a selector with number 0, [`Error::Write`].
    pub fn delete_where(
        &mut self,
        selectors: &[Selector],
        options: DeleteOptions,
    ) -> Result<(), Error> {
        selectors.iter().try_for_each(Selector::validate)?;
        let doomed: Vec<usize> = self
            .image
            .descriptors()
            .filter(|object| matches_all(selectors, object))
            .map(Descriptor::slot)
            .collect();
        if doomed.is_empty() {
            return Err(Error::ObjectNotFound);
        }
        let time = options.stamp.time(self.image.header.is_deterministic());
        let (mut header, mut slots) = (self.image.header.clone(), self.image.slots.clone());
        for slot in doomed {
            let object = &mut slots[slot];
            if options.zero {
                let size = object.size.cast_unsigned();
                medium::copy_at(
                    &self.image.source,
                    object.offset,
                    io::repeat(0).take(size),
                    self.image.len,
                )?;
            }
            if is_primary(object) {
                header.arch_code = NO_ARCH;
            }
            *object = Descriptor::empty(slot);
        }
        header.modified = time;
        let end = data_end(&header, &slots);
        if options.compact {
            header.data_size = end - header.data_offset;
        }
        self.replace(header, slots)?;
        if options.compact {
            self.cut_to(end)?;
        }
        Ok(())
    }

    /// Makes the system partition of id `id` the primary one; the former becomes an ordinary one.
    /// Nothing is written when it is primary already.
    ///
    /// # Errors
    /// [`Error::NotAPartition`], [`Error::NotASystemPartition`], [`Error::ObjectNotFound`],
    /// [`Error::MultipleObjects`], [`Error::UnknownArchitecture`], [`Error::Write`].
    pub fn set_primary(&mut self, id: u32, stamp: Stamp) -> Result<(), Error> {
        let chosen = self.image.object(id)?;
        let mut partition = chosen.partition().map_err(|_| Error::NotAPartition)?;
        match partition.kind {
            PartitionType::PrimarySystem => return Ok(()),
            PartitionType::System => partition.kind = PartitionType::PrimarySystem,
            _ => return Err(Error::NotASystemPartition),
        }
        let chosen = chosen.slot();
        let time = stamp.time(self.image.header.is_deterministic());
        let (mut header, mut slots) = (self.image.header.clone(), self.image.slots.clone());
        for former in slots.iter_mut().filter(|slot| is_primary(slot)) {
            // Only the number changes, so that an architecture unknown here stays as it was.
            former.extra[4..8].copy_from_slice(&PartitionType::System.code().to_le_bytes());
            former.modified = time;
        }
        slots[chosen].extra = partition.encode()?;
        slots[chosen].modified = time;
        header.set_arch(partition.arch);
        header.modified = time;
        self.replace(header, slots)
    }

    /// Replaces the per-type metadata of an object by `extra`, at most 384 bytes, as it is.
    ///
    /// # Errors
    /// [`Error::ExtraTooLong`], [`Error::ObjectNotFound`], [`Error::MultipleObjects`],
    /// [`Error::Write`].
    pub fn set_extra(&mut self, id: u32, extra: &[u8], stamp: Stamp) -> Result<(), Error> {
        let slot = self.image.object(id)?.slot();
        let time = stamp.time(self.image.header.is_deterministic());
        let (mut header, mut slots) = (self.image.header.clone(), self.image.slots.clone());
        slots[slot].extra = padded(extra)?;
        slots[slot].modified = time;
        header.modified = time;
        self.replace(header, slots)
    }

    /// Replaces the digest of an OCI index or blob.
    ///
    /// # Errors
    /// [`Error::UnexpectedDataType`] when the object is neither, else as [`Writer::set_extra`].
    pub fn set_oci_digest(
        &mut self,
        id: u32,
        digest: OciDigest,
        stamp: Stamp,
    ) -> Result<(), Error> {
        match self.image.object(id)?.oci_digest() {
            // A missing or malformed digest is what this call repairs.
            Ok(_) | Err(Error::MalformedMetadata { .. }) => {}
            Err(error) => return Err(error),
        }
        self.set_extra(id, &digest.encode(), stamp)
    }

    /// Writes a changed header and table, keeping the former ones in memory when that fails.
    pub(super) fn replace(&mut self, header: Header, slots: Vec<Descriptor>) -> Result<(), Error> {
        let former = std::mem::replace(&mut self.image.header, header);
        let former_slots = std::mem::replace(&mut self.image.slots, slots);
        let outcome = self.commit();
        if outcome.is_err() {
            (self.image.header, self.image.slots) = (former, former_slots);
        }
        outcome
    }

    /// Shortens the file to `end` bytes.
    fn cut_to(&mut self, end: i64) -> Result<(), Error> {
        let end = u64::try_from(end).map_err(|_| Error::OffsetOutOfRange)?;
        if end < self.image.len {
            let cut = self.image.source.set_len(end);
            cut.map_err(|source| Error::Write {
                what: "end of the image",
                source,
            })?;
            self.image.len = end;
        }
        Ok(())
    }
}
