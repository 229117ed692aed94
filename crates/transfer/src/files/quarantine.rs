//! Files that must not be used: kept, but under no name that a program opens.

use std::io;
use std::path::{Path, PathBuf};

use super::place::{MOST_COPIES, rename_without_replacing};
use crate::file_name::FileName;

/// What the name of a file in quarantine ends with. No program is associated with it.
const SUFFIX: &str = "quarantine";

/// Moves `part` aside and answers where it is: beside the place it was meant for, so that nothing has to be
/// copied, with no permissions at all where the system has them. Never replaces a file. Blocks.
pub(crate) fn quarantine(part: &Path, folder: &Path, name: &FileName) -> io::Result<PathBuf> {
    for count in 1..MOST_COPIES {
        let path = folder.join(format!("{}.{SUFFIX}", name.numbered(count)));
        match rename_without_replacing(part, &path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => {
                // The name alone keeps programs away where the file system knows no permissions.
                if let Err(error) = take_permissions(&path) {
                    tracing::warn!(%error, "a file in quarantine keeps its permissions");
                }
                return Ok(path);
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(unix)]
fn take_permissions(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o000))
}

#[cfg(not(unix))]
fn take_permissions(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarantined_file_has_another_name_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let name = FileName::parse("x.sif").unwrap();
        for expected in ["x.sif.quarantine", "x (2).sif.quarantine"] {
            let part = folder.path().join("x.sif.part");
            std::fs::write(&part, "bad").unwrap();
            let path = quarantine(&part, folder.path(), &name).unwrap();
            assert_eq!(path, folder.path().join(expected));
            assert!(!part.exists() && !folder.path().join("x.sif").exists());
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0, "nobody may open it");
            }
        }
    }
}
