//! Putting a verified download under its final name, in one step.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::file_name::FileName;
use crate::request::ClashPolicy;

/// More copies than this in one folder are refused rather than counted.
const MOST_COPIES: u32 = 10_000;

/// Renames `part` to its final name in `folder` and answers the path. Fails with
/// [`io::ErrorKind::AlreadyExists`] when the name is taken and `policy` does not say what to do.
/// Blocks.
pub(crate) fn place(
    part: &Path,
    folder: &Path,
    name: &FileName,
    policy: ClashPolicy,
) -> io::Result<PathBuf> {
    let first = folder.join(name.as_str());
    match policy {
        ClashPolicy::Fail => rename_without_replacing(part, &first).map(|()| first),
        // Also replaces a link by the file itself, and never what the link points at.
        ClashPolicy::Replace => std::fs::rename(part, &first).map(|()| first),
        ClashPolicy::KeepBoth => rename_to_free(part, |count| folder.join(name.numbered(count))),
    }
}

/// Renames `part` to the first of the names that is free, counted from 1, and answers it.
pub(super) fn rename_to_free(part: &Path, name: impl Fn(u32) -> PathBuf) -> io::Result<PathBuf> {
    for count in 1..MOST_COPIES {
        let path = name(count);
        match rename_without_replacing(part, &path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done.map(|()| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The names that keeping both has used so far, up to the first that is free. Blocks.
pub(crate) fn copies(folder: &Path, name: &FileName) -> impl Iterator<Item = PathBuf> {
    (1..MOST_COPIES)
        .map(|count| folder.join(name.numbered(count)))
        .take_while(|path| path.symlink_metadata().is_ok())
}

/// Gives the finished file the permissions a new file of this user would have.
#[cfg(unix)]
pub(crate) fn open_permissions(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o666 & !umask()))
}

#[cfg(not(unix))]
pub(crate) fn open_permissions(_file: &File) -> io::Result<()> {
    Ok(())
}

/// The process's umask, read where that does not mean setting it for all threads.
#[cfg(unix)]
fn umask() -> u32 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("Umask:"))?;
            u32::from_str_radix(line.trim(), 8).ok()
        })
        .unwrap_or(0o022)
}

/// Makes renames in `folder` survive a power loss, where the system can. Not every file system does it; the file is
/// there and has its name all the same.
pub(crate) fn sync_folder(folder: &Path) {
    if !cfg!(unix) {
        return;
    }
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        tracing::info!(%error, "cannot make the name of a download durable");
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems do not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => link_without_replacing(from, to),
        other => other.map_err(io::Error::from),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    link_without_replacing(from, to)
}

/// A hard link fails when the name is taken. File systems without hard links are left with looking
/// first, which another program could slip in between.
fn link_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if std::fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a29_both_ways_of_renaming_refuse_to_replace() {
        let folder = tempfile::tempdir().unwrap();
        for rename in [rename_without_replacing, link_without_replacing] {
            let (from, to) = (folder.path().join("from"), folder.path().join("to"));
            std::fs::write(&from, "new").unwrap();
            std::fs::write(&to, "old").unwrap();
            assert_eq!(
                rename(&from, &to).unwrap_err().kind(),
                io::ErrorKind::AlreadyExists
            );
            assert_eq!(
                std::fs::read(&to).unwrap(),
                b"old",
                "the existing file is untouched"
            );
            std::fs::remove_file(&to).unwrap();
            rename(&from, &to).unwrap();
            assert_eq!(std::fs::read(&to).unwrap(), b"new");
            assert!(!from.exists());
            std::fs::remove_file(&to).unwrap();
        }
    }

    #[test]
    fn keeping_both_takes_the_next_free_name() {
        let folder = tempfile::tempdir().unwrap();
        let name = FileName::parse("x.sif").unwrap();
        for expected in ["x.sif", "x (2).sif", "x (3).sif"] {
            let part = folder.path().join("x.sif.part");
            std::fs::write(&part, expected).unwrap();
            let path = place(&part, folder.path(), &name, ClashPolicy::KeepBoth).unwrap();
            assert_eq!(path, folder.path().join(expected));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a29_replacing_a_link_leaves_the_file_it_points_at() {
        let folder = tempfile::tempdir().unwrap();
        let outside = folder.path().join("outside");
        std::fs::write(&outside, "precious").unwrap();
        std::os::unix::fs::symlink(&outside, folder.path().join("x.sif")).unwrap();
        let part = folder.path().join("x.sif.part");
        std::fs::write(&part, "new").unwrap();
        let name = FileName::parse("x.sif").unwrap();
        place(&part, folder.path(), &name, ClashPolicy::Replace).unwrap();
        assert_eq!(std::fs::read(&outside).unwrap(), b"precious");
        assert_eq!(std::fs::read(folder.path().join("x.sif")).unwrap(), b"new");
    }
}
