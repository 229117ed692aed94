//! Uploads that are arriving: bytes written to disk and hashed while they come in.

use std::path::PathBuf;

/// Receives the bodies of uploads.
#[derive(Debug)]
pub(crate) struct Reception {
    folder: PathBuf,
}

impl Reception {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}
