//! An image that is written anew beside itself, and takes its own place in one step.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

use super::medium;

/// What the name of a draft begins and ends with.
const PREFIX: &str = ".sifter-";
const SUFFIX: &str = ".draft";

/// A file beside an image, readable by this user only until it takes the image's place; gone when it never does.
pub(super) struct Draft {
    file: NamedTempFile,
    /// The image itself, no link to it.
    place: PathBuf,
    /// What the image was like when the draft was begun.
    was: Metadata,
}

impl Draft {
    /// Begins one for the image at `path`, which is open as `image` and was `len` bytes long when it was opened.
    /// Removes drafts in the same folder that nobody is writing any more.
    pub(super) fn beside(path: &Path, image: &File, len: u64) -> Result<Self, Error> {
        let failed = |source| Error::Draft {
            path: path.to_owned(),
            source,
        };
        let place = fs::canonicalize(path).map_err(failed)?;
        let was = image.metadata().map_err(failed)?;
        if was.len() != len {
            return Err(Error::ChangedMeanwhile { path: place });
        }
        let folder = place.parent().unwrap_or(Path::new("."));
        remove_abandoned(folder);
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempfile_in(folder)
            .map_err(failed)?;
        // Says that somebody is writing it. Where there are no locks, nobody takes it for abandoned either.
        let _ = file.as_file().try_lock();
        keep_owner(file.as_file(), &was).map_err(failed)?;
        Ok(Self { file, place, was })
    }

    /// A handle to the draft, which stays one to the image once the draft has taken its place.
    pub(super) fn file(&self) -> Result<File, Error> {
        let file = self.file.as_file().try_clone();
        file.map_err(|source| self.failed(source))
    }

    pub(super) fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        medium::write_all_at(self.file.as_file(), data, offset)
            .map_err(|source| self.failed(source))
    }

    /// Waits until the draft has reached the disk.
    pub(super) fn sync(&self) -> Result<(), Error> {
        let synced = self.file.as_file().sync_all();
        synced.map_err(|source| self.failed(source))
    }

    /// Puts the draft in the place of the image, which is open as `image`.
    pub(super) fn take_place_of(self, image: File) -> Result<(), Error> {
        let failed = |source| Error::Draft {
            path: self.place.clone(),
            source,
        };
        let now = fs::metadata(&self.place).map_err(failed)?;
        if !is_same(&self.was, &now) {
            return Err(Error::ChangedMeanwhile { path: self.place });
        }
        let draft = self.file.as_file();
        draft
            .set_permissions(self.was.permissions())
            .map_err(failed)?;
        // Windows replaces no file that is open.
        drop(image);
        let placed = self.file.persist(&self.place);
        let file = placed.map_err(|error| failed(error.error))?;
        // A lock that stays ends with the handle.
        let _ = file.unlock();
        sync_folder(&self.place).map_err(failed)
    }

    /// Says that the draft cannot be written.
    pub(super) fn failed(&self, source: io::Error) -> Error {
        Error::Draft {
            path: self.place.clone(),
            source,
        }
    }
}

/// Removes what a crash has left behind. A draft that is being written is locked.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || !name.ends_with(SUFFIX) {
            continue;
        }
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let open = OpenOptions::new().read(true).write(true).open(entry.path());
        let Some(file) = open.ok().filter(|_| is_file) else {
            continue;
        };
        match file.try_lock() {
            // One that cannot be removed is in nobody's way.
            Ok(()) => drop(fs::remove_file(entry.path())),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

/// Whether this is the file that it was, with nothing written to it since.
fn is_same(was: &Metadata, now: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if (was.dev(), was.ino()) != (now.dev(), now.ino()) {
            return false;
        }
    }
    was.len() == now.len() && was.modified().ok() == now.modified().ok()
}

/// Gives the draft to whom the image belongs.
#[cfg(unix)]
fn keep_owner(draft: &File, image: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = draft.metadata()?;
    let differing = |own: u32, theirs: u32| (own != theirs).then_some(theirs);
    match (
        differing(own.uid(), image.uid()),
        differing(own.gid(), image.gid()),
    ) {
        (None, None) => Ok(()),
        (user, group) => fchown(draft, user, group),
    }
}

#[cfg(not(unix))]
fn keep_owner(_draft: &File, _image: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Makes the new name survive a power loss, where the system can.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
