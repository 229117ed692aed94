//! One pass over a file for every digest that an upload needs.

use std::fs::File;
use std::io;
use std::sync::Arc;

use md5::Md5;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::MOST_PARTS;
use crate::digest::{Md5Digest, Sha256Digest};
use crate::error::{Failure, TransferError};
use crate::files::{Source, blocking, read_at};
use crate::journal::FileHashes;
use crate::live::Live;
use crate::remote::HashPlan;
use crate::run::{Run, Stop, now};
use crate::view::Notice;

/// Bytes read at a time.
const BUFFER: usize = 1 << 20;
/// Smaller parts than this are hashed when they are sent; a list of millions of digests is no help.
const LEAST_PART: u64 = 1 << 20;

/// The hashes of `source`: from the cache when the file did not change, else by reading it.
pub(super) async fn hashes(run: &Run, source: &Source, plan: HashPlan) -> Result<FileHashes, Stop> {
    let identity = *source.identity();
    let server = run.request.server().clone();
    let (cached, remembered) = run
        .record(move |journal| {
            Ok((
                journal.cached_hashes(&identity, now())?,
                journal.part_size(&server)?,
            ))
        })
        .await?;
    if let Some(cached) = cached
        && (cached.md5.is_some() || !plan.md5)
    {
        return Ok(cached);
    }
    let part_size = plan
        .part_size
        .map(|guess| remembered.unwrap_or(guess))
        .filter(|size| *size >= LEAST_PART && *size < source.size())
        .filter(|size| source.size().div_ceil(*size) <= u64::from(MOST_PARTS));
    run.live.change(|state| {
        state.lay_out_parts(0, [], 0);
        state.checkpoint.bytes_total = Some(source.size());
    });
    let pass = Pass {
        file: source.file(),
        size: source.size(),
        md5: plan.md5,
        part_size,
        live: Arc::clone(&run.live),
        // Dropping the future does not stop a blocking thread; the token does.
        stop: run.stop.child_token(),
    };
    let stop_when_dropped = pass.stop.clone().drop_guard();
    let result = blocking(move || pass.read()).await;
    drop(stop_when_dropped);
    let changed = !source.is_unchanged().await;
    match result {
        _ if changed => Err(Stop::StartOver(Notice::SourceChanged)),
        Err(error) => Err(Failure::new(TransferError::SourceUnreadable, &error).into()),
        Ok(hashes) => {
            let kept = hashes.clone();
            run.record(move |journal| journal.cache_hashes(&identity, &kept, now()))
                .await?;
            Ok(hashes)
        }
    }
}

/// SHA-256 of a stretch of the file, for a part whose digest the first pass did not compute.
pub(super) async fn part_digest(
    run: &Run,
    source: &Source,
    offset: u64,
    length: u64,
) -> io::Result<Sha256Digest> {
    let file = source.file();
    let stop = run.stop.child_token();
    let _stop_when_dropped = stop.clone().drop_guard();
    blocking(move || {
        let mut buffer = vec![0_u8; BUFFER];
        let mut hasher = Sha256::new();
        let mut done = 0;
        while done < length {
            if stop.is_cancelled() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let wanted = usize::try_from(length - done)
                .unwrap_or(usize::MAX)
                .min(BUFFER);
            if read_at(&file, &mut buffer[..wanted], offset + done)? < wanted {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            hasher.update(&buffer[..wanted]);
            done += wanted as u64;
        }
        Ok(Sha256Digest::from_bytes(hasher.finalize().into()))
    })
    .await
}

/// The pass itself, on a blocking thread.
struct Pass {
    file: Arc<File>,
    size: u64,
    md5: bool,
    part_size: Option<u64>,
    live: Arc<Live>,
    stop: CancellationToken,
}

impl Pass {
    fn read(self) -> io::Result<FileHashes> {
        let mut buffer = vec![0_u8; BUFFER];
        let mut whole = Sha256::new();
        let mut md5 = self.md5.then(Md5::new);
        let mut parts = PartHasher::new(self.part_size);
        let mut offset = 0;
        while offset < self.size {
            if self.stop.is_cancelled() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let wanted = usize::try_from(self.size - offset)
                .unwrap_or(usize::MAX)
                .min(BUFFER);
            if read_at(&self.file, &mut buffer[..wanted], offset)? < wanted {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let bytes = &buffer[..wanted];
            whole.update(bytes);
            if let Some(md5) = &mut md5 {
                md5.update(bytes);
            }
            parts.update(bytes);
            offset += wanted as u64;
            self.live.change(|state| {
                state.bytes_done = offset;
                state.meter.moved(wanted as u64);
            });
        }
        Ok(FileHashes {
            sha256: Sha256Digest::from_bytes(whole.finalize().into()),
            md5: md5.map(|md5| Md5Digest::from_bytes(md5.finalize().into())),
            part_size: self.part_size.unwrap_or(0),
            parts: parts.finish(),
        })
    }
}

/// Digests of equal parts of a stream of bytes.
struct PartHasher {
    part_size: Option<u64>,
    left: u64,
    hasher: Sha256,
    done: Vec<Sha256Digest>,
}

impl PartHasher {
    fn new(part_size: Option<u64>) -> Self {
        let left = part_size.unwrap_or(0);
        Self {
            part_size,
            left,
            hasher: Sha256::new(),
            done: Vec::new(),
        }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        let Some(part_size) = self.part_size else {
            return;
        };
        while !bytes.is_empty() {
            let now = usize::try_from(self.left)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            self.hasher.update(&bytes[..now]);
            bytes = &bytes[now..];
            self.left -= now as u64;
            if self.left == 0 {
                self.close(part_size);
            }
        }
    }

    fn close(&mut self, part_size: u64) {
        let digest = self.hasher.finalize_reset();
        self.done.push(Sha256Digest::from_bytes(digest.into()));
        self.left = part_size;
    }

    fn finish(mut self) -> Vec<Sha256Digest> {
        if let Some(part_size) = self.part_size.filter(|size| self.left < *size) {
            self.close(part_size);
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_digests_do_not_depend_on_how_the_bytes_arrive() {
        let bytes: Vec<u8> = (0..1000_u32).map(|n| (n % 251) as u8).collect();
        let expected: Vec<_> = bytes
            .chunks(300)
            .map(|part| Sha256Digest::from_bytes(Sha256::digest(part).into()))
            .collect();
        for step in [1, 7, 299, 300, 301, 1000] {
            let mut hasher = PartHasher::new(Some(300));
            bytes.chunks(step).for_each(|piece| hasher.update(piece));
            assert_eq!(hasher.finish(), expected, "in steps of {step}");
        }
        let mut exact = PartHasher::new(Some(500));
        exact.update(&bytes);
        assert_eq!(exact.finish().len(), 2, "no empty part at the end");
    }
}
