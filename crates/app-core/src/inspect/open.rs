//! The images that are open in the inspector. Their paths and addresses stay here; the window gets ids.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sifter_contract::requests::ImageRef;
use sifter_sif::Image;
use uuid::Uuid;

use super::Medium;

/// Images that are remembered; the window has forgotten older ones.
const MOST_OPEN: usize = 256;

/// Where an opened image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OpenPlace {
    /// On this computer.
    File(PathBuf),
    /// In a library.
    Remote(OpenRemote),
}

/// An image in a library, pinned: a tag that moves does not turn it into another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenRemote {
    /// As it was asked for.
    pub(crate) image: ImageRef,
    /// `sha256.<hex>`.
    pub(crate) digest: String,
}

impl OpenRemote {
    /// The same bytes, whatever the tag names by now.
    pub(crate) fn pinned(&self) -> ImageRef {
        ImageRef {
            tag: self.digest.clone(),
            ..self.image.clone()
        }
    }

    /// Its name, as a file would have one: `container:tag`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.image.path.container, self.image.tag)
    }
}

/// The images of this session, the latest last.
#[derive(Debug, Default)]
pub(crate) struct OpenFiles(Mutex<VecDeque<(String, OpenPlace)>>);

impl OpenFiles {
    /// Remembers a file. One that is open already keeps its id.
    pub(crate) fn add(&self, path: PathBuf) -> String {
        self.remember(OpenPlace::File(path))
    }

    /// Remembers an image in a library, likewise.
    pub(crate) fn add_remote(&self, remote: OpenRemote) -> String {
        self.remember(OpenPlace::Remote(remote))
    }

    fn remember(&self, place: OpenPlace) -> String {
        let mut open = self.open();
        let known = open.iter().position(|(_, known)| *known == place);
        let entry = known.and_then(|at| open.remove(at));
        let entry = entry.unwrap_or_else(|| (Uuid::new_v4().to_string(), place));
        let id = entry.0.clone();
        open.push_back(entry);
        if open.len() > MOST_OPEN {
            open.pop_front();
        }
        id
    }

    /// What is behind an id.
    pub(crate) fn get(&self, file_id: &str) -> Option<OpenPlace> {
        let open = self.open();
        let mut open = open.iter();
        open.find(|(id, _)| id == file_id)
            .map(|(_, place)| place.clone())
    }

    fn open(&self) -> MutexGuard<'_, VecDeque<(String, OpenPlace)>> {
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
    pub(crate) fn image(&self) -> Result<Image<Medium>, sifter_sif::Error> {
        self.open().map(|image| image.map_source(Medium::file))
    }

    fn open(&self) -> Result<Image<File>, sifter_sif::Error> {
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

    fn remote(digest: &str) -> OpenRemote {
        OpenRemote {
            image: ImageRef {
                server_id: "s".to_owned(),
                path: sifter_contract::LibraryPath {
                    entity: "ada".to_owned(),
                    collection: "tools".to_owned(),
                    container: "x".to_owned(),
                },
                tag: "latest".to_owned(),
                arch: "amd64".to_owned(),
            },
            digest: digest.to_owned(),
        }
    }

    #[test]
    fn what_is_opened_again_keeps_its_id() {
        let files = OpenFiles::default();
        let id = files.add("/a.sif".into());
        assert_eq!(files.add("/a.sif".into()), id);
        assert_ne!(files.add("/b.sif".into()), id);
        assert_eq!(files.get(&id), Some(OpenPlace::File("/a.sif".into())));
        assert_eq!(files.get("other"), None);
    }

    #[test]
    fn a_tag_that_has_moved_is_another_image() {
        let files = OpenFiles::default();
        let before = files.add_remote(remote("sha256.aa"));
        assert_eq!(files.add_remote(remote("sha256.aa")), before);
        assert_ne!(files.add_remote(remote("sha256.bb")), before);
        assert_eq!(remote("sha256.aa").pinned().tag, "sha256.aa");
        assert_eq!(remote("sha256.aa").name(), "x:latest");
    }

    #[test]
    fn what_was_opened_last_is_remembered_longest() {
        let files = OpenFiles::default();
        let first = files.add("/a.sif".into());
        let second = files.add("/b.sif".into());
        for number in 0..MOST_OPEN - 1 {
            files.add("/a.sif".into());
            files.add(format!("/{number}.sif").into());
        }
        assert!(files.get(&first).is_some());
        assert!(files.get(&second).is_none());
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
