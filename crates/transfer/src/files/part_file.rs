//! A partial download beside its target.
//!
//! It is made with `create_new`, so that it never opens a file or follows a link that somebody put
//! there, and is readable by its owner only until it is verified. Going on after a restart checks
//! that it still is the file the journal remembers.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::source::device_and_inode;
use crate::file_name::FileName;
use crate::journal::PartFileIdentity;

/// An open partial download.
#[derive(Clone)]
pub(crate) struct PartFile {
    pub(crate) file: Arc<File>,
    pub(crate) identity: PartFileIdentity,
}

/// A partial download that the journal does not know yet. It goes with its owner, so that a run
/// stopped at this very moment leaves nothing behind.
pub(crate) struct NewPartFile {
    part_file: PartFile,
    kept: bool,
}

impl NewPartFile {
    pub(crate) fn identity(&self) -> &PartFileIdentity {
        &self.part_file.identity
    }

    /// The file, which is the journal's business from now on.
    pub(crate) fn keep(mut self) -> PartFile {
        self.kept = true;
        self.part_file.clone()
    }
}

impl Drop for NewPartFile {
    fn drop(&mut self) {
        if !self.kept {
            PartFile::remove(&self.part_file.identity);
        }
    }
}

impl PartFile {
    /// Makes a new file of `size` bytes (sparse where the file system can) in `folder`. Blocks.
    pub(crate) fn create(folder: &Path, name: &FileName, size: u64) -> io::Result<NewPartFile> {
        let mut path = folder.join(format!("{}.part", name.as_str()));
        let mut tries = 0;
        let file = loop {
            match options().create_new(true).open(&path) {
                Ok(file) => break file,
                // Somebody else's file, perhaps another download of the same name: leave it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < 8 => {
                    tries += 1;
                    path = folder.join(format!(
                        "{}.{:08x}.part",
                        name.as_str(),
                        rand::random::<u32>()
                    ));
                }
                Err(error) => return Err(error),
            }
        };
        let part_file = Self {
            identity: identity(path, &file.metadata()?),
            file: Arc::new(file),
        };
        let new = NewPartFile {
            part_file,
            kept: false,
        };
        new.part_file.file.set_len(size)?;
        Ok(new)
    }

    /// Opens the file of an earlier run. `None` when it is gone, is another file, or has another
    /// length. Blocks.
    pub(crate) fn reopen(known: &PartFileIdentity, size: u64) -> io::Result<Option<Self>> {
        let file = match options().open(&known.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
            // Gone, or a link now: either way not the file we wrote.
            Err(_) => return Ok(None),
        };
        let metadata = file.metadata()?;
        let same = metadata.is_file()
            && metadata.len() == size
            && identity(known.path.clone(), &metadata) == *known;
        Ok(same.then(|| Self {
            file: Arc::new(file),
            identity: known.clone(),
        }))
    }

    /// Whether `path` names the file of an earlier run, whatever name it had then. Blocks.
    pub(crate) fn is_at(known: &PartFileIdentity, path: &Path) -> bool {
        std::fs::symlink_metadata(path).is_ok_and(|metadata| {
            let found = identity(known.path.clone(), &metadata);
            metadata.is_file() && found == *known
        })
    }

    /// Whether the open file still has its name. Blocks.
    pub(crate) fn is_in_place(&self) -> bool {
        Self::is_at(&self.identity, &self.identity.path)
    }

    /// Removes the file of an earlier run if it still is that file. Blocks.
    pub(crate) fn remove(known: &PartFileIdentity) {
        if Self::is_at(known, &known.path)
            && let Err(error) = std::fs::remove_file(&known.path)
        {
            tracing::warn!(%error, "could not remove a partial download");
        }
    }
}

fn identity(path: PathBuf, metadata: &Metadata) -> PartFileIdentity {
    let (device, inode) = device_and_inode(metadata);
    PartFileIdentity {
        path,
        device,
        inode,
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_file_nobody_recorded_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let name = FileName::parse("x.sif").unwrap();
        let path = folder.path().join("x.sif.part");
        let new = PartFile::create(folder.path(), &name, 100).unwrap();
        assert!(path.exists());
        drop(new);
        assert!(!path.exists());

        let kept = PartFile::create(folder.path(), &name, 100).unwrap().keep();
        drop(kept);
        assert!(path.exists(), "the journal's files stay");
    }

    #[test]
    fn a_file_that_took_the_place_of_a_partial_one_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let name = FileName::parse("x.sif").unwrap();
        let ours = PartFile::create(folder.path(), &name, 100).unwrap().keep();
        let moved = folder.path().join("moved");
        std::fs::rename(&ours.identity.path, &moved).unwrap();
        std::fs::write(&ours.identity.path, "theirs").unwrap();
        assert!(PartFile::is_at(&ours.identity, &moved));
        PartFile::remove(&ours.identity);
        assert_eq!(std::fs::read(&ours.identity.path).unwrap(), b"theirs");
    }
}
