//! Finished bytes: one object per content, named by its SHA-256, in an object store.
//!
//! `sha256/ab/abcd…` holds what is whole and verified; `incoming/` beside it, on the same file system, is
//! where uploads arrive, so that a finished one moves by renaming.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::RwLock;
use tokio_util::io::ReaderStream;

use crate::error::Error;
use crate::reception;

const INCOMING: &str = "incoming";
const FINISHED: &str = "sha256";
/// Bytes read from disk at a time for a download.
const READ_BUFFER: usize = 512 << 10;

/// The object store and the folder where uploads arrive.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    store: Arc<dyn ObjectStore>,
    root: PathBuf,
    incoming: PathBuf,
    /// Held for reading while an object is put in place and written down, for writing while objects
    /// nobody refers to are removed.
    gate: Arc<RwLock<()>>,
}

impl Blobs {
    /// Opens (and makes) the store below `root`.
    pub(crate) fn open(root: &Path) -> Result<Self, Error> {
        let incoming = root.join(INCOMING);
        std::fs::create_dir_all(&incoming).map_err(Error::disk(&incoming))?;
        let store = LocalFileSystem::new_with_prefix(root)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            root: root.to_owned(),
            incoming,
            gate: Arc::default(),
        })
    }

    /// Where uploads arrive.
    pub(crate) fn incoming(&self) -> &Path {
        &self.incoming
    }

    /// The file of an object.
    pub(crate) fn finished_file(&self, digest: &str) -> PathBuf {
        key(digest)
            .parts()
            .fold(self.root.clone(), |path, part| path.join(part.as_ref()))
    }

    /// Keeps objects from being removed, or (for writing) from being put in place.
    pub(crate) fn gate(&self) -> &RwLock<()> {
        &self.gate
    }

    /// Moves a finished upload to its place. Bytes that are there already stay as they are.
    pub(crate) async fn admit(&self, upload: &str, digest: &str) -> Result<(), Error> {
        let from = Key::from_iter([INCOMING, &reception::file_name(upload)]);
        if self.exists(digest).await? {
            return ignore_missing(self.store.delete(&from).await);
        }
        Ok(self.store.rename(&from, &key(digest)).await?)
    }

    /// Whether the bytes are there.
    pub(crate) async fn exists(&self, digest: &str) -> Result<bool, Error> {
        match self.store.head(&key(digest)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// A range of an object as a body; `None` when the object is gone.
    pub(crate) async fn read(
        &self,
        digest: &str,
        range: Range<u64>,
    ) -> Result<Option<Body>, Error> {
        let length = range.end.saturating_sub(range.start);
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            ..GetOptions::default()
        };
        let found = match self.store.get_opts(&key(digest), options).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let body = match found.payload {
            GetResultPayload::File(file, path) => {
                let mut file = tokio::fs::File::from_std(file);
                file.seek(io::SeekFrom::Start(range.start))
                    .await
                    .map_err(Error::disk(path))?;
                file.set_max_buf_size(READ_BUFFER);
                Body::from_stream(ReaderStream::with_capacity(file.take(length), READ_BUFFER))
            }
            GetResultPayload::Stream(stream) => Body::from_stream(stream),
        };
        Ok(Some(body))
    }

    /// Removes an object. Hold the gate for writing.
    pub(crate) async fn remove(&self, digest: &str) -> Result<(), Error> {
        ignore_missing(self.store.delete(&key(digest)).await)
    }

    /// Removes what an upload left behind.
    pub(crate) async fn discard(&self, upload: &str) -> Result<(), Error> {
        let from = Key::from_iter([INCOMING, &reception::file_name(upload)]);
        ignore_missing(self.store.delete(&from).await)
    }

    /// Digests of all objects.
    pub(crate) async fn digests(&self) -> Result<Vec<String>, Error> {
        let names = self.names(FINISHED).await?;
        Ok(names.into_iter().filter(|name| name.len() == 64).collect())
    }

    /// Uploads that left a file behind.
    pub(crate) async fn arriving(&self) -> Result<Vec<String>, Error> {
        let names = self.names(INCOMING).await?;
        Ok(names
            .iter()
            .filter_map(|name| reception::upload_of(name))
            .map(str::to_owned)
            .collect())
    }

    async fn names(&self, folder: &str) -> Result<Vec<String>, Error> {
        let found = self
            .store
            .list(Some(&Key::from(folder)))
            .map_ok(|object| object.location.filename().unwrap_or_default().to_owned())
            .try_collect()
            .await?;
        Ok(found)
    }

    /// Bytes that can still be written where uploads arrive.
    pub(crate) fn free_space(&self) -> Result<u64, Error> {
        fs4::available_space(&self.incoming).map_err(Error::disk(&self.incoming))
    }
}

fn key(digest: &str) -> Key {
    Key::from_iter([FINISHED, digest.get(..2).unwrap_or_default(), digest])
}

fn ignore_missing(result: object_store::Result<()>) -> Result<(), Error> {
    match result {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(blobs: &Blobs, digest: &str, range: Range<u64>) -> Option<Vec<u8>> {
        let body = blobs.read(digest, range).await.unwrap()?;
        Some(axum::body::to_bytes(body, 100).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn an_admitted_upload_moves_to_its_digest_and_is_read_in_ranges() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
        let digest = "ab".repeat(32);
        std::fs::write(blobs.incoming().join("u1.part"), b"0123456789").unwrap();
        assert_eq!(blobs.arriving().await.unwrap(), ["u1"]);
        blobs.admit("u1", &digest).await.unwrap();
        assert!(dir.path().join("sha256/ab").join(&digest).is_file());
        assert!(blobs.arriving().await.unwrap().is_empty());
        assert_eq!(blobs.digests().await.unwrap(), [digest.as_str()]);
        assert_eq!(text(&blobs, &digest, 2..5).await.unwrap(), b"234");
        assert_eq!(text(&blobs, &"cd".repeat(32), 0..1).await, None);
    }

    #[tokio::test]
    async fn the_second_copy_of_the_same_bytes_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
        let digest = "ab".repeat(32);
        for upload in ["u1", "u2"] {
            std::fs::write(blobs.incoming().join(reception::file_name(upload)), b"same").unwrap();
            blobs.admit(upload, &digest).await.unwrap();
        }
        assert!(blobs.arriving().await.unwrap().is_empty());
        assert_eq!(blobs.digests().await.unwrap().len(), 1);
        blobs.remove(&digest).await.unwrap();
        blobs.remove(&digest).await.unwrap();
        assert!(!blobs.exists(&digest).await.unwrap());
    }
}
