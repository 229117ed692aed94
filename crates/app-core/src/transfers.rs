//! Transfers: the engine's work as the window sees it, and the buttons on it.

mod judge;
mod remark;
mod remote;
mod report;
mod stranger;
mod views;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sifter_contract::{TransferList, UiError};
use sifter_transfer::{Direction, Phase, Snapshot, TransferId};
use time::OffsetDateTime;

use crate::app::AppCore;
use crate::errors;
use crate::servers::Servers;
pub(crate) use judge::SignatureJudge;
pub(crate) use remote::{OpenUploads, Remotes};
pub(crate) use stranger::Stranger;
use views::Surroundings;
pub(crate) use views::{check_of, is_quarantined, reference, split_reference};

/// How long the place of a finished download is believed before the disk is asked again.
const BELIEF: Duration = Duration::from_secs(2);

/// How much later than its transfer's end a downloaded file may seem to have been written: some file systems
/// count in steps of two seconds.
const COARSE_CLOCK: Duration = Duration::from_secs(2);

/// Whether finished downloads are still where they were put, without asking the disk ten times a second.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<HashMap<PathBuf, (Instant, Option<Found>)>>);

/// What the disk says about a file.
#[derive(Debug, Clone, Copy)]
struct Found {
    size: u64,
    modified: Option<OffsetDateTime>,
}

impl Presence {
    /// A file of another size, or one that was written after the transfer `finished`, is not the one that was
    /// downloaded.
    fn is_present(&self, file: &Path, size: Option<u64>, finished: Option<OffsetDateTime>) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match known.get(file) {
            Some((asked, found)) if asked.elapsed() < BELIEF => *found,
            _ => {
                let found = look(file);
                known.insert(file.to_owned(), (Instant::now(), found));
                found
            }
        };
        found.is_some_and(|found| {
            let later = found.modified.zip(finished);
            size.is_none_or(|size| size == found.size)
                && later.is_none_or(|(modified, finished)| modified <= finished + COARSE_CLOCK)
        })
    }

    fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn look(file: &Path) -> Option<Found> {
    let metadata = std::fs::metadata(file).ok()?;
    metadata.is_file().then(|| Found {
        size: metadata.len(),
        modified: metadata.modified().ok().map(OffsetDateTime::from),
    })
}

struct Around<'a> {
    servers: &'a Servers,
    presence: &'a Presence,
}

impl Surroundings for Around<'_> {
    fn server_name(&self, server_id: &str) -> String {
        self.servers.name(server_id)
    }

    fn is_present(&self, file: &Path, size: Option<u64>, finished: Option<OffsetDateTime>) -> bool {
        self.presence.is_present(file, size, finished)
    }
}

