//! An entry of a folder, as callers see it.

use crate::error::Error;
use crate::source::Source;

use super::Squashfs;
use super::directory::Name;
use super::inode::{Inode, Node};

/// A file, a folder, a link or something else with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    name: Vec<u8>,
    pub(super) inode: Inode,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryKind {
    /// A folder.
    Directory,
    /// A regular file.
    File {
        /// Bytes, as stated.
        size: u64,
    },
    /// A symbolic link.
    Symlink {
        /// Where it points, invalid UTF-8 replaced. Anything can be written there.
        target: String,
    },
    /// A block device.
    BlockDevice,
    /// A character device.
    CharacterDevice,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
}

impl Entry {
    pub(super) fn new(name: Vec<u8>, inode: Inode) -> Self {
        Self { name, inode }
    }

    /// Its name, invalid UTF-8 replaced; empty for the root. Never `.`, `..` or with a slash, but it may hold control
    /// characters. A path with the replaced name finds the entry again.
    pub fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// What it is.
    pub fn kind(&self) -> EntryKind {
        match &self.inode.node {
            Node::Directory(_) => EntryKind::Directory,
            Node::File(file) => EntryKind::File { size: file.size },
            Node::Symlink(target) => EntryKind::Symlink {
                target: String::from_utf8_lossy(target).into_owned(),
            },
            Node::BlockDevice => EntryKind::BlockDevice,
            Node::CharacterDevice => EntryKind::CharacterDevice,
            Node::Fifo => EntryKind::Fifo,
            Node::Socket => EntryKind::Socket,
        }
    }

    /// Its twelve permission bits.
    pub fn permissions(&self) -> u16 {
        self.inode.permissions
    }

    /// When it was last changed, in Unix seconds.
    pub fn modified(&self) -> u32 {
        self.inode.modified
    }
}

impl<S: Source> Squashfs<S> {
    pub(super) fn entry_of(&self, name: Name) -> Result<Entry, Error> {
        Ok(Entry::new(name.bytes, self.inode(name.inode)?))
    }
}
