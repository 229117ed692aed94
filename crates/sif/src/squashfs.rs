//! Looking into a squashfs without mounting it: list a folder, walk the tree, read a file.
//!
//! Everything is read when it is asked for. Opening costs the 96 bytes of the superblock, a path costs the
//! metadata blocks on its way, so that an image of any size, or one that is still on a server, shows its files at once.
//! Nothing that the file states is believed: every block is at most as large as the format allows, every reference has
//! to lie inside the file system, and what could be endless (links, folders inside themselves, folders of
//! millions of names) has a limit.

mod codec;
mod directory;
mod entry;
mod file;
mod fragments;
mod inode;
mod metadata;
mod path;
mod superblock;
mod walk;

use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::extract;
use crate::kept::Kept;
use crate::source::Source;

use file::FileReader;
use inode::Node;
use metadata::Blocks;
use superblock::Superblock;

pub use codec::Compression;
pub use entry::{Entry, EntryKind};
pub use walk::{Walk, WalkedEntry};

/// A squashfs of version 4, opened for reading.
///
/// Compressed by gzip, xz, zstd or lz4; another compression is named by [`Error::UnsupportedCompression`].
/// Extended attributes and owners are not read.
#[derive(Debug)]
pub struct Squashfs<S> {
    source: S,
    superblock: Superblock,
    blocks: Blocks,
    fragments: Kept<Arc<Vec<u8>>>,
}

/// The names in one folder, as far as they were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// The entries in the order of the folder, which is that of their names as bytes.
    pub entries: Vec<Entry>,
    /// Whether the folder has more of them.
    pub more: bool,
}

impl<S: Source> Squashfs<S> {
    /// Reads the superblock at the beginning of `source`: 96 bytes.
    ///
    /// # Errors
    /// [`Error::NotSquashfs`], [`Error::UnsupportedSquashfs`], [`Error::UnsupportedCompression`],
    /// [`Error::FileSystem`] when it contradicts itself or its surroundings, or [`Error::Read`].
    pub fn open(source: S) -> Result<Self, Error> {
        let superblock = Superblock::read(&source)?;
        Ok(Self {
            source,
            superblock,
            blocks: Blocks::new(),
            fragments: Kept::new(fragments::KEPT),
        })
    }

    /// How the file system is compressed.
    pub fn compression(&self) -> Compression {
        self.superblock.compression
    }

    /// How many files, folders and links it states to have. Nothing depends on the number.
    pub fn inodes(&self) -> u32 {
        self.superblock.inodes
    }

    /// What is at `path`, without following a link at its end. `/` is the root; `..` cannot leave it.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::FileSystem`], [`Error::Read`].
    pub fn entry(&self, path: &str) -> Result<Entry, Error> {
        self.resolve(path, false)
    }

    /// What is at `path`, behind any links. An absolute link begins at the root of this file system.
    ///
    /// # Errors
    /// As [`Squashfs::entry`].
    pub fn followed(&self, path: &str) -> Result<Entry, Error> {
        self.resolve(path, true)
    }

    /// The first `limit` entries of the folder at `path`.
    ///
    /// # Errors
    /// As [`Squashfs::entry`]; what is no folder is [`Error::NoSuchFile`] too.
    pub fn list(&self, path: &str, limit: usize) -> Result<Listing, Error> {
        let folder = self.followed(path)?;
        let mut names = self.names_of(&folder)?.ok_or_else(|| path::missing(path))?;
        let mut entries = Vec::new();
        while let Some(name) = names.next()? {
            if entries.len() == limit {
                return Ok(Listing {
                    entries,
                    more: true,
                });
            }
            entries.push(self.entry_of(name)?);
        }
        Ok(Listing {
            entries,
            more: false,
        })
    }

    /// Everything below the folder at `path`, a folder before what is in it. Lazy: take as many as you can show.
    ///
    /// # Errors
    /// As [`Squashfs::list`].
    pub fn walk(&self, path: &str) -> Result<Walk<'_, S>, Error> {
        let folder = self.followed(path)?;
        Walk::below(self, path, &folder)?.ok_or_else(|| path::missing(path))
    }

    /// Reads the file at `path`, behind any links, of at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`], or as [`Squashfs::entry`]; what is no file is [`Error::NoSuchFile`] too.
    pub fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Error> {
        self.reader(path, limit)?.read_whole()
    }

    /// Writes the file at `path`, behind any links, of at most `limit` bytes, to the new file `target` and returns its
    /// length. Nothing in the image has a say in where the bytes go. Holes stay holes where the disk can have them.
    ///
    /// # Errors
    /// [`Error::Exists`] when `target` is there already, which stays as it is; [`Error::Open`] and [`Error::Write`]
    /// about the target; or as [`Squashfs::read`]. No part of a file is left behind.
    pub fn extract(&self, path: &str, target: &Path, limit: u64) -> Result<u64, Error> {
        let reader = self.reader(path, limit)?;
        extract::to_new_file(target, |file| reader.write_to(file))
    }

    fn reader(&self, path: &str, limit: u64) -> Result<FileReader<'_, S>, Error> {
        let entry = self.followed(path)?;
        let Node::File(file) = entry.inode.node else {
            return Err(path::missing(path));
        };
        if file.size > limit {
            return Err(Error::FileTooLarge {
                path: path.to_owned(),
                size: file.size,
                limit,
            });
        }
        FileReader::of(self, file)
    }
}
