//! One body onto the disk: the network on one side, hashing and writing on a thread of their own, a short
//! queue between them so that memory stays bounded.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use md5::Md5;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::PartClaim;
use crate::error::Error;
use crate::fault::Fault;

/// Chunks between the network and the disk; each is at most the connection's read buffer.
const QUEUE: usize = 8;

/// Where a body goes.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    /// Offset of the first byte.
    pub(crate) offset: u64,
    /// Exact length of the body.
    pub(crate) length: u64,
    /// `false` to hash without writing, when the same bytes are there already.
    pub(crate) write: bool,
    /// Whether the MD5 is wanted too.
    pub(crate) md5: bool,
}

/// Hashes of what arrived, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) sha256: String,
    pub(crate) md5: Option<String>,
}

/// Receives exactly `place.length` bytes. They are on disk, synced, when this returns.
///
/// The claim is held until the writing thread has let go of the file, even when the request is gone. It
/// is handed back so that the part can be acknowledged before anybody else may write it.
pub(crate) async fn receive(
    body: Body,
    place: Place,
    claim: PartClaim,
    idle: Duration,
) -> Result<(Digests, PartClaim), Fault> {
    let length = place.length;
    let cut_off = claim.cut_off().clone();
    let (chunks, queue) = mpsc::channel(QUEUE);
    let path = place.file.clone();
    let writer = tokio::task::spawn_blocking(move || {
        let digests = write(&place, queue)?;
        Ok(digests.map(|digests| (digests, claim)))
    });
    let feeding = feed(body, length, chunks, idle);
    let fed = tokio::select! {
        fed = feeding => fed,
        () = cut_off.cancelled() => Err(Fault::BrokenBody),
    };
    let written: io::Result<_> = writer.await.map_err(|_| Fault::Internal(Error::Stopping))?;
    match (fed, written) {
        (Ok(()), Ok(Some(received))) => Ok(received),
        (_, Err(error)) if error.kind() == io::ErrorKind::StorageFull => Err(Fault::DiskFull {
            needed: length,
            free: 0,
        }),
        (_, Err(source)) => Err(Fault::Internal(Error::Disk { path, source })),
        (Err(fault), _) => Err(fault),
        (Ok(()), Ok(None)) => Err(Fault::BrokenBody),
    }
}

/// Moves the body into the queue. Ends early, without a fault, when the writer has given up.
async fn feed(
    body: Body,
    length: u64,
    chunks: mpsc::Sender<Bytes>,
    idle: Duration,
) -> Result<(), Fault> {
    let mut stream = body.into_data_stream();
    let mut received = 0_u64;
    loop {
        let next = tokio::time::timeout(idle, stream.next()).await;
        let Some(chunk) = next.map_err(|_| Fault::BrokenBody)? else {
            break;
        };
        let chunk = chunk.map_err(|_| Fault::BrokenBody)?;
        received = received.saturating_add(chunk.len() as u64);
        if received > length {
            return Err(Fault::WrongLength {
                expected: length,
                received,
            });
        }
        if chunks.send(chunk).await.is_err() {
            return Ok(());
        }
    }
    if received == length {
        Ok(())
    } else {
        Err(Fault::WrongLength {
            expected: length,
            received,
        })
    }
}

/// Writes and hashes until the queue ends. `None` when fewer bytes came than were promised.
fn write(place: &Place, mut queue: mpsc::Receiver<Bytes>) -> io::Result<Option<Digests>> {
    let file = if place.write {
        Some(open(&place.file)?)
    } else {
        None
    };
    let mut sha256 = Sha256::new();
    let mut md5 = place.md5.then(Md5::new);
    let mut written = 0_u64;
    while let Some(chunk) = queue.blocking_recv() {
        sha256.update(&chunk);
        if let Some(md5) = &mut md5 {
            md5.update(&chunk);
        }
        if let Some(file) = &file {
            write_all_at(file, &chunk, place.offset + written)?;
        }
        written += chunk.len() as u64;
    }
    if written != place.length {
        return Ok(None);
    }
    if let Some(file) = &file {
        file.sync_data()?;
    }
    Ok(Some(Digests {
        sha256: hex::encode(sha256.finalize()),
        md5: md5.map(|md5| hex::encode(md5.finalize())),
    }))
}

fn open(path: &PathBuf) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(count..).unwrap_or_default();
        offset += count as u64;
    }
    Ok(())
}
