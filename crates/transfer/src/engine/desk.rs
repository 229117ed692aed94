//! The engine's own task: it alone changes the queue, one command or ended run at a time.

mod ending;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::command::{Command, Reply};
use super::janitor::{self, in_background};
use super::publisher;
use super::queue::{self, Places};
use super::table::{Entry, Intent, Table};
use crate::budget::Budgets;
use crate::error::Error;
use crate::journal::{Checkpoint, Journal, Record, Request, Status, Times};
use crate::options::EngineOptions;
use crate::remote::RemoteFactory;
use crate::request::{ClashPolicy, TransferId};
use crate::run::{Run, RunEnd, Surroundings, now};
use crate::view::Snapshot;

/// How long an engine takes to shut down at most: runs to stop, and servers to hear what was given up.
const STOPPING: Duration = Duration::from_secs(1);

/// Where the queue is kept and runs are started.
pub(super) struct Desk {
    table: Arc<Table>,
    surroundings: Surroundings,
    places: Places,
    runs: JoinSet<RunEnd>,
    /// Which transfer a task of `runs` works on.
    ids: HashMap<Id, TransferId>,
    /// Who waits for a run to stop.
    waiting: HashMap<TransferId, Vec<Reply<()>>>,
    /// Ends with the desk.
    publisher: AbortOnDropHandle<()>,
    /// Ends with the desk, or when it has told everybody after `closing`.
    janitor: AbortOnDropHandle<()>,
    /// Cancelled when nothing new will be given up.
    closing: CancellationToken,
}

impl Desk {
    /// Opens the journal and starts the task, which works until every sender of `received` is gone
    /// or it is told to shut down.
    pub(super) async fn open(
        data_dir: &Path,
        factory: Arc<dyn RemoteFactory>,
        options: EngineOptions,
        budgets: Arc<Budgets>,
        received: mpsc::Receiver<Command>,
    ) -> Result<(Arc<Table>, watch::Receiver<Arc<Snapshot>>), Error> {
        let changed = Arc::new(Notify::new());
        let table = Arc::new(Table::new(Arc::clone(&changed), options.small_below));
        let folder = data_dir.to_owned();
        let limit = now() - options.history;
        let loaded = in_background(move || {
            let journal = Journal::open(&folder)?;
            journal.prune(limit)?;
            let mut records = Vec::new();
            for record in journal.load()? {
                let parts = journal.parts(record.id)?;
                records.push((record, parts));
            }
            Ok((journal, records))
        });
        let (journal, records) = loaded.await?;
        for (record, parts) in records {
            table.insert(record, &parts);
        }
        let options = Arc::new(options);
        let surroundings = Surroundings {
            journal,
            factory,
            options,
            budgets,
            abandoned: Arc::new(Notify::new()),
        };
        let (sender, snapshots) = watch::channel(Arc::new(table.snapshot()));
        let interval = surroundings.options.update_interval;
        let publishing = publisher::publish(Arc::clone(&table), changed, sender, interval);
        let closing = CancellationToken::new();
        let settling = janitor::settle(surroundings.clone(), closing.clone());
        let desk = Self {
            table: Arc::clone(&table),
            places: Places::of(&surroundings.options),
            surroundings,
            runs: JoinSet::new(),
            ids: HashMap::new(),
            waiting: HashMap::new(),
            publisher: AbortOnDropHandle::new(tokio::spawn(publishing)),
            janitor: AbortOnDropHandle::new(tokio::spawn(settling)),
            closing,
        };
        tokio::spawn(desk.work(received));
        Ok((table, snapshots))
    }

