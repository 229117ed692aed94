//! Fragments: blocks in which the tails of several files lie together.

use std::sync::Arc;

use crate::error::Error;
use crate::header::field;
use crate::source::Source;

use super::Squashfs;
use super::file::data_block;

/// Bytes of an entry of the fragment table.
const ENTRY: u64 = 16;
/// Entries in one metadata block of it.
const PER_BLOCK: u32 = 512;

/// How many fragments are kept unpacked; neighbours in a folder mostly share one.
pub(super) const KEPT: usize = 1;

impl<S: Source> Squashfs<S> {
    /// The fragment of number `number`, unpacked.
    pub(super) fn fragment(&self, number: u32) -> Result<Arc<Vec<u8>>, Error> {
        if let Some(bytes) = self.fragments.get(number.into()) {
            return Ok(bytes);
        }
        let (start, length) = self.fragment_place(number)?;
        let bytes = Arc::new(data_block(self, start, length)?.1);
        self.fragments.keep(number.into(), bytes.clone());
        Ok(bytes)
    }

    /// Where a fragment is and how long, in the form of a block length.
    fn fragment_place(&self, number: u32) -> Result<(u64, u32), Error> {
        let what = "fragment table";
        let damaged = || Error::FileSystem { what };
        let table = self.superblock.fragment_table.ok_or_else(damaged)?;
        if number >= self.superblock.fragments {
            return Err(damaged());
        }
        // The table is an index of positions, each of one metadata block of entries.
        let index = table.checked_add(u64::from(number / PER_BLOCK) * 8);
        let mut position = [0; 8];
        self.read_exact(&mut position, index.ok_or_else(damaged)?, what)?;
        // At most 511 entries of 16 bytes precede it.
        let offset = (u64::from(number % PER_BLOCK) * ENTRY) as u16;
        let mut entry = self.metadata(u64::from_le_bytes(position), 0, offset)?;
        let entry = entry.array::<16>()?;
        Ok((
            u64::from_le_bytes(field(&entry, 0)),
            u32::from_le_bytes(field(&entry, 8)),
        ))
    }
}
