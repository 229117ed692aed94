//! Metadata blocks: inodes and folders, in compressed pieces of at most 8 KiB.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
use crate::kept::Kept;
use crate::source::Source;

use super::Squashfs;

/// The most bytes a metadata block holds.
const BLOCK: usize = 8192;
/// How many blocks are kept unpacked: 1 MiB.
const KEPT: usize = 128;
/// How many bytes of metadata are unpacked and looked at, for one opened file system. Walking a tree of half a million
/// files needs a tenth of it; a file system made to keep its reader busy ends here.
const MOST_WORK: u64 = 1 << 30;
/// Set in the length of a block that is stored as it is.
const STORED: u16 = 1 << 15;

/// The blocks that were unpacked last.
#[derive(Debug)]
pub(super) struct Blocks {
    kept: Kept<Block>,
    work: AtomicU64,
}

/// A block and where the next one begins.
#[derive(Debug, Clone)]
pub(super) struct Block {
    bytes: Arc<Vec<u8>>,
    next: u64,
}

impl Blocks {
    pub(super) fn new() -> Self {
        Self {
            kept: Kept::new(KEPT),
            work: AtomicU64::new(0),
        }
    }

    fn count(&self, bytes: usize) -> Result<(), Error> {
        let before = self.work.fetch_add(bytes as u64, Ordering::Relaxed);
        if before > MOST_WORK {
            return Err(Error::FileSystem {
                what: "amount of metadata",
            });
        }
        Ok(())
    }
}

impl<S: Source> Squashfs<S> {
    /// The metadata block at `position`.
    fn block(&self, position: u64) -> Result<Block, Error> {
        if let Some(block) = self.blocks.kept.get(position) {
            return Ok(block);
        }
        // Length and content at once: a source may be far away.
        let mut packed = [0; 2 + BLOCK];
        let there = self.read_up_to(&mut packed, position)?;
        let damaged = || Error::FileSystem {
            what: "metadata block",
        };
        let (length, rest) = there.split_first_chunk::<2>().ok_or_else(damaged)?;
        let length = u16::from_le_bytes(*length);
        let size = usize::from(length & !STORED);
        if size > BLOCK {
            return Err(damaged());
        }
        let content = rest.get(..size).ok_or_else(damaged)?;
        let bytes = if length & STORED == 0 {
            self.superblock.compression.unpack(content, BLOCK)?
        } else {
            content.to_vec()
        };
        // An empty block would be a step that leads nowhere.
        if size == 0 || matches!(bytes.as_slice(), []) {
            return Err(damaged());
        }
        self.blocks.count(BLOCK)?;
        let block = Block {
            bytes: Arc::new(bytes),
            next: position.saturating_add(2 + size as u64),
        };
        self.blocks.kept.keep(position, block.clone());
        Ok(block)
    }

    /// Reads what there is of `buffer` from `position` to the end of the file system.
    fn read_up_to<'b>(&self, buffer: &'b mut [u8], position: u64) -> Result<&'b [u8], Error> {
        let rest = self.superblock.used.saturating_sub(position);
        let want = usize::try_from(rest)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let buffer = buffer.get_mut(..want).unwrap_or_default();
        self.read_exact(buffer, position, "metadata of the file system")?;
        Ok(buffer)
    }

    /// Fills `buffer` from `position`, which has to lie inside the file system.
    pub(super) fn read_exact(
        &self,
        buffer: &mut [u8],
        position: u64,
        what: &'static str,
    ) -> Result<(), Error> {
        let end = position.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| end > self.superblock.used) {
            return Err(Error::FileSystem { what });
        }
        self.source
            .read_exact_at(buffer, position)
            .map_err(|source| match source.kind() {
                io::ErrorKind::UnexpectedEof => Error::FileSystem { what },
                _ => Error::Read { what, source },
            })
    }

    /// Reads metadata from byte `offset` of the block that lies `block` bytes into the table at `table`.
    pub(super) fn metadata(
        &self,
        table: u64,
        block: u64,
        offset: u16,
    ) -> Result<Metadata<'_, S>, Error> {
        let position = table.checked_add(block).ok_or(Error::FileSystem {
            what: "reference into a table",
        })?;
        let block = self.block(position)?;
        if block.bytes.get(usize::from(offset)..).is_none() {
            return Err(Error::FileSystem {
                what: "reference into a block",
            });
        }
        Ok(Metadata {
            squashfs: self,
            block,
            at: usize::from(offset),
        })
    }
}

/// A place in a row of metadata blocks, read as if they were one text.
#[derive(Debug)]
pub(super) struct Metadata<'a, S> {
    squashfs: &'a Squashfs<S>,
    block: Block,
    at: usize,
}

impl<S: Source> Metadata<'_, S> {
    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// The next `length` bytes, of at most 64 KiB.
    pub(super) fn text(&mut self, length: u16) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; usize::from(length)];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, mut buffer: &mut [u8]) -> Result<(), Error> {
        self.squashfs.blocks.count(buffer.len())?;
        while !buffer.is_empty() {
            let rest = self.block.bytes.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                self.block = self.squashfs.block(self.block.next)?;
                self.at = 0;
                continue;
            }
            let count = rest.len().min(buffer.len());
            let (now, later) = buffer.split_at_mut(count);
            now.copy_from_slice(rest.get(..count).unwrap_or_default());
            self.at += count;
            buffer = later;
        }
        Ok(())
    }
}
