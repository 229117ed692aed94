//! Walking a tree, one entry at a time.

use std::iter::FusedIterator;

use crate::error::Error;
use crate::source::Source;

use super::Squashfs;
use super::directory::Names;
use super::entry::Entry;
use super::path::DEEPEST;

/// Goes through a tree, a folder before what is in it, and ends after the first error.
///
/// A file system can be made so that a folder contains itself; the depth is limited, the number of entries is for
/// the caller to limit.
#[derive(Debug)]
pub struct Walk<'a, S> {
    squashfs: &'a Squashfs<S>,
    /// The folders that are open, each with its path.
    open: Vec<(String, Names<'a, S>)>,
}

/// An entry and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WalkedEntry {
    /// Its path from the root, with a leading slash.
    pub path: String,
    /// The entry.
    pub entry: Entry,
}

impl<'a, S: Source> Walk<'a, S> {
    pub(super) fn below(
        squashfs: &'a Squashfs<S>,
        path: &str,
        folder: &Entry,
    ) -> Result<Option<Self>, Error> {
        let path = path.trim_matches('/');
        let prefix = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        let names = squashfs.names_of(folder)?;
        Ok(names.map(|names| Self {
            squashfs,
            open: vec![(prefix, names)],
        }))
    }

    fn step(&mut self) -> Result<Option<WalkedEntry>, Error> {
        while let Some((prefix, names)) = self.open.last_mut() {
            let Some(name) = names.next()? else {
                self.open.pop();
                continue;
            };
            let entry = self.squashfs.entry_of(name)?;
            let path = format!("{prefix}/{}", entry.name());
            if let Some(names) = self.squashfs.names_of(&entry)? {
                if self.open.len() == DEEPEST {
                    return Err(Error::FileSystem {
                        what: "depth of the folders",
                    });
                }
                self.open.push((path.clone(), names));
            }
            return Ok(Some(WalkedEntry { path, entry }));
        }
        Ok(None)
    }
}

impl<S: Source> Iterator for Walk<'_, S> {
    type Item = Result<WalkedEntry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step().transpose();
        if !matches!(step, Some(Ok(_))) {
            self.open.clear();
        }
        step
    }
}

impl<S: Source> FusedIterator for Walk<'_, S> {}
