//! The reference vectors, which lie beside the repository and may be absent.

use std::path::PathBuf;

/// The file `name` below the vectors, or `None` with a message when there are no vectors.
pub(crate) fn vector(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SIFTER_VECTORS").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../../shared/vectors"
            ))
        },
        PathBuf::from,
    );
    if !root.is_dir() {
        println!("skipped: no vectors at {}", root.display());
        return None;
    }
    let file = root.join("sif").join(name);
    assert!(
        file.exists(),
        "the vectors are there, but {} is not",
        file.display()
    );
    Some(file)
}
