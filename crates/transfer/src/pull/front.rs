//! The hash of a file's contiguous front, computed while the rest arrives, or while it is copied.

use std::fs::File;
use std::io;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::digest::Sha256Digest;
use crate::files::{blocking, read_at, write_all_at};

/// Bytes read at a time.
const BUFFER: usize = 1 << 20;
/// Bytes hashed in one stay on a blocking thread, so that a stop is noticed in between.
const STRETCH: u64 = 64 << 20;

/// A running hash over the first bytes of a file.
pub(super) struct Front {
    file: Arc<File>,
    /// Gets what is read, at the same place.
    copy: Option<Arc<File>>,
    hasher: Sha256,
    hashed: u64,
}

impl Front {
    pub(super) fn new(file: Arc<File>) -> Self {
        Self {
            file,
            copy: None,
            hasher: Sha256::new(),
            hashed: 0,
        }
    }

    /// Writes to `copy` what it reads from `file`.
    pub(super) fn copying(file: Arc<File>, copy: Arc<File>) -> Self {
        Self {
            copy: Some(copy),
            ..Self::new(file)
        }
    }

    /// Where the bytes end that were hashed so far.
    pub(super) fn hashed(&self) -> u64 {
        self.hashed
    }

    /// Hashes on towards `limit`, one stretch at most.
    pub(super) async fn advance(mut self, limit: u64) -> io::Result<Self> {
        let end = limit.min(self.hashed.saturating_add(STRETCH));
        blocking(move || {
            let mut buffer = vec![0_u8; BUFFER];
            while self.hashed < end {
                let wanted = usize::try_from(end - self.hashed)
                    .unwrap_or(usize::MAX)
                    .min(BUFFER);
                if read_at(&self.file, &mut buffer[..wanted], self.hashed)? < wanted {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if let Some(copy) = &self.copy {
                    write_all_at(copy, &buffer[..wanted], self.hashed)?;
                }
                self.hasher.update(&buffer[..wanted]);
                self.hashed += wanted as u64;
            }
            Ok(self)
        })
        .await
    }

    /// The digest of what was hashed.
    pub(super) fn finish(self) -> Sha256Digest {
        Sha256Digest::from_bytes(self.hasher.finalize().into())
    }
}
