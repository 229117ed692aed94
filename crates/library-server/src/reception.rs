//! Uploads that are arriving: bytes go to one sparse file per upload, each part at its offset, and are
//! hashed on the way. Completing then costs no copying, and little hashing.
//!
//! Order is kept with two locks. A part holds the upload's gate for reading while its bytes are written;
//! completing and aborting hold it for writing, so that no byte changes between the hash and the store.
//! A part that is sent again cuts off the older attempt: its connection is most likely dead.

mod front;
mod receive;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};
use tokio_util::sync::CancellationToken;

pub(crate) use front::Front;
pub(crate) use receive::{Place, receive};

/// The desks of all uploads that something has come for since the library started.
#[derive(Debug)]
pub(crate) struct Reception {
    folder: PathBuf,
    desks: Mutex<HashMap<String, Arc<Desk>>>,
}

/// One upload's locks and its running hash.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    gate: Arc<RwLock<()>>,
    parts: Mutex<HashMap<u32, Slot>>,
    front: Arc<tokio::sync::Mutex<Front>>,
}

#[derive(Debug, Clone, Default)]
struct Slot {
    lock: Arc<tokio::sync::Mutex<()>>,
    cut_off: CancellationToken,
}

/// The right to write one part. Given to the writing thread, which may outlive the request.
#[derive(Debug)]
pub(crate) struct PartClaim {
    cut_off: CancellationToken,
    _part: OwnedMutexGuard<()>,
    _gate: OwnedRwLockReadGuard<()>,
}

impl PartClaim {
    /// Fires when another attempt at the part, or the end of the upload, wants the place.
    pub(crate) fn cut_off(&self) -> &CancellationToken {
        &self.cut_off
    }
}

impl Reception {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            desks: Mutex::default(),
        }
    }

    /// The file an upload arrives in.
    pub(crate) fn file(&self, upload: &str) -> PathBuf {
        self.folder.join(file_name(upload))
    }

    /// The desk of an upload that is known to exist.
    pub(crate) fn desk(&self, upload: &str) -> Arc<Desk> {
        Arc::clone(locked(&self.desks).entry(upload.to_owned()).or_default())
    }

    /// Forgets the desk of an upload that has ended.
    pub(crate) fn close(&self, upload: &str) {
        locked(&self.desks).remove(upload);
    }
}

impl Desk {
    /// Waits for the right to write a part, cutting off an older attempt at it.
    pub(crate) async fn claim(&self, number: u32) -> PartClaim {
        let cut_off = CancellationToken::new();
        let lock = {
            let mut parts = locked(&self.parts);
            let slot = parts.entry(number).or_default();
            slot.cut_off.cancel();
            slot.cut_off = cut_off.clone();
            Arc::clone(&slot.lock)
        };
        let part = lock.lock_owned().await;
        let gate = Arc::clone(&self.gate).read_owned().await;
        PartClaim {
            cut_off,
            _part: part,
            _gate: gate,
        }
    }

    /// Waits until nobody writes any part, cutting off those who do.
    pub(crate) async fn close_gate(&self) -> OwnedRwLockWriteGuard<()> {
        let gate = Arc::clone(&self.gate).write_owned();
        for slot in locked(&self.parts).values() {
            slot.cut_off.cancel();
        }
        gate.await
    }

    /// The running hash over the parts that have arrived without a gap.
    pub(crate) fn front(&self) -> &Arc<tokio::sync::Mutex<Front>> {
        &self.front
    }
}

/// Name of the file an upload arrives in.
pub(crate) fn file_name(upload: &str) -> String {
    format!("{upload}.part")
}

/// The upload a file in the folder belongs to.
pub(crate) fn upload_of(file_name: &str) -> Option<&str> {
    file_name.strip_suffix(".part")
}

/// A poisoned lock means another request panicked; the maps behind these locks are never half changed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_newer_attempt_cuts_off_the_older_and_waits_for_it() {
        let desk = Arc::new(Desk::default());
        let older = desk.claim(1).await;
        let other = desk.claim(2).await;
        let newer = tokio::spawn({
            let desk = Arc::clone(&desk);
            async move { desk.claim(1).await }
        });
        older.cut_off().cancelled().await;
        assert!(!newer.is_finished());
        assert!(!other.cut_off().is_cancelled());
        drop(older);
        assert!(!newer.await.unwrap().cut_off().is_cancelled());
    }

    #[tokio::test]
    async fn closing_the_gate_waits_for_every_part() {
        let desk = Arc::new(Desk::default());
        let (first, second) = (desk.claim(1).await, desk.claim(2).await);
        let closing = tokio::spawn({
            let desk = Arc::clone(&desk);
            async move { desk.close_gate().await }
        });
        first.cut_off().cancelled().await;
        second.cut_off().cancelled().await;
        drop(first);
        assert!(!closing.is_finished());
        drop(second);
        closing.await.unwrap();
    }
}
