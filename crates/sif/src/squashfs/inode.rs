//! Inodes: what a name in a folder stands for.

use crate::error::Error;
use crate::header::field;
use crate::source::Source;

use super::Squashfs;
use super::metadata::Metadata;

/// The longest target of a link, in bytes; Linux makes none longer.
const LONGEST_LINK: u32 = 4096;
/// A file without a tail in a fragment.
const NO_FRAGMENT: u32 = u32::MAX;

/// Where an inode is: the block, in bytes from the table, in the upper bits, the offset in it in the lower sixteen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct InodeRef(pub(super) u64);

impl InodeRef {
    pub(super) fn new(block: u32, offset: u16) -> Self {
        Self(u64::from(block) << 16 | u64::from(offset))
    }
}

/// An inode as far as it is of use here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Inode {
    pub(super) permissions: u16,
    pub(super) modified: u32,
    pub(super) node: Node,
}

/// What an inode is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Directory(Directory),
    File(File),
    Symlink(Vec<u8>),
    BlockDevice,
    CharacterDevice,
    Fifo,
    Socket,
}

/// Where the names of a folder are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) block: u32,
    pub(super) offset: u16,
    /// Bytes, as stated.
    pub(super) size: u32,
}

/// Where the content of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct File {
    /// Where its inode is, whose block lengths are read when the file is.
    pub(super) inode: InodeRef,
    /// Position of the first data block.
    pub(super) start: u64,
    /// Bytes, as stated.
    pub(super) size: u64,
    /// Number of the fragment with its tail, and the offset in it.
    pub(super) tail: Option<(u32, u32)>,
}

impl<S: Source> Squashfs<S> {
    pub(super) fn inode(&self, at: InodeRef) -> Result<Inode, Error> {
        let (mut metadata, kind, permissions, modified) = self.inode_head(at)?;
        let node = match kind {
            1 | 8 => Node::Directory(directory(&mut metadata, kind)?),
            2 | 9 => Node::File(file(&mut metadata, kind, at)?),
            3 | 10 => Node::Symlink(symlink(&mut metadata)?),
            4 | 11 => Node::BlockDevice,
            5 | 12 => Node::CharacterDevice,
            6 | 13 => Node::Fifo,
            7 | 14 => Node::Socket,
            _ => return Err(Error::FileSystem { what: "inode" }),
        };
        Ok(Inode {
            permissions,
            modified,
            node,
        })
    }

    /// The lengths of the data blocks of a file follow its inode.
    pub(super) fn block_lengths(&self, at: InodeRef) -> Result<Metadata<'_, S>, Error> {
        let (mut metadata, kind, ..) = self.inode_head(at)?;
        file(&mut metadata, kind, at)?;
        Ok(metadata)
    }

    fn inode_head(&self, at: InodeRef) -> Result<(Metadata<'_, S>, u16, u16, u32), Error> {
        // The lower sixteen bits are the offset.
        let offset = (at.0 & 0xFFFF) as u16;
        let mut metadata = self.metadata(self.superblock.inode_table, at.0 >> 16, offset)?;
        let head = metadata.array::<16>()?;
        Ok((
            metadata,
            u16::from_le_bytes(field(&head, 0)),
            u16::from_le_bytes(field(&head, 2)) & 0o7777,
            u32::from_le_bytes(field(&head, 8)),
        ))
    }
}

fn directory<S: Source>(metadata: &mut Metadata<'_, S>, kind: u16) -> Result<Directory, Error> {
    if kind == 1 {
        let body = metadata.array::<16>()?;
        return Ok(Directory {
            block: u32::from_le_bytes(field(&body, 0)),
            size: u32::from(u16::from_le_bytes(field(&body, 8))),
            offset: u16::from_le_bytes(field(&body, 10)),
        });
    }
    let body = metadata.array::<24>()?;
    Ok(Directory {
        size: u32::from_le_bytes(field(&body, 4)),
        block: u32::from_le_bytes(field(&body, 8)),
        offset: u16::from_le_bytes(field(&body, 18)),
    })
}

fn file<S: Source>(
    metadata: &mut Metadata<'_, S>,
    kind: u16,
    inode: InodeRef,
) -> Result<File, Error> {
    let (start, size, fragment, offset) = if kind == 2 {
        let body = metadata.array::<16>()?;
        let number = |at| u32::from_le_bytes(field(&body, at));
        (
            u64::from(number(0)),
            u64::from(number(12)),
            number(4),
            number(8),
        )
    } else {
        let body = metadata.array::<40>()?;
        let long = |at| u64::from_le_bytes(field(&body, at));
        let number = |at| u32::from_le_bytes(field(&body, at));
        (long(0), long(8), number(28), number(32))
    };
    Ok(File {
        inode,
        start,
        size,
        tail: (fragment != NO_FRAGMENT).then_some((fragment, offset)),
    })
}

fn symlink<S: Source>(metadata: &mut Metadata<'_, S>) -> Result<Vec<u8>, Error> {
    let body = metadata.array::<8>()?;
    let length = u32::from_le_bytes(field(&body, 4));
    match u16::try_from(length) {
        Ok(short) if length <= LONGEST_LINK => metadata.text(short),
        _ => Err(Error::FileSystem {
            what: "target of a link",
        }),
    }
}
