//! How runs end, and what is left behind.

use std::sync::Arc;

use tokio::task::{Id, JoinError};

use super::{Desk, Entry, in_background};
use crate::engine::command::Reply;
use crate::engine::table::Intent;
use crate::error::{Error, Failure, TransferError};
use crate::files::PartFile;
use crate::journal::{AbandonedUpload, Checkpoint, PushStage, Request, Status, Work};
use crate::remote::PushShape;
use crate::request::TransferId;
use crate::run::{RunEnd, now};

impl Desk {
    /// Stops a transfer for `intent`. The answer comes when it has stopped.
    pub(super) async fn stop(&mut self, id: TransferId, intent: Intent, reply: Reply<()>) {
        let running = self
            .table
            .change_entry(id, |entry| match &mut entry.running {
                Some(running) => {
                    running.intent = running.intent.max(Some(intent));
                    running.stop.cancel();
                    true
                }
                None => false,
            });
        match running {
            None => {
                let _ = reply.send(Err(Error::UnknownTransfer { id }));
            }
            Some(true) => self.waiting.entry(id).or_default().push(reply),
            Some(false) => {
                let stopped = self.stop_idle(id, intent).await;
                let _ = reply.send(stopped);
            }
        }
    }

    /// Stops every transfer that is `wanted`. Does not wait for runs to end.
    pub(super) async fn stop_all(
        &mut self,
        wanted: impl Fn(&Entry) -> bool,
        intent: Intent,
    ) -> Result<(), Error> {
        let mut result = Ok(());
        for id in self.ids_where(wanted) {
            let (reply, mut answer) = tokio::sync::oneshot::channel();
            self.stop(id, intent, reply).await;
            // Runs answer later; only a failure that is known already counts.
            if let Ok(answer) = answer.try_recv() {
                result = result.and(answer);
            }
        }
        result
    }

    /// Stops a transfer that does not run.
    async fn stop_idle(&mut self, id: TransferId, intent: Intent) -> Result<(), Error> {
        let Some(status) = self.table.change_entry(id, |entry| entry.status.clone()) else {
            return Err(Error::UnknownTransfer { id });
        };
        match (intent, &status) {
            (Intent::Pause, Status::Queued | Status::Paused) => {
                self.set_status(id, Status::Paused).await
            }
            (Intent::Cancel, Status::Cancelled) => Ok(()),
            (Intent::Cancel, status) if !status.is_history() => self.cancel(id).await,
            (Intent::Remove, status) => {
                if !status.is_history() {
                    self.cancel(id).await?;
                }
                self.forget(id).await
            }
            _ => Err(Error::WrongState { id }),
        }
    }

    /// Takes note of a run that ended.
    pub(super) async fn run_ended(&mut self, ended: Result<(Id, RunEnd), JoinError>) {
        let (task, end) = match ended {
            Ok((task, end)) => (task, end),
            Err(error) => (
                error.id(),
                RunEnd::Failed(Failure::new(TransferError::Defect, &error)),
            ),
        };
        let Some(id) = self.ids.remove(&task) else {
            return;
        };
        let intent = self.table.change_entry(id, |entry| {
            entry.running.take().and_then(|running| running.intent)
        });
        let settled = self.settle(id, end, intent.flatten()).await;
        if let Err(error) = &settled {
            tracing::error!(%error, transfer = %id, "cannot record how a transfer ended");
        }
        let mut answer = Some(settled);
        for reply in self.waiting.remove(&id).unwrap_or_default() {
            let _ = reply.send(answer.take().unwrap_or(Ok(())));
        }
    }

    async fn settle(
        &mut self,
        id: TransferId,
        end: RunEnd,
        intent: Option<Intent>,
    ) -> Result<(), Error> {
        match (end, intent) {
            // What is done is done, also when it was to be cancelled.
            (RunEnd::Done(how), intent) => {
                self.set_status(id, Status::Done { how }).await?;
                self.forget_work(id).await?;
                if intent == Some(Intent::Remove) {
                    self.forget(id).await
                } else {
                    Ok(())
                }
            }
            (_, Some(Intent::Cancel)) => self.cancel(id).await,
            (_, Some(Intent::Remove)) => {
                self.cancel(id).await?;
                self.forget(id).await
            }
            (RunEnd::Failed(failure), _) => {
                self.set_status(id, Status::NeedsAttention { failure })
                    .await
            }
            (RunEnd::Stopped, Some(Intent::Pause)) => self.set_status(id, Status::Paused).await,
            // Stays queued: for its next turn, or for the next start.
            (RunEnd::Stopped, Some(Intent::Requeue) | None) => self.store_status(id).await,
        }
    }

