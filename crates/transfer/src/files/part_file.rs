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

impl PartFile {
    /// Makes a new file of `size` bytes (sparse where the file system can) in `folder`. Blocks.
    pub(crate) fn create(folder: &Path, name: &FileName, size: u64) -> io::Result<Self> {
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
        if let Err(error) = part_file.file.set_len(size) {
            // Nothing refers to the empty file yet.
            let _ = std::fs::remove_file(&part_file.identity.path);
            return Err(error);
        }
        Ok(part_file)
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

    /// Removes the file of an earlier run if it still is that file. Blocks.
    pub(crate) fn remove(known: &PartFileIdentity) {
        let ours = std::fs::symlink_metadata(&known.path)
            .is_ok_and(|metadata| identity(known.path.clone(), &metadata) == *known);
        if ours && let Err(error) = std::fs::remove_file(&known.path) {
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
