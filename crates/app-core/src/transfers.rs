//! Transfers: the engine's work as the window sees it, and the buttons on it.

mod remote;
mod views;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sifter_contract::{AppEvent, TransferList, UiError};
use sifter_transfer::{Direction, Phase, Snapshot, TransferId};

use crate::app::AppCore;
use crate::errors;
use crate::host::Notice;
use crate::servers::Servers;
pub(crate) use remote::{OpenUploads, Remotes};
use views::Surroundings;
pub(crate) use views::reference;

/// How long the place of a finished download is believed before the disk is asked again.
const BELIEF: Duration = Duration::from_secs(2);

/// Whether finished downloads are still where they were put, without asking the disk ten times a second.
/// Holds how many bytes the files had.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<HashMap<PathBuf, (Instant, Option<u64>)>>);

impl Presence {
    /// A file of another size is not the one that was downloaded.
    fn is_present(&self, file: &Path, size: Option<u64>) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((asked, found)) = known.get(file)
            && asked.elapsed() < BELIEF
        {
            return is_it(*found, size);
        }
        let found = std::fs::metadata(file)
            .ok()
            .filter(std::fs::Metadata::is_file)
            .map(|metadata| metadata.len());
        known.insert(file.to_owned(), (Instant::now(), found));
        is_it(found, size)
    }

    fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn is_it(found: Option<u64>, size: Option<u64>) -> bool {
    found.is_some_and(|found| size.is_none_or(|size| size == found))
}

struct Around<'a> {
    servers: &'a Servers,
    presence: &'a Presence,
}

impl Surroundings for Around<'_> {
    fn server_name(&self, server_id: &str) -> String {
        self.servers.name(server_id)
    }

    fn is_present(&self, file: &Path, size: Option<u64>) -> bool {
        self.presence.is_present(file, size)
    }
}

impl AppCore {
    /// Tells the window how transfers are, for as long as the app runs.
    pub(crate) fn follow_transfers(&self) {
        let mut snapshots = self.engine.watch();
        let (hub, servers, host) = (
            Arc::clone(&self.hub),
            Arc::clone(&self.servers),
            Arc::clone(&self.host),
        );
        let (presence, stop) = (Arc::clone(&self.presence), self.stop.clone());
        // What ended in an earlier run is no news.
        let mut ended = ended_in(&self.engine.snapshot());
        self.tasks.spawn(async move {
            loop {
                let snapshot = Arc::clone(&snapshots.borrow_and_update());
                hub.transfers(views::list(&snapshot, &Around { servers: &servers, presence: &presence }));
                let now = ended_in(&snapshot);
                for id in now.difference(&ended) {
                    let Some(view) = snapshot.get(*id) else { continue };
                    let upload = view.direction == Direction::Push;
                    let file_name = view.name.clone();
                    if matches!(view.phase, Phase::Done { .. }) {
                        host.notify(Notice::TransferDone { file_name, upload });
                        if upload {
                            let server_id = view.server.to_string();
                            if let Err(error) = servers.refresh(&server_id).await {
                                tracing::debug!(error = %error, "the server was not asked after an upload");
                            }
                            hub.moment(AppEvent::LibraryChanged { server_id });
                        }
                    } else {
                        host.notify(Notice::TransferStopped { file_name });
                    }
                }
                ended = now;
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = snapshots.changed() => if changed.is_err() { return },
                }
            }
        });
    }

    /// All transfers; the disk is asked anew.
    pub(crate) fn transfers(&self) -> TransferList {
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

fn ended_in(snapshot: &Snapshot) -> HashSet<TransferId> {
    snapshot
        .transfers
        .iter()
        .filter(|view| {
            matches!(
                view.phase,
                Phase::Done { .. } | Phase::NeedsAttention { .. }
            )
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