    /// Gives a transfer up. It is given up also when the journal fails: what the user stopped must
    /// not begin again.
    async fn cancel(&mut self, id: TransferId) -> Result<(), Error> {
        let cleaned = self.clean_up(id).await;
        let noted = self.set_status(id, Status::Cancelled).await;
        cleaned.and(noted)
    }

    /// Writes a status into the journal and then shows it.
    async fn set_status(&self, id: TransferId, status: Status) -> Result<(), Error> {
        let stays = matches!(status, Status::Queued | Status::Paused);
        let finished_at = (!stays).then(now);
        let state = self.table.change_entry(id, |entry| {
            let mut times = entry.times;
            times.finished_at = finished_at;
            (times, entry.request.clone())
        });
        let Some((times, request)) = state else {
            return Err(Error::UnknownTransfer { id });
        };
        let (journal, stored) = (self.surroundings.journal.clone(), status.clone());
        let written =
            in_background(move || journal.update_status(id, &stored, times, &request)).await;
        // Shown even when it could not be written: it is what happened.
        self.table.change_entry(id, |entry| {
            entry.status = status;
            entry.times = times;
        });
        written
    }

    /// Removes the partial download, notes an upload for its server to forget, forgets all parts.
    async fn clean_up(&self, id: TransferId) -> Result<(), Error> {
        let state = self.table.change_entry(id, |entry| {
            let live = entry.live.read();
            (
                entry.request.clone(),
                live.checkpoint.clone(),
                Arc::clone(&entry.live),
            )
        });
        let Some((request, checkpoint, live)) = state else {
            return Err(Error::UnknownTransfer { id });
        };
        let upload = unfinished_upload(&request, &checkpoint);
        let part_file = match &checkpoint.work {
            Work::Pull(work) => Some(work.part_file.clone()),
            _ => None,
        };
        let is_abandoned = upload.is_some();
        let cleaned = Checkpoint {
            work: Work::NotBegun,
            digest: None,
            notice: None,
            file: None,
            quarantined: false,
            without: Vec::new(),
            remark: None,
            ..checkpoint
        };
        let (journal, stored) = (self.surroundings.journal.clone(), cleaned.clone());
        in_background(move || {
            if let Some(upload) = upload {
                journal.abandon(&upload)?;
            }
            if let Some(part_file) = part_file {
                PartFile::remove(&part_file);
            }
            journal.start_over(id, &stored)
        })
        .await?;
        live.change(|state| {
            state.checkpoint = cleaned;
            state.lay_out_parts(0, [], 0);
        });
        if is_abandoned {
            self.surroundings.abandoned.notify_one();
        }
        Ok(())
    }

    /// Forgets how a finished transfer was done; what came of it stays.
    async fn forget_work(&self, id: TransferId) -> Result<(), Error> {
        let checkpoint = self.table.change_entry(id, |entry| {
            entry.live.change(|state| {
                state.checkpoint.work = Work::NotBegun;
                state.checkpoint.clone()
            })
        });
        let Some(checkpoint) = checkpoint else {
            return Err(Error::UnknownTransfer { id });
        };
        let journal = self.surroundings.journal.clone();
        in_background(move || journal.start_over(id, &checkpoint)).await
    }

    /// Takes what is too old out of the history. There is no clock for it: a program that runs for
    /// months looks whenever something new is asked for.
    pub(super) async fn forget_old(&mut self) -> Result<(), Error> {
        let limit = now() - self.surroundings.options.history;
        let old = self.ids_where(|entry| {
            entry.status.is_history() && entry.times.finished_at.is_some_and(|at| at < limit)
        });
        if old.is_empty() {
            return Ok(());
        }
        let journal = self.surroundings.journal.clone();
        in_background(move || journal.prune(limit)).await?;
        self.table
            .change(|entries| entries.retain(|entry| !old.contains(&entry.id)));
        Ok(())
    }

    async fn forget(&self, id: TransferId) -> Result<(), Error> {
        let journal = self.surroundings.journal.clone();
        in_background(move || journal.remove(&[id])).await?;
        self.table
            .change(|entries| entries.retain(|entry| entry.id != id));
        Ok(())
    }
}

/// The upload that a server still holds for a transfer, if any.
fn unfinished_upload(request: &Request, checkpoint: &Checkpoint) -> Option<AbandonedUpload> {
    let Work::Push(work) = &checkpoint.work else {
        return None;
    };
    if matches!(work.stage, PushStage::Tagging { .. }) {
        return None;
    }
    let session = work
        .session
        .clone()
        .filter(|s| s.shape != PushShape::AlreadyThere)?;
    Some(AbandonedUpload {
        server: request.server().clone(),
        account: request.account().cloned(),
        session,
    })
}
