//! What lies on the disk.

use std::path::Path;

/// No file below a folder holds one of these texts.
pub(crate) fn nowhere_in(folder: &Path, secrets: &[&str]) {
    let mut folders = vec![folder.to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for secret in secrets {
                let mut windows = bytes.windows(secret.len());
                let found = windows.any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} in {}", path.display());
            }
        }
    }
    assert!(files > 2, "nothing was looked at");
}
