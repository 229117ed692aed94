//! The files that are open in the inspector. Their paths stay here; the window gets ids.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sifter_sif::Image;
use uuid::Uuid;

/// Files that are kept; the window has forgotten older ones.
const MOST_FILES: usize = 256;

/// The files of this session, the latest last.
#[derive(Debug, Default)]
pub(crate) struct OpenFiles(Mutex<VecDeque<(String, PathBuf)>>);

impl OpenFiles {
    /// Remembers a file. One that is open already keeps its id.
    pub(crate) fn add(&self, path: PathBuf) -> String {
        let mut files = self.files();
        if let Some((id, _)) = files.iter().find(|(_, known)| *known == path) {
            return id.clone();
        }
        let id = Uuid::new_v4().to_string();
        files.push_back((id.clone(), path));
        if files.len() > MOST_FILES {
            files.pop_front();
        }
        id
    }

    /// The path behind an id.
    pub(crate) fn get(&self, file_id: &str) -> Option<PathBuf> {
        let files = self.files();
        let mut files = files.iter();
        files
            .find(|(id, _)| id == file_id)
            .map(|(_, path)| path.clone())
    }

    fn files(&self) -> MutexGuard<'_, VecDeque<(String, PathBuf)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is looked at.
#[derive(Debug, Clone)]
pub(crate) struct OpenFile {
    pub(crate) path: PathBuf,
    /// A download put it into quarantine: it can be looked at here and used nowhere.
    pub(crate) quarantined: bool,
}

impl OpenFile {
    /// Opens the image.
    pub(crate) fn image(&self) -> Result<Image, sifter_sif::Error> {
        if !self.quarantined {
            return Image::open(&self.path);
        }
        // Two at once would take the file away from each other.
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let _readable = Readable::new(&self.path);
        Image::open(&self.path)
    }
}

/// Whose turn it is to open a file in quarantine.
static TURN: Mutex<()> = Mutex::new(());

/// Lets this user read a file in quarantine for the moment in which it is opened here: what is open stays open.
struct Readable<'a>(&'a Path);

impl<'a> Readable<'a> {
    fn new(path: &'a Path) -> Self {
        if let Err(error) = set_mode(path, 0o400) {
            tracing::info!(%error, "a file in quarantine cannot be made readable");
        }
        Self(path)
    }
}

impl Drop for Readable<'_> {
    fn drop(&mut self) {
        if let Err(error) = set_mode(self.0, 0) {
            tracing::warn!(%error, "a file in quarantine stays readable");
        }
    }
}

/// Never follows a link that somebody put in the place of the file.
#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if !path.symlink_metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_opened_again_keeps_its_id() {
        let files = OpenFiles::default();
        let id = files.add("/a.sif".into());
        assert_eq!(files.add("/a.sif".into()), id);
        assert_ne!(files.add("/b.sif".into()), id);
        assert_eq!(files.get(&id), Some("/a.sif".into()));
        assert_eq!(files.get("other"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_in_quarantine_is_readable_only_while_it_is_opened() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sif.quarantine");
        std::fs::write(&path, "x").unwrap();
        let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
        set_mode(&path, 0).unwrap();
        let readable = Readable::new(&path);
        assert_eq!(mode(), 0o400);
        drop(readable);
        assert_eq!(mode(), 0);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(set_mode(&link, 0o400).is_err());
    }
}
