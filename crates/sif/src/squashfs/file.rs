//! The content of a file: full blocks, holes, and a tail that may lie in a fragment.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use crate::error::Error;
use crate::extract::unwritable;
use crate::source::Source;

use super::Squashfs;
use super::inode;
use super::metadata::Metadata;

/// Set in the length of a data block that is stored as it is.
const STORED: u32 = 1 << 24;

/// Goes through the content of one file, a block at a time.
#[derive(Debug)]
pub(super) struct FileReader<'a, S> {
    squashfs: &'a Squashfs<S>,
    /// Bytes, as stated; there are exactly so many, or reading fails.
    size: u64,
    /// Bytes that have not been read yet.
    left: u64,
    /// The lengths of the blocks to come.
    lengths: Metadata<'a, S>,
    /// Where the next block is.
    position: u64,
    tail: Option<(u32, u32)>,
}

/// A block of a file.
enum Block {
    Bytes(Vec<u8>),
    /// So many zeros, for which nothing is stored.
    Hole(usize),
}

impl<'a, S: Source> FileReader<'a, S> {
    pub(super) fn of(squashfs: &'a Squashfs<S>, file: inode::File) -> Result<Self, Error> {
        Ok(Self {
            squashfs,
            size: file.size,
            left: file.size,
            lengths: squashfs.block_lengths(file.inode)?,
            position: file.start,
            tail: file.tail,
        })
    }

    /// All of the content, in memory.
    pub(super) fn read_whole(mut self) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        while let Some(block) = self.next_block()? {
            match block {
                Block::Bytes(bytes) => content.extend_from_slice(&bytes),
                Block::Hole(length) => content.resize(content.len() + length, 0),
            }
        }
        Ok(content)
    }

    /// Writes the content into a file that is empty, and returns its length. Holes are stepped over: four bytes of an
    /// image can state one of a megabyte, and written as zeros they would fill any disk.
    pub(super) fn write_to(mut self, file: &mut File) -> Result<u64, Error> {
        let mut at = 0;
        while let Some(block) = self.next_block()? {
            match block {
                Block::Bytes(bytes) => {
                    file.seek(SeekFrom::Start(at)).map_err(unwritable)?;
                    file.write_all(&bytes).map_err(unwritable)?;
                    at += bytes.len() as u64;
                }
                Block::Hole(length) => at += length as u64,
            }
        }
        // A hole at the end has no bytes behind it that would make the file so long.
        file.set_len(self.size).map_err(unwritable)?;
        Ok(self.size)
    }

    /// The next block, unpacked; `None` after the last one.
    fn next_block(&mut self) -> Result<Option<Block>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        let full = u64::from(self.squashfs.superblock.block_size);
        // At most a block.
        let want = self.left.min(full) as usize;
        let block = match self.tail.filter(|_| self.left < full) {
            Some((fragment, offset)) => {
                let fragment = self.squashfs.fragment(fragment)?;
                let content = fragment
                    .get(offset as usize..)
                    .and_then(|rest| rest.get(..want))
                    .ok_or(Error::FileSystem {
                        what: "tail of a file",
                    })?;
                Block::Bytes(content.to_vec())
            }
            None => self.next_full_block(want)?,
        };
        self.left -= want as u64;
        Ok(Some(block))
    }

    fn next_full_block(&mut self, want: usize) -> Result<Block, Error> {
        let length = u32::from_le_bytes(self.lengths.array()?);
        if length & !STORED == 0 {
            return Ok(Block::Hole(want));
        }
        let (next, bytes) = data_block(self.squashfs, self.position, length)?;
        if bytes.len() != want {
            return Err(Error::FileSystem {
                what: "length of a block",
            });
        }
        self.position = next;
        Ok(Block::Bytes(bytes))
    }
}

/// Unpacks the data block at `position`; returns where the next one is, too.
pub(super) fn data_block<S: Source>(
    squashfs: &Squashfs<S>,
    position: u64,
    length: u32,
) -> Result<(u64, Vec<u8>), Error> {
    let what = "data block";
    let (block_size, size) = (squashfs.superblock.block_size, length & !STORED);
    if size > block_size {
        return Err(Error::FileSystem { what });
    }
    let mut packed = vec![0; size as usize];
    squashfs.read_exact(&mut packed, position, what)?;
    let next = position.saturating_add(u64::from(size));
    if length & STORED != 0 {
        return Ok((next, packed));
    }
    let compression = squashfs.superblock.compression;
    Ok((next, compression.unpack(&packed, block_size as usize)?))
}
