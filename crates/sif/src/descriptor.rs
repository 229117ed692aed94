//! A descriptor: 585 packed bytes that say what one data object is and where it lies.

use std::ops::Range;

use crate::codes::DataType;
use crate::error::Error;
use crate::header::{field, text};
use crate::timestamp::Timestamp;

/// Length of a descriptor in bytes.
pub const DESCRIPTOR_SIZE: usize = 585;
/// Length of the name field in bytes.
pub const NAME_SIZE: usize = 128;
/// Length of the per-type metadata in bytes.
pub const EXTRA_SIZE: usize = 384;

/// The four top bits that mark a group number.
const GROUP_MASK: u32 = 0xF000_0000;

/// What an object is linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// Another object, by id.
    Object(u32),
    /// A group of objects, by number.
    Group(u32),
}

/// One slot of the descriptor table as stored; nothing about it has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    pub(crate) slot: usize,
    pub(crate) data_type: DataType,
    pub(crate) used: u8,
    pub(crate) id: u32,
    pub(crate) group_code: u32,
    pub(crate) link_code: u32,
    pub(crate) offset: i64,
    pub(crate) size: i64,
    pub(crate) size_with_padding: i64,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) uid: i64,
    pub(crate) gid: i64,
    pub(crate) name: [u8; NAME_SIZE],
    pub(crate) extra: [u8; EXTRA_SIZE],
}

impl Descriptor {
    /// A slot of zeros, as a writer leaves it.
    pub(crate) fn empty(slot: usize) -> Self {
        Self::decode(slot, &[0; DESCRIPTOR_SIZE])
    }

    /// Reads the descriptor in table slot `slot`. Every byte sequence is a descriptor of sorts.
    pub fn decode(slot: usize, bytes: &[u8; DESCRIPTOR_SIZE]) -> Self {
        let small = |offset| u32::from_le_bytes(field(bytes, offset));
        let number = |offset| i64::from_le_bytes(field(bytes, offset));
        Self {
            slot,
            data_type: DataType::from_code(i32::from_le_bytes(field(bytes, 0))),
            used: bytes[4],
            id: small(5),
            group_code: small(9),
            link_code: small(13),
            offset: number(17),
            size: number(25),
            size_with_padding: number(33),
            created: Timestamp(number(41)),
            modified: Timestamp(number(49)),
            uid: number(57),
            gid: number(65),
            name: field(bytes, 73),
            extra: field(bytes, 201),
        }
    }

    /// The 585 bytes to store.
    pub fn encode(&self) -> [u8; DESCRIPTOR_SIZE] {
        let mut bytes = [0; DESCRIPTOR_SIZE];
        bytes[..4].copy_from_slice(&self.data_type.code().to_le_bytes());
        bytes[4] = self.used;
        bytes[5..9].copy_from_slice(&self.id.to_le_bytes());
        bytes[9..13].copy_from_slice(&self.group_code.to_le_bytes());
        bytes[13..17].copy_from_slice(&self.link_code.to_le_bytes());
        let numbers = [
            self.offset,
            self.size,
            self.size_with_padding,
            self.created.0,
            self.modified.0,
            self.uid,
            self.gid,
        ];
        for (slot, number) in bytes[17..73].chunks_exact_mut(8).zip(numbers) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
        bytes[73..201].copy_from_slice(&self.name);
        bytes[201..].copy_from_slice(&self.extra);
        bytes
    }

    /// Position in the descriptor table, from 0.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// What the object holds.
    pub fn data_type(&self) -> DataType {
        self.data_type
    }

    /// Whether the slot describes an object at all.
    pub fn is_used(&self) -> bool {
        self.used != 0
    }

    /// Id of the object; a writer makes it slot + 1, a file may state anything.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Number of the group the object belongs to.
    pub fn group(&self) -> Option<u32> {
        Some(self.group_code & !GROUP_MASK).filter(|group| *group != 0)
    }

    pub(crate) fn set_group(&mut self, group: Option<u32>) -> Result<(), Error> {
        self.group_code = match group {
            None => GROUP_MASK,
            Some(group) => group_code(group)?,
        };
        Ok(())
    }

    /// What the object is linked to.
    pub fn link(&self) -> Option<Link> {
        let number = self.link_code & !GROUP_MASK;
        let is_group = self.link_code & GROUP_MASK == GROUP_MASK;
        (number != 0).then_some(if is_group {
            Link::Group(number)
        } else {
            Link::Object(number)
        })
    }

    pub(crate) fn set_link(&mut self, link: Option<Link>) -> Result<(), Error> {
        self.link_code = match link {
            None => 0,
            Some(Link::Object(0)) => return Err(Error::InvalidObjectId),
            Some(Link::Object(id)) if id & GROUP_MASK != 0 => return Err(Error::InvalidObjectId),
            Some(Link::Object(id)) => id,
            Some(Link::Group(group)) => group_code(group)?,
        };
        Ok(())
    }

