//! One run of one transfer: from its turn in the queue until it is done, fails or is stopped.

mod pace;
mod retry;

use std::sync::Arc;

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::budget::Budgets;
use crate::error::{Error, Failure, TransferError};
use crate::journal::{Checkpoint, Journal, Request};
use crate::live::Live;
use crate::options::EngineOptions;
use crate::remote::{Remote, RemoteError, RemoteFactory};
use crate::request::TransferId;
use crate::view::{Notice, Outcome};
use crate::{pull, push};

pub(crate) use pace::Pace;
pub(crate) use retry::{Tries, not_idle};

/// What every run of an engine shares.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) journal: Journal,
    pub(crate) factory: Arc<dyn RemoteFactory>,
    pub(crate) options: Arc<EngineOptions>,
    /// How fast bytes may go, for all transfers together.
    pub(crate) budgets: Arc<Budgets>,
    /// Rung when an upload was given up, so that its server gets to know.
    pub(crate) abandoned: Arc<tokio::sync::Notify>,
}

/// A run, as the code that drives it sees it.
pub(crate) struct Run {
    pub(crate) id: TransferId,
    pub(crate) request: Request,
    pub(crate) live: Arc<Live>,
    pub(crate) surroundings: Surroundings,
    /// Cancelled when the run shall stop.
    pub(crate) stop: CancellationToken,
    /// Writes to the journal finish even when the run is stopped in the middle: an acknowledgement
    /// that arrived must not be lost.
    writes: TaskTracker,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum RunEnd {
    Done(Outcome),
    Failed(Failure),
    /// Stopped from outside; the journal has everything that was acknowledged.
    Stopped,
}

/// Why the straight way through a run was left.
#[derive(Debug)]
pub(crate) enum Stop {
    Failed(Failure),
    /// What was transferred is of no use any more.
    StartOver(Notice),
}

impl Run {
    pub(crate) fn new(
        id: TransferId,
        request: Request,
        live: Arc<Live>,
        surroundings: Surroundings,
        stop: CancellationToken,
    ) -> Self {
        Self {
            id,
            request,
            live,
            surroundings,
            stop,
            writes: TaskTracker::new(),
        }
    }

    /// Runs to an end.
    pub(crate) async fn execute(self) -> RunEnd {
        let driven = async {
            match &self.request {
                Request::Push(request) => push::drive(&self, request).await,
                Request::Pull(request) => pull::drive(&self, request).await,
            }
        };
        let end = tokio::select! {
            biased;
            result = driven => match result {
                Ok(how) => RunEnd::Done(how),
                // What was told to stop says so in its own way, as a reading that is interrupted does.
                Err(_) if self.stop.is_cancelled() => RunEnd::Stopped,
                Err(failure) => RunEnd::Failed(failure),
            },
            () = self.stop.cancelled() => RunEnd::Stopped,
        };
        self.writes.close();
        self.writes.wait().await;
        self.live.change(|state| state.settle());
        match (end, &self.request) {
            // Stopped just as the file got its name: what is done is done.
            (RunEnd::Stopped, Request::Pull(_)) => match pull::placed(&self.checkpoint()) {
                Some(how) => RunEnd::Done(how),
                None => RunEnd::Stopped,
            },
            (end, _) => end,
        }
    }

    pub(crate) fn options(&self) -> &EngineOptions {
        &self.surroundings.options
    }

    pub(crate) fn budgets(&self) -> &Arc<Budgets> {
        &self.surroundings.budgets
    }

    /// The checkpoint as last written.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        self.live.read().checkpoint.clone()
    }

    /// Opens the remote, patiently.
    pub(crate) async fn open_remote(&self) -> Result<Arc<dyn Remote>, Stop> {
        let factory = &self.surroundings.factory;
        let open = || factory.open(self.request.server(), self.request.account());
        Ok(self.persist(open).await?)
    }

    /// Runs `work` on the journal. Once called, the work happens even if the run is stopped.
    pub(crate) async fn record<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failure> {
        self.step(move |journal| Ok(work(journal)?)).await
    }

    /// Does something together with its note in the journal. Once called, it happens to its end even
    /// if the run is stopped, and stopping waits for it: it must be short.
    pub(crate) async fn step<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let journal = self.surroundings.journal.clone();
        match self.writes.spawn_blocking(move || work(&journal)).await {
            Ok(result) => result,
            Err(error) => Err(Failure::new(TransferError::Defect, &error)),
        }
    }

    /// Where a step puts the checkpoint.
    pub(crate) fn note(&self) -> Note {
        Note {
            id: self.id,
            live: Arc::clone(&self.live),
        }
    }

    /// Changes the checkpoint: in the journal first, then for everybody to see.
    pub(crate) async fn save(&self, change: impl FnOnce(&mut Checkpoint)) -> Result<(), Failure> {
        let mut checkpoint = self.checkpoint();
        change(&mut checkpoint);
        let (id, live) = (self.id, Arc::clone(&self.live));
        self.record(move |journal| {
            journal.update_checkpoint(id, &checkpoint)?;
            live.change(|state| state.checkpoint = checkpoint);
            Ok(())
        })
        .await
    }

    /// Like [`save`](Self::save), and forgets every part, also those whose notes are still on their
    /// way to the disk: they must not turn up among the parts of what comes next.
    pub(crate) async fn save_without_parts(
        &self,
        change: impl FnOnce(&mut Checkpoint),
    ) -> Result<(), Failure> {
        self.writes.close();
        self.writes.wait().await;
        self.writes.reopen();
        let mut checkpoint = self.checkpoint();
        change(&mut checkpoint);
        let note = self.note();
        self.record(move |journal| note.without_parts(journal, checkpoint))
            .await
    }
}

/// The checkpoint of a run, as a step of its own thread writes it.
pub(crate) struct Note {
    id: TransferId,
    live: Arc<Live>,
}

impl Note {
    /// Stores a checkpoint and forgets every part: in the journal first, then for everybody to see.
    /// Blocks.
    pub(crate) fn without_parts(
        self,
        journal: &Journal,
        checkpoint: Checkpoint,
    ) -> Result<(), Error> {
        journal.start_over(self.id, &checkpoint)?;
        self.live.change(|state| {
            state.checkpoint = checkpoint;
            state.lay_out_parts(0, [], 0);
        });
        Ok(())
    }
}

/// The time on the wall, for the journal.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

impl From<Error> for Failure {
    /// What the journal says.
    fn from(error: Error) -> Self {
        Self::new(TransferError::Journal, &error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<TransferError> for Stop {
    fn from(error: TransferError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<RemoteError> for Stop {
    fn from(error: RemoteError) -> Self {
        Self::Failed(Failure::from(&error))
    }
}
