//! The superblock: where the tables of the file system are, and what they are compressed by.

use crate::error::Error;
use crate::header::field;
use crate::source::Source;

use super::codec::Compression;

/// Length of the superblock in bytes.
const SIZE: usize = 96;
const MAGIC: [u8; 4] = *b"hsqs";
/// A table that the file system does not have.
const NOT_SET: u64 = u64::MAX;

/// What the superblock states, checked.
#[derive(Debug, Clone)]
pub(super) struct Superblock {
    pub(super) inodes: u32,
    /// Length of a data block in bytes: a power of two from 4 KiB to 1 MiB.
    pub(super) block_size: u32,
    pub(super) compression: Compression,
    /// Where the inode of the root is: block and offset.
    pub(super) root: u64,
    /// Where the file system ends, no further than its source does.
    pub(super) used: u64,
    pub(super) inode_table: u64,
    pub(super) directory_table: u64,
    pub(super) fragments: u32,
    /// Position of the index of the fragment table; `None` without one.
    pub(super) fragment_table: Option<u64>,
}

impl Superblock {
    pub(super) fn read(source: &impl Source) -> Result<Self, Error> {
        let failed = |source| Error::Read {
            what: "superblock",
            source,
        };
        let len = source.len().map_err(failed)?;
        if len < SIZE as u64 {
            return Err(Error::NotSquashfs);
        }
        let mut bytes = [0; SIZE];
        source.read_exact_at(&mut bytes, 0).map_err(failed)?;
        Self::decode(&bytes, len)
    }

    fn decode(bytes: &[u8; SIZE], len: u64) -> Result<Self, Error> {
        let short = |offset| u16::from_le_bytes(field(bytes, offset));
        let number = |offset| u32::from_le_bytes(field(bytes, offset));
        let long = |offset| u64::from_le_bytes(field(bytes, offset));
        if field::<4>(bytes, 0) != MAGIC {
            return Err(Error::NotSquashfs);
        }
        let version = (short(28), short(30));
        if version != (4, 0) {
            return Err(Error::UnsupportedSquashfs {
                major: version.0,
                minor: version.1,
            });
        }
        let damaged = |what| Error::FileSystem { what };
        let block_size = number(12);
        if !(4096..=1 << 20).contains(&block_size)
            || block_size.checked_ilog2() != Some(u32::from(short(22)))
            || !block_size.is_power_of_two()
        {
            return Err(damaged("block size"));
        }
        let used = long(40);
        if used < SIZE as u64 || used > len {
            return Err(damaged("length"));
        }
        let inside = |position: u64| (SIZE as u64..used).contains(&position);
        let (inode_table, directory_table) = (long(64), long(72));
        if !inside(inode_table) || !inside(directory_table) {
            return Err(damaged("position of a table"));
        }
        let fragment_table = Some(long(80)).filter(|position| *position != NOT_SET);
        if fragment_table.is_some_and(|position| !inside(position)) {
            return Err(damaged("position of the fragment table"));
        }
        let compression = Compression::from_code(short(20));
        compression.ensure_supported()?;
        Ok(Self {
            inodes: number(4),
            block_size,
            compression,
            root: long(32),
            used,
            inode_table,
            directory_table,
            fragments: number(16),
            fragment_table,
        })
    }
}
