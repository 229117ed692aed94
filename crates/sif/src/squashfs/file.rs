//! The content of a file: full blocks, holes, and a tail that may lie in a fragment.

use std::io::{self, Read};

use crate::error::Error;
use crate::source::Source;

use super::Squashfs;
use super::entry::Entry;
use super::inode::Node;
use super::metadata::Metadata;

/// Set in the length of a data block that is stored as it is.
const STORED: u32 = 1 << 24;

/// Streams the content of one file, a block at a time.
#[derive(Debug)]
pub struct FileReader<'a, S> {
    squashfs: &'a Squashfs<S>,
    size: u64,
    /// Bytes that have not been unpacked yet.
    left: u64,
    /// The lengths of the blocks to come.
    lengths: Metadata<'a, S>,
    /// Where the next block is.
    position: u64,
    tail: Option<(u32, u32)>,
    block: Vec<u8>,
    at: usize,
}

impl<'a, S: Source> FileReader<'a, S> {
    /// `None` when the entry is no file.
    pub(super) fn of(squashfs: &'a Squashfs<S>, entry: &Entry) -> Result<Option<Self>, Error> {
        let Node::File(file) = entry.inode.node else {
            return Ok(None);
        };
        Ok(Some(Self {
            squashfs,
            size: file.size,
            left: file.size,
            lengths: squashfs.block_lengths(file.inode)?,
            position: file.start,
            tail: file.tail,
            block: Vec::new(),
            at: 0,
        }))
    }

    /// Bytes, as stated; there are exactly so many, or reading fails.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn ensure_at_most(&self, path: &str, limit: u64) -> Result<(), Error> {
        if self.size > limit {
            return Err(Error::FileTooLarge {
                path: path.to_owned(),
                size: self.size,
                limit,
            });
        }
        Ok(())
    }

    pub(super) fn read_whole(mut self, path: &str, limit: u64) -> Result<Vec<u8>, Error> {
        self.ensure_at_most(path, limit)?;
        let mut content = Vec::new();
        while self.next_block()? {
            content.extend_from_slice(&self.block);
        }
        Ok(content)
    }

    /// Unpacks the next block; `false` after the last one.
    fn next_block(&mut self) -> Result<bool, Error> {
        if self.left == 0 {
            return Ok(false);
        }
        let full = u64::from(self.squashfs.superblock.block_size);
        // At most a block.
        let want = self.left.min(full) as usize;
        match self.tail.filter(|_| self.left < full) {
            Some((fragment, offset)) => {
                let fragment = self.squashfs.fragment(fragment)?;
                let content = fragment
                    .get(offset as usize..)
                    .and_then(|rest| rest.get(..want))
                    .ok_or(Error::FileSystem {
                        what: "tail of a file",
                    })?;
                self.block.clear();
                self.block.extend_from_slice(content);
            }
            None => self.next_full_block(want)?,
        }
        self.at = 0;
        self.left -= want as u64;
        Ok(true)
    }

    fn next_full_block(&mut self, want: usize) -> Result<(), Error> {
        let length = u32::from_le_bytes(self.lengths.array()?);
        if length & !STORED == 0 {
            // A hole: nothing is stored for zeros.
            self.block.clear();
            self.block.resize(want, 0);
            return Ok(());
        }
        let (next, block) = data_block(self.squashfs, self.position, length)?;
        if block.len() != want {
            return Err(Error::FileSystem {
                what: "length of a block",
            });
        }
        (self.position, self.block) = (next, block);
        Ok(())
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

impl<S: Source> Read for FileReader<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() && !self.next_block().map_err(io::Error::other)? {
            return Ok(0);
        }
        let rest = self.block.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
