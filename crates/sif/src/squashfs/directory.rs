//! Folders: rows of names, each with the place of an inode.

use crate::error::Error;
use crate::header::field;
use crate::source::Source;

use super::Squashfs;
use super::entry::Entry;
use super::inode::{Directory, InodeRef, Node};
use super::metadata::Metadata;

/// The longest name, in bytes.
const LONGEST_NAME: u16 = 256;
/// The most names after one head.
const MOST_NAMES: u32 = 256;
/// The most bytes of one folder that are read: over half a million names.
const LARGEST: u32 = 16 << 20;
/// Bytes that a folder states for `.` and `..`, which are not stored.
const UNSTORED: u32 = 3;

/// A name in a folder.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) bytes: Vec<u8>,
    pub(super) inode: InodeRef,
}

/// The names of a folder, one after the other.
#[derive(Debug)]
pub(super) struct Names<'a, S> {
    /// `None` for an empty folder, which need not point anywhere.
    metadata: Option<Metadata<'a, S>>,
    /// Bytes not yet read.
    left: u32,
    /// Names until the next head.
    names: u32,
    /// Block of the inodes since the last head.
    block: u32,
}

impl<S: Source> Squashfs<S> {
    pub(super) fn names(&self, folder: Directory) -> Result<Names<'_, S>, Error> {
        let left = folder.size.saturating_sub(UNSTORED);
        if left > LARGEST {
            return Err(Error::FileSystem {
                what: "size of a folder",
            });
        }
        let table = self.superblock.directory_table;
        let metadata = if left > 0 {
            Some(self.metadata(table, u64::from(folder.block), folder.offset)?)
        } else {
            None
        };
        Ok(Names {
            metadata,
            left,
            names: 0,
            block: 0,
        })
    }

    /// The names in `entry`, when it is a folder.
    pub(super) fn names_of(&self, entry: &Entry) -> Result<Option<Names<'_, S>>, Error> {
        match &entry.inode.node {
            Node::Directory(folder) => self.names(*folder).map(Some),
            _ => Ok(None),
        }
    }
}

impl<S: Source> Names<'_, S> {
    /// The next name, or `None` after the last one.
    pub(super) fn next(&mut self) -> Result<Option<Name>, Error> {
        let Some(metadata) = self.metadata.as_mut().filter(|_| self.left > 0) else {
            return Ok(None);
        };
        if self.names == 0 {
            let head = metadata.array::<12>()?;
            let count = u32::from_le_bytes(field(&head, 0));
            if count >= MOST_NAMES {
                return Err(damaged("number of names in a folder"));
            }
            self.names = count + 1;
            self.block = u32::from_le_bytes(field(&head, 4));
            self.left = self.left.saturating_sub(12);
        }
        let head = metadata.array::<8>()?;
        let length = u16::from_le_bytes(field(&head, 6));
        if length >= LONGEST_NAME {
            return Err(damaged("length of a name"));
        }
        let bytes = metadata.text(length + 1)?;
        if bytes == b"." || bytes == b".." || bytes.iter().any(|byte| matches!(byte, b'/' | 0)) {
            return Err(damaged("name of a file"));
        }
        self.names -= 1;
        // A folder that ends inside a name was cut; what is there was still read from inside the table.
        self.left = self.left.saturating_sub(9 + u32::from(length));
        Ok(Some(Name {
            bytes,
            inode: InodeRef::new(self.block, u16::from_le_bytes(field(&head, 0))),
        }))
    }
}

fn damaged(what: &'static str) -> Error {
    Error::FileSystem { what }
}
