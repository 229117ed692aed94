//! Finished bytes: one object per content, named by its SHA-256, in an object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;

use crate::error::Error;

/// The object store and the folder where uploads arrive beside it (same file system, so that a
/// finished upload moves by renaming).
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    store: Arc<dyn ObjectStore>,
    incoming: PathBuf,
}

impl Blobs {
    /// Opens (and makes) the store below `root`.
    pub(crate) fn open(root: &Path) -> Result<Self, Error> {
        let incoming = root.join("incoming");
        std::fs::create_dir_all(&incoming).map_err(Error::disk(&incoming))?;
        let store = LocalFileSystem::new_with_prefix(root)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), incoming })
    }

    /// Where uploads arrive.
    pub(crate) fn incoming(&self) -> &Path {
        &self.incoming
    }
}
