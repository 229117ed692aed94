//! Finding what a path stands for, inside the file system and nowhere else.

use std::collections::VecDeque;

use crate::error::Error;
use crate::source::Source;

use super::Squashfs;
use super::directory::Name;
use super::entry::Entry;
use super::inode::{InodeRef, Node};

/// How many links are followed on one path, as many as Linux follows.
const MOST_LINKS: usize = 40;
/// How deep folders may lie in each other.
pub(super) const DEEPEST: usize = 256;

impl<S: Source> Squashfs<S> {
    /// The root folder.
    fn root(&self) -> Result<Entry, Error> {
        let root = self.inode(InodeRef(self.superblock.root))?;
        if !matches!(root.node, Node::Directory(_)) {
            return Err(Error::FileSystem { what: "root" });
        }
        Ok(Entry::new(Vec::new(), root))
    }

    pub(super) fn resolve(&self, path: &str, follow_last: bool) -> Result<Entry, Error> {
        let mut ahead: VecDeque<Vec<u8>> = components(path.as_bytes()).collect();
        // The folders from the root to where we are.
        let mut folders = vec![self.root()?];
        let mut links = 0;
        while let Some(component) = ahead.pop_front() {
            if component == b".." {
                if folders.len() > 1 {
                    folders.pop();
                }
                continue;
            }
            let here = folders.last().ok_or_else(|| missing(path))?;
            let found = self
                .look_up(here, &component)?
                .ok_or_else(|| missing(path))?;
            let entry = self.entry_of(found)?;
            match &entry.inode.node {
                Node::Directory(_) if folders.len() == DEEPEST => return Err(missing(path)),
                Node::Directory(_) => folders.push(entry),
                Node::Symlink(target) if follow_last || !ahead.is_empty() => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(missing(path));
                    }
                    if target.starts_with(b"/") {
                        folders.truncate(1);
                    }
                    for component in components(target).rev() {
                        ahead.push_front(component);
                    }
                }
                _ if ahead.is_empty() => return Ok(entry),
                _ => return Err(missing(path)),
            }
        }
        folders.pop().ok_or_else(|| missing(path))
    }

    fn look_up(&self, folder: &Entry, wanted: &[u8]) -> Result<Option<Name>, Error> {
        let Some(mut names) = self.names_of(folder)? else {
            return Ok(None);
        };
        while let Some(name) = names.next()? {
            // A name that is no UTF-8 is known to callers with its bytes replaced.
            if name.bytes == wanted || String::from_utf8_lossy(&name.bytes).as_bytes() == wanted {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

/// The names in a path that mean a step.
fn components(path: &[u8]) -> impl DoubleEndedIterator<Item = Vec<u8>> {
    path.split(|byte| *byte == b'/')
        .filter(|name| !matches!(*name, b"" | b"."))
        .map(<[u8]>::to_vec)
}

/// Nothing of that kind is there.
pub(super) fn missing(path: &str) -> Error {
    Error::NoSuchFile {
        path: path.to_owned(),
    }
}
