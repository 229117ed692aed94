//! Files that must not be used: kept, but under no name that a program opens.

use std::io;
use std::path::{Path, PathBuf};

use super::place::rename_to_free;
use crate::file_name::FileName;

/// What the name of a file in quarantine ends with. No program is associated with it.
const SUFFIX: &str = "quarantine";

/// Moves `part` aside and answers where it is: beside the place it was meant for, so that nothing has to be
/// copied, with no permissions at all where the system has them. Never replaces a file. Blocks.
pub(crate) fn quarantine(part: &Path, folder: &Path, name: &FileName) -> io::Result<PathBuf> {
    let path = rename_to_free(part, |count| {
        folder.join(format!("{}.{SUFFIX}", name.numbered(count)))
    })?;
    // The name alone keeps programs away where the file system knows no permissions.
    if let Err(error) = take_permissions(&path) {
        tracing::warn!(%error, "a file in quarantine keeps its permissions");
    }
    Ok(path)
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
