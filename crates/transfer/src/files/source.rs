//! A file being pushed: opened once, watched for changes, read at offsets.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;

use super::{blocking, read_at};
use crate::budget::Budgets;
use crate::error::{Failure, TransferError};
use crate::journal::SourceIdentity;
use crate::remote::Body;

/// The open file and what it was when it was opened.
#[derive(Clone)]
pub(crate) struct Source {
    file: Arc<File>,
    path: Arc<Path>,
    identity: SourceIdentity,
}

impl Source {
    /// Opens `path`, which must be a regular file.
    pub(crate) async fn open(path: &Path) -> Result<Self, Failure> {
        let name: Arc<Path> = path.into();
        let path = Arc::clone(&name);
        let opened = blocking(move || {
            // Asked before opening: opening a pipe would wait for its writer.
            if !std::fs::metadata(&path)?.is_file() {
                return Ok(None);
            }
            let file = File::open(&path)?;
            let metadata = file.metadata()?;
            Ok(metadata.is_file().then(|| (file, identity_of(&metadata))))
        });
        match opened.await {
            Ok(Some((file, identity))) => Ok(Self {
                file: Arc::new(file),
                path: name,
                identity,
            }),
            Ok(None) => Err(TransferError::SourceNotAFile.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Failure::new(TransferError::SourceMissing, &error))
            }
            Err(error) => Err(Failure::new(TransferError::SourceUnreadable, &error)),
        }
    }

    pub(crate) fn identity(&self) -> &SourceIdentity {
        &self.identity
    }

    pub(crate) fn size(&self) -> u64 {
        self.identity.size
    }

    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Whether the open file is still what it was, and no other file took its name. One whose name
    /// is gone can be read on.
    pub(crate) async fn is_unchanged(&self) -> bool {
        let (file, path) = (self.file(), Arc::clone(&self.path));
        let identity = self.identity;
        let unchanged = blocking(move || {
            let named = std::fs::metadata(path).ok().as_ref().map(identity_of);
            Ok(identity_of(&file.metadata()?) == identity
                && named.is_none_or(|named| named == identity))
        });
        unchanged.await.unwrap_or(false)
    }

    /// The bytes `offset..offset + length` as a body, as fast as `budgets` allow. `moved` hears of
    /// every buffer handed out, and `opened` of every time the remote starts to read.
    pub(crate) fn body(
        &self,
        offset: u64,
        length: u64,
        buffer_size: usize,
        budgets: Arc<Budgets>,
        opened: impl Fn() + Send + Sync + 'static,
        moved: impl Fn(u64) + Send + Sync + 'static,
    ) -> Body {
        let file = self.file();
        let moved = Arc::new(moved);
        Body::new(length, move || {
            opened();
            let file = Arc::clone(&file);
            let moved = Arc::clone(&moved);
            let budgets = Arc::clone(&budgets);
            stream::try_unfold(0_u64, move |done| {
                let file = Arc::clone(&file);
                let moved = Arc::clone(&moved);
                let budgets = Arc::clone(&budgets);
                async move {
                    if done == length {
                        return Ok(None);
                    }
                    let piece = budgets.up.piece(buffer_size);
                    let wanted =
                        usize::try_from(length - done).map_or(piece, |left| left.min(piece));
                    // Before reading: who waits holds no buffer.
                    budgets.up.take(wanted as u64).await;
                    let bytes = blocking(move || read_chunk(&file, offset + done, wanted)).await?;
                    moved(bytes.len() as u64);
                    let done = done + bytes.len() as u64;
                    Ok(Some((bytes, done)))
                }
            })
            .boxed()
        })
    }
}

fn read_chunk(file: &File, offset: u64, wanted: usize) -> io::Result<Bytes> {
    let mut buffer = vec![0_u8; wanted];
    if read_at(file, &mut buffer, offset)? < wanted {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(buffer.into())
}

/// What tells this file from another and from its own earlier or later self.
fn identity_of(metadata: &Metadata) -> SourceIdentity {
    let modified_ns = metadata
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_nanos()).ok())
        .unwrap_or(0);
    let (device, inode) = device_and_inode(metadata);
    SourceIdentity {
        device,
        inode,
        size: metadata.len(),
        modified_ns,
    }
}

#[cfg(unix)]
pub(super) fn device_and_inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Windows has no stable way to ask for the file's index; the time of creation stands in for it.
#[cfg(windows)]
pub(super) fn device_and_inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::windows::fs::MetadataExt;
    (0, metadata.creation_time())
}
