//! The bytes of an image in a library, as the source of an image reader.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt as _;
use sifter_library_client::oci::OciRepository;
use sifter_library_client::{DownloadLocation, Error, LibraryClient};
use sifter_sif::Source;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// How many bytes of one image are fetched for one answer. The tables of a root file system with a million files are a
/// fraction of it; whoever needs more wants the image.
pub(crate) const MOST: u64 = 64 << 20;

/// More than [`MOST`] would have to be fetched.
#[derive(Debug, thiserror::Error)]
#[error("too much of the image would be fetched")]
pub(super) struct TooMuch;

/// Where the bytes are, and who gives them.
pub(super) enum Bytes {
    Library {
        client: LibraryClient,
        location: DownloadLocation,
        size: u64,
    },
    Registry {
        repository: OciRepository,
        location: DownloadLocation,
        size: u64,
    },
}

/// An image in a library as a row of bytes. Reading blocks: it is for threads where that may be.
pub(crate) struct Ranges {
    bytes: Bytes,
    runtime: Handle,
    stop: CancellationToken,
    read: AtomicU64,
    /// How far `read` may come.
    allowed: AtomicU64,
}

impl Ranges {
    /// Reads by the runtime it is made in.
    pub(super) fn new(bytes: Bytes, stop: CancellationToken) -> Self {
        Self {
            bytes,
            runtime: Handle::current(),
            stop,
            read: AtomicU64::new(0),
            allowed: AtomicU64::new(MOST),
        }
    }

    /// Begins another answer, for which as much may be fetched again.
    pub(crate) fn fetch_anew(&self) {
        let read = self.bytes_read();
        self.allowed
            .store(read.saturating_add(MOST), Ordering::Relaxed);
    }

    /// How many bytes have been fetched.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn size(&self) -> u64 {
        let (Bytes::Library { size, .. } | Bytes::Registry { size, .. }) = &self.bytes;
        *size
    }

    /// Fetches a range into `buffer`, which is as long.
    async fn fetch(&self, range: Range<u64>, buffer: &mut [u8]) -> Result<(), Error> {
        let mut stream = match &self.bytes {
            Bytes::Library {
                client,
                location,
                size,
            } => client.get_range(location, range, *size).await?,
            Bytes::Registry {
                repository,
                location,
                size,
            } => repository.get_range(location, range, *size).await?,
        };
        let mut rest = buffer;
        // The stream ends after exactly the bytes that were asked for, or with an error.
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            let Some((now, later)) = rest.split_at_mut_checked(piece.len()) else {
                break;
            };
            now.copy_from_slice(&piece);
            self.read.fetch_add(piece.len() as u64, Ordering::Relaxed);
            rest = later;
        }
        Ok(())
    }
}

impl Source for Ranges {
    fn len(&self) -> io::Result<u64> {
        Ok(self.size())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = self.size().saturating_sub(offset);
        let count = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if count == 0 {
            return Ok(0);
        }
        let allowed = self.allowed.load(Ordering::Relaxed);
        if self.bytes_read().saturating_add(count as u64) > allowed {
            return Err(io::Error::other(TooMuch));
        }
        let range = offset..offset + count as u64;
        let buffer = buffer.get_mut(..count).unwrap_or_default();
        let fetched = self.runtime.block_on(async {
            tokio::select! {
                () = self.stop.cancelled() => Err(io::Error::other("nobody waits for it any more")),
                fetched = self.fetch(range, buffer) => fetched.map_err(io::Error::other),
            }
        });
        fetched.map(|()| count)
    }
}
