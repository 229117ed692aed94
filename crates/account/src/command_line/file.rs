//! Files of other programs: read without following links and without end, replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::accounts::sync_folder;

/// The longest file read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// A file of another program that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub problem: FileProblem,
}

/// Why a file of another program cannot be used. Says nothing of its content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// It is a symbolic link; the command lines do not follow it either.
    #[error("it is a link")]
    Link,
    /// It is a folder, a pipe or a device.
    #[error("it is not a file")]
    NotAFile,
    /// It belongs to somebody else, or others may change it.
    #[error("others can change it")]
    NotOurs,
    /// It is longer than such a file can be.
    #[error("it is too long")]
    TooLong,
    /// It is not what the program writes.
    #[error("line {line} cannot be understood")]
    NotUnderstood {
        /// From 1.
        line: usize,
    },
    /// It is valid, but written in a way that cannot be changed without writing it anew: anchors, tags, an
    /// entry on one line.
    #[error("it is written in a form that cannot be changed without writing all of it anew")]
    Form,
    /// Another program has changed it at the same moment.
    #[error("another program has just changed it")]
    Changed,
    /// The program takes over the settings of its predecessor when it runs for the first time, and would not
    /// if its folder were there already.
    #[error("the program has not run yet")]
    NotSetUp,
    /// The system refuses.
    #[error("the system refuses")]
    Io(#[from] io::Error),
}

impl FileProblem {
    /// The problem of a file that could not be opened or looked at.
    fn of(error: io::Error) -> Self {
        // What `O_NOFOLLOW` says about a link.
        #[cfg(unix)]
        if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
            return Self::Link;
        }
        Self::Io(error)
    }

    /// The name of the problem; stable, one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::NotAFile => "not_a_file",
            Self::NotOurs => "not_ours",
            Self::TooLong => "too_long",
            Self::NotUnderstood { .. } => "not_understood",
            Self::Form => "form",
            Self::Changed => "changed",
            Self::NotSetUp => "not_set_up",
            Self::Io(_) => "io",
        }
    }

    pub(super) fn at(self, path: &Path) -> FileError {
        FileError {
            path: path.to_owned(),
            problem: self,
        }
    }
}

/// The text of a file; `None` when there is none. It may hold secrets, so it is wiped after use.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, FileProblem> {
    let file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileProblem::of(error)),
    };
    check(&file)?;
    let mut bytes = Zeroizing::new(Vec::new());
    // One byte more than allowed tells a file that is too long.
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LONGEST {
        return Err(FileProblem::TooLong);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| FileProblem::NotUnderstood { line: 1 })?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

/// The text of a file that administrators installed: it may belong to anybody. `None` when there is none.
pub(super) fn read_installed(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = open(path)
        .ok()
        .filter(|file| file.metadata().is_ok_and(|facts| facts.is_file()))?;
    file.take(LONGEST as u64).read_to_string(&mut text).ok()?;
    Some(text)
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        // A pipe must not hold the program up.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

/// Whether it is a file that only its owner, who is this person, can change.
fn check(file: &File) -> Result<(), FileProblem> {
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(FileProblem::NotAFile);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let others_write = facts.mode() & 0o022 != 0;
        if others_write || facts.uid() != rustix::process::geteuid().as_raw() {
            return Err(FileProblem::NotOurs);
        }
    }
    if facts.len() > LONGEST as u64 {
        return Err(FileProblem::TooLong);
    }
    Ok(())
}

/// Puts `text` in the place of the file, readable by its owner only. `before` is what was read from it; when
/// something else lies there by now, nothing is written.
pub(super) fn replace(path: &Path, before: Option<&str>, text: &str) -> Result<(), FileProblem> {
    let folder = path.parent().ok_or(FileProblem::NotAFile)?;
    make_folder(folder)?;
    // Made with a name that nobody knows and for its owner only.
    let mut new = tempfile::Builder::new()
        .prefix(".sifter-")
        .tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    let now = read(path)?;
    if now.as_deref().map(String::as_str) != before {
        return Err(FileProblem::Changed);
    }
    new.persist(path)
        .map_err(|error| FileProblem::Io(error.error))?;
    Ok(sync_folder(path)?)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn problem(path: &Path) -> &'static str {
        read(path).unwrap_err().word()
    }

    #[test]
    fn a28_links_pipes_folders_and_endless_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(read(&at("missing")).unwrap().is_none());
        fs::write(at("good"), "text").unwrap();
        assert_eq!(read(&at("good")).unwrap().unwrap().as_str(), "text");

        symlink(at("good"), at("link")).unwrap();
        assert_eq!(problem(&at("link")), "link");
        fs::create_dir(at("folder")).unwrap();
        assert_eq!(problem(&at("folder")), "not_a_file");
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(made.unwrap().success());
        assert_eq!(problem(&at("pipe")), "not_a_file");
        File::create(at("long"))
            .unwrap()
            .set_len(100 << 20)
            .unwrap();
        assert_eq!(problem(&at("long")), "too_long");
        fs::write(at("binary"), [0xff, 0xfe]).unwrap();
        assert_eq!(problem(&at("binary")), "not_understood");
        fs::set_permissions(at("good"), fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(problem(&at("good")), "not_ours");
    }

    #[test]
    fn a_file_is_replaced_whole_by_one_that_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("file");
        replace(&path, None, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        replace(&path, Some("one"), "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_another_program_wrote_meanwhile_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "theirs").unwrap();
        for before in [None, Some("mine")] {
            let refused = replace(&path, before, "new").unwrap_err();
            assert_eq!(refused.word(), "changed");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