    async fn work(mut self, mut received: mpsc::Receiver<Command>) {
        loop {
            self.start_runs();
            tokio::select! {
                command = received.recv() => match command {
                    Some(Command::ShutDown(reply)) => return self.shut_down(reply).await,
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                Some(ended) = self.runs.join_next_with_id() => self.run_ended(ended).await,
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Add(request, size, reply) => {
                let added = self.add(*request, size).await;
                let _ = reply.send(added);
            }
            Command::Pause(id, reply) => self.stop(id, Intent::Pause, reply).await,
            Command::Cancel(id, reply) => self.stop(id, Intent::Cancel, reply).await,
            Command::Remove(id, reply) => self.stop(id, Intent::Remove, reply).await,
            Command::Resume(id, reply) => {
                let resumed = self
                    .requeue(id, None, |status| *status == Status::Paused)
                    .await;
                let _ = reply.send(resumed);
            }
            Command::Retry(id, clash, reply) => {
                let waits = |status: &Status| {
                    matches!(status, Status::NeedsAttention { .. } | Status::Cancelled)
                };
                let retried = self.requeue(id, clash, waits).await;
                let _ = reply.send(retried);
            }
            Command::Reorder(id, before, reply) => {
                let reordered = self.reorder(id, before).await;
                let _ = reply.send(reordered);
            }
            Command::PauseAll(reply) => {
                let pauseable = |entry: &Entry| entry.status == Status::Queued;
                let result = self.stop_all(pauseable, Intent::Pause).await;
                let _ = reply.send(result);
            }
            Command::ResumeAll(reply) => {
                let mut result = Ok(());
                for id in self.ids_where(|entry| entry.status == Status::Paused) {
                    result = result.and(self.requeue(id, None, |_| true).await);
                }
                let _ = reply.send(result);
            }
            Command::ClearDone(reply) => {
                let result = self
                    .stop_all(|entry| entry.status.is_history(), Intent::Remove)
                    .await;
                let _ = reply.send(result);
            }
            Command::Remark(id, remark, reply) => {
                let noted = self.remark(id, remark).await;
                let _ = reply.send(noted);
            }
            Command::SetLargeLane(places, reply) => {
                self.places.large = places;
                let _ = reply.send(Ok(()));
            }
            // Taken care of by the loop.
            Command::ShutDown(_) => {}
        }
    }

    async fn add(&mut self, request: Request, size: Option<u64>) -> Result<TransferId, Error> {
        self.forget_old().await?;
        let id = TransferId::generate();
        let last = self
            .table
            .read()
            .iter()
            .map(|entry| entry.position)
            .max()
            .unwrap_or(0);
        let record = Record {
            id,
            position: last + 1,
            status: Status::Queued,
            times: Times {
                created_at: now(),
                started_at: None,
                finished_at: None,
            },
            request,
            checkpoint: Checkpoint {
                bytes_total: size,
                ..Checkpoint::default()
            },
        };
        let (journal, stored) = (self.surroundings.journal.clone(), record.clone());
        in_background(move || journal.insert(&stored)).await?;
        self.table.insert(record, &[]);
        Ok(id)
    }

    fn start_runs(&mut self) {
        for turn in queue::take_turns(&self.table, &self.places) {
            let begun = self.table.change_entry(turn.id, |entry| {
                entry.times.started_at.get_or_insert_with(now);
                entry.times.finished_at = None;
                (entry.request.clone(), Arc::clone(&entry.live))
            });
            let Some((request, live)) = begun else {
                continue;
            };
            live.enter(crate::view::Phase::Queued);
            let run = Run::new(turn.id, request, live, self.surroundings.clone(), turn.stop);
            let task = self.runs.spawn(run.execute());
            self.ids.insert(task.id(), turn.id);
        }
    }

    /// Queues a transfer again whose status `waits`, or whose run is about to stop.
    async fn requeue(
        &mut self,
        id: TransferId,
        clash: Option<ClashPolicy>,
        waits: impl Fn(&Status) -> bool,
    ) -> Result<(), Error> {
        let allowed = self.table.change_entry(id, |entry| {
            if let Some(running) = &mut entry.running {
                // A pause that has not taken effect yet is taken back.
                let pausing = running.intent == Some(Intent::Pause);
                if pausing {
                    running.intent = Some(Intent::Requeue);
                }
                return pausing;
            }
            if !waits(&entry.status) {
                return false;
            }
            if let (Some(clash), Request::Pull(pull)) = (clash, &mut entry.request) {
                pull.clash = clash;
            }
            entry.status = Status::Queued;
            entry.times.finished_at = None;
            true
        });
        match allowed {
            None => Err(Error::UnknownTransfer { id }),
            Some(false) => Err(Error::WrongState { id }),
            Some(true) => self.store_status(id).await,
        }
    }

    /// Keeps a line of the caller's own with a transfer.
    async fn remark(&self, id: TransferId, remark: String) -> Result<(), Error> {
        let idle = self.table.change_entry(id, |entry| {
            entry.running.is_none().then(|| Arc::clone(&entry.live))
        });
        let live = match idle {
            None => return Err(Error::UnknownTransfer { id }),
            Some(None) => return Err(Error::WrongState { id }),
            Some(Some(live)) => live,
        };
        let mut checkpoint = live.read().checkpoint.clone();
        checkpoint.remark = Some(remark);
        let (journal, stored) = (self.surroundings.journal.clone(), checkpoint.clone());
        in_background(move || journal.update_checkpoint(id, &stored)).await?;
        live.change(|state| state.checkpoint = checkpoint);
        Ok(())
    }

    async fn reorder(&self, id: TransferId, before: Option<TransferId>) -> Result<(), Error> {
        let Some(order) = queue::reorder(&self.table, id, before) else {
            return Err(Error::UnknownTransfer { id });
        };
        let journal = self.surroundings.journal.clone();
        in_background(move || journal.update_positions(&order)).await
    }

    /// Writes what the list says about a transfer into the journal.
    async fn store_status(&self, id: TransferId) -> Result<(), Error> {
        let state = self.table.change_entry(id, |entry| {
            (entry.status.clone(), entry.times, entry.request.clone())
        });
        let Some((status, times, request)) = state else {
            return Err(Error::UnknownTransfer { id });
        };
        let journal = self.surroundings.journal.clone();
        in_background(move || journal.update_status(id, &status, times, &request)).await
    }

    fn ids_where(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<TransferId> {
        self.table
            .read()
            .iter()
            .filter(|entry| wanted(entry))
            .map(|entry| entry.id)
            .collect()
    }

    async fn shut_down(mut self, reply: Reply<()>) {
        let deadline = Instant::now() + STOPPING;
        for entry in self.table.read().iter() {
            if let Some(running) = &entry.running {
                running.stop.cancel();
            }
        }
        let all_ended = async {
            while let Some(ended) = self.runs.join_next_with_id().await {
                self.run_ended(ended).await;
            }
        };
        if timeout_at(deadline, all_ended).await.is_err() {
            tracing::warn!("some transfers did not stop in time; their last bytes go again");
        }
        self.runs.shutdown().await;
        self.closing.cancel();
        if timeout_at(deadline, &mut self.janitor).await.is_err() {
            tracing::info!("a server hears of an abandoned upload at the next start");
            self.janitor.abort();
            // Ends at once; what matters is that its hold on the journal is gone.
            let _ = (&mut self.janitor).await;
        }
        self.publisher.abort();
        let _ = (&mut self.publisher).await;
        // Closing the journal tidies up on disk, which is no work for this thread.
        let journal = self.surroundings.journal.clone();
        drop(self);
        let closed = in_background(move || {
            drop(journal);
            Ok(())
        });
        let _ = reply.send(closed.await);
    }
}
