//! What is inside an opened image: the files of its root file system, and taking something out.

use std::path::{Path, PathBuf};

use sifter_contract::{FileEntry, FileEntryKind, FileListing, SavedFile, UiError};
use sifter_sif::{Entry, EntryKind, Error, Image};
use time::OffsetDateTime;

use super::{Medium, Subject};
use crate::app::AppCore;
use crate::clock::rfc3339;
use crate::errors;
use crate::remote_image::MOST;
use crate::uploads::file_name;

/// Names of one folder that are shown.
const MOST_ENTRIES: usize = 5000;
/// The longest path that is looked for, in bytes: the limit of Linux.
const LONGEST_PATH: usize = 4096;
/// What a file without a usable name is called on the disk.
const NAMELESS: &str = "file";

impl AppCore {
    /// The names in one folder of the root file system. Mounts nothing.
    pub(crate) async fn list_contents(
        &self,
        file_id: &str,
        path: String,
    ) -> Result<FileListing, UiError> {
        check_path(&path)?;
        self.read_opened(file_id, move |_, image| list(image, &path))
            .await
    }

    /// Takes one file out of the root file system, to where the person chooses. Never runs anything, and the image has
    /// no say in the place.
    pub(crate) async fn extract_file(
        &self,
        file_id: &str,
        path: String,
    ) -> Result<SavedFile, UiError> {
        check_path(&path)?;
        let suggested = plain_name(path.rsplit('/').next().unwrap_or_default());
        self.save_from(file_id, suggested, move |image, target| {
            image
                .root_file_system()?
                .extract(&path, target, u64::MAX)
                .map(|_| ())
        })
        .await
    }

    /// Takes the data of one object out of an image, such as a partition.
    pub(crate) async fn extract_object(
        &self,
        file_id: &str,
        object: u32,
    ) -> Result<SavedFile, UiError> {
        let subject = self.usable_subject(file_id).await?;
        let name = subject.name();
        let size = self.read_opened(file_id, move |_, image| Ok(image.object(object)?.size()));
        let size = u64::try_from(size.await?).unwrap_or(0);
        if subject.is_remote() && size > MOST {
            return Err(errors::fetch_limit(&name, MOST));
        }
        let suggested = plain_name(&format!("{name}.{object}"));
        self.save_from(file_id, suggested, move |image, target| {
            image.extract(image.object(object)?, target).map(|_| ())
        })
        .await
    }

    /// Writes something beside the file that the person chose, and puts it in its place once all of it is there: the
    /// dialog has asked about a file that has the name.
    async fn save_from(
        &self,
        file_id: &str,
        suggested: String,
        write: impl Fn(&Image<Medium>, &Path) -> Result<(), Error> + Clone + Send + 'static,
    ) -> Result<SavedFile, UiError> {
        self.usable_subject(file_id).await?;
        let Some(target) = self.host.choose_save(&suggested).await else {
            return Ok(SavedFile { name: None });
        };
        let unwritable = |error: &std::io::Error| errors::unwritable_file(error, &target);
        let folder: PathBuf = target.parent().map(PathBuf::from).unwrap_or_default();
        let scratch = tempfile::Builder::new()
            .prefix(".sifter-")
            .tempdir_in(&folder)
            .map_err(|error| unwritable(&error))?;
        let part = scratch.path().join("part");
        let written = part.clone();
        let read = self.read_opened(file_id, move |_, image| match write(image, &written) {
            // That is about the place and not about the image.
            Err(Error::Write { source, .. }) => Ok(Err(source)),
            done => done.map(Ok),
        });
        read.await?.map_err(|error| unwritable(&error))?;
        std::fs::rename(&part, &target).map_err(|error| unwritable(&error))?;
        Ok(SavedFile {
            name: Some(file_name(&target)),
        })
    }

    /// An opened image that does not lie in quarantine.
    async fn usable_subject(&self, file_id: &str) -> Result<Subject, UiError> {
        let subject = self.subject(file_id).await?;
        if subject.is_quarantined() {
            return Err(errors::in_quarantine(&subject.name()));
        }
        Ok(subject)
    }
}

fn list(image: &Image<Medium>, path: &str) -> Result<FileListing, Error> {
    let listed = image.root_file_system()?.list(path, MOST_ENTRIES)?;
    Ok(FileListing {
        entries: listed.entries.iter().map(entry).collect(),
        more: listed.more,
        path: path.to_owned(),
    })
}

fn entry(entry: &Entry) -> FileEntry {
    let (kind, letter, size, target) = match entry.kind() {
        EntryKind::Directory => (FileEntryKind::Folder, 'd', None, None),
        EntryKind::File { size } => (FileEntryKind::File, '-', Some(size), None),
        EntryKind::Symlink { target } => (FileEntryKind::Link, 'l', None, Some(target)),
        EntryKind::BlockDevice => (FileEntryKind::Other, 'b', None, None),
        EntryKind::CharacterDevice => (FileEntryKind::Other, 'c', None, None),
        EntryKind::Fifo => (FileEntryKind::Other, 'p', None, None),
        _ => (FileEntryKind::Other, 's', None, None),
    };
    let modified = OffsetDateTime::from_unix_timestamp(i64::from(entry.modified())).ok();
    FileEntry {
        name: entry.name(),
        kind,
        size,
        target,
        mode: mode(letter, entry.permissions()),
        modified: modified.and_then(rfc3339),
    }
}

/// The permissions as `ls -l` writes them.
fn mode(letter: char, bits: u16) -> String {
    let mut text = String::from(letter);
    for (shift, special, low) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let three = bits >> shift;
        text.push(if three & 4 != 0 { 'r' } else { '-' });
        text.push(if three & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & special != 0, three & 1 != 0) {
            (true, true) => low,
            (true, false) => low.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

fn check_path(path: &str) -> Result<(), UiError> {
    if path.len() > LONGEST_PATH || !path.starts_with('/') {
        return Err(errors::invalid("a path begins with a slash"));
    }
    Ok(())
}

/// A name fit for a dialog, whatever the image calls the file.
fn plain_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                '_'
            } else {
                c
            }
        })
        .take(120)
        .collect();
    let plain = plain.trim_matches(['.', ' ']).to_owned();
    if plain.is_empty() || sifter_transfer::is_device(&plain) {
        return NAMELESS.to_owned();
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_read_as_ls_writes_them() {
        assert_eq!(mode('d', 0o755), "drwxr-xr-x");
        assert_eq!(mode('-', 0o4711), "-rws--x--x");
        assert_eq!(mode('-', 0o2644), "-rw-r-Sr--");
        assert_eq!(mode('d', 0o1777), "drwxrwxrwt");
    }

    #[test]
    fn a_name_from_an_image_is_one_plain_name() {
        assert_eq!(plain_name("samtools"), "samtools");
        assert_eq!(plain_name("a:b\n"), "a_b_");
        for odd in ["", "..", ". .", "CON", "nul.txt"] {
            assert_eq!(plain_name(odd), NAMELESS, "{odd:?}");
        }
    }
}