impl AppCore {
    /// Tells the window how transfers are, for as long as the app runs.
    pub(crate) fn follow_transfers(&self) {
        let mut snapshots = self.engine.watch();
        let (hub, servers) = (Arc::clone(&self.hub), Arc::clone(&self.servers));
        let (presence, stop) = (Arc::clone(&self.presence), self.stop.clone());
        let tasks = self.tasks.clone();
        // What arrived in an earlier run is no news.
        let mut arrived = arrived_in(&self.engine.snapshot());
        self.tasks.spawn(async move {
            loop {
                let snapshot = Arc::clone(&snapshots.borrow_and_update());
                hub.transfers(views::list(
                    &snapshot,
                    &Around {
                        servers: &servers,
                        presence: &presence,
                    },
                ));
                let now = arrived_in(&snapshot);
                for id in now.difference(&arrived) {
                    let Some(view) = snapshot.get(*id) else {
                        continue;
                    };
                    servers.images_changed(view.server.as_str(), &tasks, &stop);
                }
                arrived = now;
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = snapshots.changed() => if changed.is_err() { return },
                }
            }
        });
    }

    /// All transfers; the disk is asked anew, and the clock.
    pub(crate) fn transfers(&self) -> TransferList {
        self.schedule.apply();
        self.presence.forget();
        let around = Around {
            servers: &self.servers,
            presence: &self.presence,
        };
        views::list(&self.engine.snapshot(), &around)
    }

    /// Does something with one transfer.
    pub(crate) async fn with_transfer<F>(
        &self,
        transfer_id: &str,
        act: impl FnOnce(TransferId) -> F,
    ) -> Result<(), UiError>
    where
        F: Future<Output = Result<(), sifter_transfer::Error>>,
    {
        act(transfer(transfer_id)?)
            .await
            .map_err(|error| errors::engine(&error))
    }

    /// Moves a waiting transfer to a place in the queue, counted from 0.
    pub(crate) async fn move_transfer(
        &self,
        transfer_id: &str,
        position: u32,
    ) -> Result<(), UiError> {
        let id = transfer(transfer_id)?;
        let snapshot = self.engine.snapshot();
        let before = snapshot
            .transfers
            .iter()
            .filter(|view| matches!(view.phase, Phase::Queued | Phase::Paused) && view.id != id)
            .nth(usize::try_from(position).unwrap_or(usize::MAX))
            .map(|view| view.id);
        self.engine
            .reorder(id, before)
            .await
            .map_err(|error| errors::engine(&error))
    }

    /// Shows a finished download in the file manager.
    pub(crate) fn reveal_transfer(&self, transfer_id: &str) -> Result<(), UiError> {
        let id = transfer(transfer_id)?;
        let snapshot = self.engine.snapshot();
        let view = snapshot.get(id).ok_or_else(no_transfer)?;
        let file = view.file.as_deref().ok_or_else(no_transfer)?;
        if !file.exists() {
            return Err(errors::file_missing(&crate::uploads::file_name(file)));
        }
        self.host
            .reveal(file)
            .map_err(|error| errors::reveal(&error))
    }

    /// Whether the file of a download is still as it was when it arrived.
    pub(crate) fn is_still_there(&self, view: &sifter_transfer::TransferView) -> bool {
        let file = view.file.as_deref();
        file.is_some_and(|file| {
            self.presence
                .is_present(file, view.bytes_total, view.finished_at)
        })
    }

    /// Deletes what a download has put into quarantine. Nothing else can be deleted in this way.
    pub(crate) fn delete_quarantined(&self, transfer_id: &str) -> Result<(), UiError> {
        let id = transfer(transfer_id)?;
        let snapshot = self.engine.snapshot();
        let view = snapshot.get(id).ok_or_else(no_transfer)?;
        let file = view.file.as_deref().filter(|_| is_quarantined(view));
        let file = file.ok_or_else(no_transfer)?;
        let name = crate::uploads::file_name(file);
        let around = Around {
            servers: &self.servers,
            presence: &self.presence,
        };
        self.presence.forget();
        if !around.is_present(file, view.bytes_total, view.finished_at) {
            return Err(errors::file_missing(&name));
        }
        std::fs::remove_file(file).map_err(|error| errors::undeletable(&error, &name))?;
        self.presence.forget();
        self.hub.transfers(views::list(&snapshot, &around));
        Ok(())
    }

    /// Waits until no library keeps the parts of an upload: each was completed, or was given up and its library
    /// has been told. For hosts that end after one transfer.
    pub async fn uploads_settled(&self) {
        self.open_uploads.none().await;
    }

    /// The file of a transfer, for hosts that name it.
    #[must_use]
    pub fn transfer_file(&self, transfer_id: &str) -> Option<PathBuf> {
        let id = transfer(transfer_id).ok()?;
        self.engine.snapshot().get(id)?.file.clone()
    }
}

/// Uploads that are in their library.
fn arrived_in(snapshot: &Snapshot) -> HashSet<TransferId> {
    snapshot
        .transfers
        .iter()
        .filter(|view| {
            view.direction == Direction::Push && matches!(view.phase, Phase::Done { .. })
        })
        .map(|view| view.id)
        .collect()
}

fn transfer(id: &str) -> Result<TransferId, UiError> {
    id.parse().map_err(|_| no_transfer())
}

fn no_transfer() -> UiError {
    errors::invalid("there is no such transfer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changed_after_its_download_is_not_the_verified_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sif");
        std::fs::write(&path, "abc").unwrap();
        let finished = OffsetDateTime::now_utc();
        let is_present = |size, finished| Presence::default().is_present(&path, size, finished);
        assert!(is_present(Some(3), Some(finished)));
        assert!(is_present(Some(3), None), "of a time that is not known");
        assert!(!is_present(Some(4), Some(finished)), "of another size");
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified((finished + Duration::from_secs(60)).into())
            .unwrap();
        assert!(!is_present(Some(3), Some(finished)));
        std::fs::remove_file(&path).unwrap();
        assert!(!is_present(Some(3), Some(finished)));
    }
}
