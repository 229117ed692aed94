//! The engine as callers hold it: requests in, snapshots out.

mod command;
mod desk;
mod janitor;
mod publisher;
mod queue;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::budget::{Budgets, Limits};
use crate::error::Error;
use crate::file_name::FileName;
use crate::journal::Request;
use crate::options::EngineOptions;
use crate::remote::RemoteFactory;
use crate::request::{ClashPolicy, PullRequest, PushRequest, TransferId};
use crate::view::Snapshot;
use command::Command;
use desk::Desk;
use table::Table;

/// A running transfer engine. Clones are handles to the same one.
///
/// When the last handle is dropped without [`shutdown`](Self::shutdown), everything stops where it
/// is, as in a crash; the next [`open`](Self::open) goes on from the journal.
#[derive(Clone)]
pub struct Engine {
    commands: mpsc::Sender<Command>,
    table: Arc<Table>,
    budgets: Arc<Budgets>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
}

impl Engine {
    /// Opens the journal in `data_dir` and goes on with what was interrupted. Must be called within
    /// a tokio runtime.
    ///
    /// Fails when another process uses the folder, or when the journal cannot be read.
    pub async fn open(
        data_dir: &Path,
        factory: Arc<dyn RemoteFactory>,
        options: EngineOptions,
    ) -> Result<Self, Error> {
        let (commands, received) = mpsc::channel(32);
        let budgets = Arc::new(Budgets::new(options.limits));
        let shared = Arc::clone(&budgets);
        let (table, snapshots) = Desk::open(data_dir, factory, options, shared, received).await?;
        Ok(Self {
            commands,
            table,
            budgets,
            snapshots,
        })
    }

    /// Queues a push. Answers as soon as the request is in the journal.
    pub async fn push(&self, mut request: PushRequest) -> Result<TransferId, Error> {
        request.file = absolute(request.file)?;
        // Only decides the lane; the run opens the file and says what is wrong with it.
        let size = tokio::fs::metadata(&request.file)
            .await
            .ok()
            .map(|metadata| metadata.len());
        self.add(Request::Push(request), size).await
    }

    /// Queues a pull. Answers as soon as the request is in the journal. Fails when the file name is
    /// not one plain name.
    pub async fn pull(&self, mut request: PullRequest) -> Result<TransferId, Error> {
        FileName::parse(&request.file_name).map_err(|source| Error::FileName {
            name: request.file_name.clone(),
            source,
        })?;
        request.folder = absolute(request.folder)?;
        let size = request.size_hint;
        self.add(Request::Pull(request), size).await
    }

    /// Every transfer as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.table.snapshot()
    }

    /// Updates, at most one in [`EngineOptions::update_interval`]; the last state always arrives.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Stops a queued or running transfer and keeps what it has.
    pub async fn pause(&self, id: TransferId) -> Result<(), Error> {
        self.ask(|reply| Command::Pause(id, reply)).await
    }

    /// Queues a paused transfer again.
    pub async fn resume(&self, id: TransferId) -> Result<(), Error> {
        self.ask(|reply| Command::Resume(id, reply)).await
    }

    /// Gives a transfer up: the server is told, a partial download is removed.
    pub async fn cancel(&self, id: TransferId) -> Result<(), Error> {
        self.ask(|reply| Command::Cancel(id, reply)).await
    }

    /// Queues a transfer again that needs attention or was cancelled. What the journal has is not
    /// sent again.
    pub async fn retry(&self, id: TransferId) -> Result<(), Error> {
        self.ask(|reply| Command::Retry(id, None, reply)).await
    }

    /// Like [`retry`](Self::retry), for a pull that met another file, with the user's answer.
    pub async fn retry_with(&self, id: TransferId, clash: ClashPolicy) -> Result<(), Error> {
        self.ask(|reply| Command::Retry(id, Some(clash), reply))
            .await
    }

    /// Takes a transfer out of the list; one that is not finished is cancelled first.
    pub async fn remove(&self, id: TransferId) -> Result<(), Error> {
        self.ask(|reply| Command::Remove(id, reply)).await
    }

    /// Moves a transfer in front of another, or to the end of the queue.
    pub async fn reorder(&self, id: TransferId, before: Option<TransferId>) -> Result<(), Error> {
        self.ask(|reply| Command::Reorder(id, before, reply)).await
    }

    /// Pauses everything that is queued or running.
    pub async fn pause_all(&self) -> Result<(), Error> {
        self.ask(Command::PauseAll).await
    }

    /// Queues everything that is paused.
    pub async fn resume_all(&self) -> Result<(), Error> {
        self.ask(Command::ResumeAll).await
    }

    /// Takes everything that is done or cancelled out of the list.
    pub async fn clear_done(&self) -> Result<(), Error> {
        self.ask(Command::ClearDone).await
    }

    /// Keeps a line of the caller's own with a transfer that does not run; the engine only hands it out
    /// again, as [`TransferView::remark`](crate::TransferView::remark). It is stored unencrypted: no secrets.
    pub async fn remark(&self, id: TransferId, remark: String) -> Result<(), Error> {
        self.ask(|reply| Command::Remark(id, remark, reply)).await
    }

    /// Changes how many large transfers run at once, from now on. Those that run already are not
    /// stopped when there are more of them.
    pub async fn set_large_lane(&self, places: usize) -> Result<(), Error> {
        self.ask(|reply| Command::SetLargeLane(places, reply)).await
    }

    /// Changes how fast bytes may go, also for transfers that run. Each direction has one budget that all
    /// of them share.
    pub fn set_limits(&self, limits: Limits) {
        self.budgets.set(limits);
    }

    /// Stops quickly. Unfinished transfers go on at the next [`open`](Self::open).
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.ask(Command::ShutDown).await
    }

    async fn add(&self, request: Request, size: Option<u64>) -> Result<TransferId, Error> {
        self.ask(|reply| Command::Add(Box::new(request), size, reply))
            .await
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Command,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(command(reply))
            .await
            .map_err(|_| Error::ShutDown)?;
        answer.await.map_err(|_| Error::ShutDown)?
    }
}

/// The journal outlives the working directory that a relative path counts from.
fn absolute(path: PathBuf) -> Result<PathBuf, Error> {
    std::path::absolute(&path).map_err(|source| Error::Path { path, source })
}