    /// Offset of the data as stated, in bytes from the start of the file.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// Length of the data as stated, in bytes.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// Length of the data and of the gap before it as stated, in bytes.
    pub fn size_with_padding(&self) -> i64 {
        self.size_with_padding
    }

    /// When the object was added.
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// When the descriptor was last changed.
    pub fn modified(&self) -> Timestamp {
        self.modified
    }

    /// Numeric user and group of the builder: 0 today, stored by old writers.
    pub fn owner(&self) -> (i64, i64) {
        (self.uid, self.gid)
    }

    /// Name of the object, invalid UTF-8 replaced; `None` when it has none.
    pub fn name(&self) -> Option<String> {
        text(&self.name)
    }

    pub(crate) fn set_name(&mut self, name: &str) -> Result<(), Error> {
        self.name = [0; NAME_SIZE];
        let field = self
            .name
            .get_mut(..name.len())
            .ok_or(Error::NameTooLong { len: name.len() })?;
        field.copy_from_slice(name.as_bytes());
        Ok(())
    }

    /// The per-type metadata as stored.
    pub fn extra(&self) -> &[u8; EXTRA_SIZE] {
        &self.extra
    }

    /// Where the data lies, for a file of `len` bytes.
    ///
    /// # Errors
    /// [`Error::ObjectRange`] or [`Error::ObjectPastEnd`] when it cannot lie there. An object
    /// without data may be placed past the end, since writing nothing does not extend a file.
    pub fn range(&self, len: u64) -> Result<Range<u64>, Error> {
        let range = self.stated_range()?;
        if range.end > len && !range.is_empty() {
            return Err(Error::ObjectPastEnd {
                id: self.id,
                end: range.end,
                len,
            });
        }
        Ok(range)
    }

    pub(crate) fn stated_range(&self) -> Result<Range<u64>, Error> {
        let impossible = || Error::ObjectRange {
            id: self.id,
            offset: self.offset,
            size: self.size,
        };
        let start = u64::try_from(self.offset).map_err(|_| impossible())?;
        let size = u64::try_from(self.size).map_err(|_| impossible())?;
        let end = start
            .checked_add(size)
            .filter(|end| i64::try_from(*end).is_ok());
        Ok(start..end.ok_or_else(impossible)?)
    }
}

/// The stored form of a group number.
fn group_code(group: u32) -> Result<u32, Error> {
    if group == 0 || group & GROUP_MASK != 0 {
        return Err(Error::InvalidGroupId);
    }
    Ok(GROUP_MASK | group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_descriptor_survives() {
        let mut bytes = [0; DESCRIPTOR_SIZE];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = (index % 251) as u8 + 1;
        }
        assert_eq!(Descriptor::decode(0, &bytes).encode(), bytes);
    }

    #[test]
    fn groups_and_links_follow_the_top_four_bits() {
        let mut descriptor = Descriptor::empty(0);
        for (code, group) in [
            (0xF000_0001, Some(1)),
            (0xF000_0000, None),
            (1, Some(1)),
            (0x3000_0002, Some(2)),
        ] {
            descriptor.group_code = code;
            assert_eq!(descriptor.group(), group, "{code:#x}");
        }
        for (code, link) in [
            (0, None),
            (3, Some(Link::Object(3))),
            (0xF000_0003, Some(Link::Group(3))),
            (0x7000_0003, Some(Link::Object(3))),
            (0xF000_0000, None),
        ] {
            descriptor.link_code = code;
            assert_eq!(descriptor.link(), link, "{code:#x}");
        }
    }

    #[test]
    fn impossible_positions_are_named() {
        let mut descriptor = Descriptor::empty(0);
        for (offset, size) in [(-1, 1), (1, -1), (i64::MAX, 1), (i64::MIN, i64::MIN)] {
            (descriptor.offset, descriptor.size) = (offset, size);
            assert!(matches!(
                descriptor.range(u64::MAX),
                Err(Error::ObjectRange { .. })
            ));
        }
        (descriptor.offset, descriptor.size) = (10, 5);
        assert_eq!(descriptor.range(15).unwrap(), 10..15);
        assert!(matches!(
            descriptor.range(14),
            Err(Error::ObjectPastEnd {
                end: 15,
                len: 14,
                ..
            })
        ));
    }

    #[test]
    fn an_object_without_data_may_lie_past_the_end() {
        let mut descriptor = Descriptor::empty(0);
        descriptor.offset = 4096;
        assert_eq!(descriptor.range(100).unwrap(), 4096..4096);
    }

    #[test]
    fn a_name_of_128_bytes_fits_without_terminator() {
        let mut descriptor = Descriptor::empty(0);
        descriptor.set_name(&"n".repeat(128)).unwrap();
        assert_eq!(descriptor.name().unwrap().len(), 128);
        assert!(matches!(
            descriptor.set_name(&"n".repeat(129)),
            Err(Error::NameTooLong { len: 129 })
        ));
    }
}
