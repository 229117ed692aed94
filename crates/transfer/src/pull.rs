//! A pull: resolve, fetch into a partial file, verify, put in place.

mod blame;
mod fetch;
mod flow;
mod front;
mod judging;
mod local;
mod ranges;
mod stream;
mod sum;
mod target;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::digest::Sha256Digest;
use crate::error::{Failure, TransferError};
use crate::file_name::FileName;
use crate::files::{self, PartFile, blocking, disk_failure};
use crate::journal::{Checkpoint, PullWork, Work};
use crate::remote::{PullSpec, PullTarget, Remote, RemoteError, RemoteErrorKind};
use crate::request::{ClashPolicy, PullRequest};
use crate::run::{Run, Stop};
use crate::view::{Notice, Outcome, Phase};

/// Fetches in all when what arrives does not have the promised hash: one, and two more.
const MOST_FETCHES: u32 = 3;
/// Fresh starts in one run before the user is asked.
const MOST_RESTARTS: u32 = 5;
/// More ranges than this only cost memory; larger files get larger ranges.
const MOST_RANGES: u64 = 8192;

/// What the steps of an attempt share.
struct Pull<'a> {
    run: &'a Run,
    request: &'a PullRequest,
    remote: Arc<dyn Remote>,
    /// The target with a fresh address; replaced when the address expires.
    target: tokio::sync::Mutex<Arc<PullTarget>>,
    digest: Sha256Digest,
    size: u64,
}

/// Drives a pull to its end, beginning again where that is the only way.
pub(crate) async fn drive(run: &Run, request: &PullRequest) -> Result<Outcome, Failure> {
    let name = FileName::parse(&request.file_name)
        .map_err(|error| Failure::new(TransferError::FolderNotWritable, &error))?;
    let mut restarts = 0;
    loop {
        let notice = match attempt(run, request, &name).await {
            Ok(outcome) => return Ok(outcome),
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::StartOver(notice)) => notice,
        };
        restarts += 1;
        forget(run, notice).await?;
        if restarts > MOST_RESTARTS {
            return Err(TransferError::SessionLost.into());
        }
        run.back_off(restarts).await;
    }
}

/// How a pull ended whose file has a place.
pub(crate) fn placed(checkpoint: &Checkpoint) -> Option<Outcome> {
    checkpoint.file.as_ref()?;
    Some(if checkpoint.quarantined {
        Outcome::Quarantined
    } else {
        Outcome::Verified
    })
}

/// Removes the partial file and forgets its ranges.
async fn forget(run: &Run, notice: Notice) -> Result<(), Failure> {
    if let Work::Pull(work) = run.checkpoint().work {
        // Only ever removes the very file that the journal remembers.
        let removed = blocking(move || {
            PartFile::remove(&work.part_file);
            Ok(())
        });
        removed.await.map_err(|error| disk_failure(&error))?;
    }
    run.save_without_parts(|checkpoint| {
        checkpoint.notice = Some(notice);
        checkpoint.work = Work::NotBegun;
        checkpoint.digest = None;
        checkpoint.bytes_total = None;
    })
    .await
}

/// Goes from the checkpoint to the end, or to the reason for a fresh start.
async fn attempt(run: &Run, request: &PullRequest, name: &FileName) -> Result<Outcome, Stop> {
    if let Some(how) = placed(&run.checkpoint()) {
        return Ok(how); // only the end of the run was not recorded
    }
    run.live.enter(Phase::Downloading);
    target::check_folder(&request.folder).await?;
    let remote = run.open_remote().await?;
    let spec = PullSpec {
        reference: request.reference.clone(),
        arch: request.arch.clone(),
    };
    let target = run.persist(|| remote.resolve_pull(&spec)).await?;
    let known = run.checkpoint();
    if known.digest.is_some_and(|digest| digest != target.digest) {
        return Err(Stop::StartOver(Notice::ReferenceMoved));
    }
    if matches!(known.work, Work::Pull(_)) && known.bytes_total != Some(target.size) {
        return Err(Stop::StartOver(Notice::ReferenceMoved));
    }
    let (digest, size) = (target.digest, target.size);
    run.save(|checkpoint| {
        checkpoint.digest = Some(digest);
        checkpoint.bytes_total = Some(size);
    })
    .await?;
    let target = tokio::sync::Mutex::new(Arc::new(target));
    let pull = Pull {
        run,
        request,
        remote,
        target,
        digest,
        size,
    };
    pull.go_on(name).await
}

impl Pull<'_> {
    async fn go_on(&self, name: &FileName) -> Result<Outcome, Stop> {
        let existing = self.request.folder.join(name.as_str());
        match target::compare(self, &existing).await? {
            target::Existing::SameBytes => {
                self.finish(existing, name).await?;
                return Ok(Outcome::AlreadyHere);
            }
            target::Existing::Folder if self.request.clash != ClashPolicy::KeepBoth => {
                return Err(TransferError::TargetExists { path: existing }.into());
            }
            target::Existing::OtherBytes if self.request.clash == ClashPolicy::Fail => {
                return Err(TransferError::TargetExists { path: existing }.into());
            }
            _ => {}
        }
        if let Some(path) = self.placed_before(name).await? {
            self.finish(path, name).await?;
            return Ok(Outcome::Verified);
        }
        let part_file = self.part_file(name).await?;
        let here = self.copy_from_here(&part_file).await?;
        if !here {
            self.fetch_verified(&part_file).await?;
        }
        let judgement = self.judge(&part_file.identity.path, name).await;
        if !judgement.admit {
            self.quarantine(part_file, name, judgement.remark).await?;
            return Ok(Outcome::Quarantined);
        }
        self.place(part_file, name, judgement.remark).await?;
        Ok(if here {
            Outcome::AlreadyHere
        } else {
            Outcome::Verified
        })
    }

    /// The partial file of the checkpoint, or a new one.
    async fn part_file(&self, name: &FileName) -> Result<PartFile, Stop> {
        if let Work::Pull(work) = self.run.checkpoint().work {
            let size = self.size;
            let reopened = blocking(move || PartFile::reopen(&work.part_file, size));
            return reopened
                .await
                .map_err(|error| disk_failure(&error))?
                .ok_or(Stop::StartOver(Notice::PartialFileChanged));
        }
        let margin = self.run.options().free_space_margin;
        target::check_space(&self.request.folder, self.size, margin).await?;
        let (folder, name, size) = (self.request.folder.clone(), name.clone(), self.size);
        let created = blocking(move || PartFile::create(&folder, &name, size)).await;
        let new = match created {
            Ok(new) => new,
            Err(error) => return Err(self.disk_failed(error).await.into()),
        };
        let range_size = range_size(self.run.options().range_size, self.size);
        let work = PullWork {
            part_file: new.identity().clone(),
            range_size,
        };
        let mut checkpoint = self.run.checkpoint();
        checkpoint.work = Work::Pull(work);
        let note = self.run.note();
        let kept = self.run.step(move |journal| {
            note.without_parts(journal, checkpoint)?;
            Ok(new.keep())
        });
        Ok(kept.await?)
    }

    /// Makes the verified bytes durable, gives them their name and notes it.
    async fn place(
        &self,
        part_file: PartFile,
        name: &FileName,
        remark: Option<String>,
    ) -> Result<(), Stop> {
        let (folder, name, policy) = (
            self.request.folder.clone(),
            name.clone(),
            self.request.clash,
        );
        // Takes as long as the disk does. Nothing has happened yet when the run is stopped here.
        let synced = blocking(move || {
            files::open_permissions(&part_file.file)?;
            part_file.file.sync_all()?;
            Ok(part_file.is_in_place().then_some(part_file.identity.path))
        });
        let part = match synced.await {
            Ok(Some(part)) => part,
            Ok(None) => return Err(Stop::StartOver(Notice::PartialFileChanged)),
            Err(error) => return Err(self.disk_failed(error).await.into()),
        };
        let mut checkpoint = self.run.checkpoint();
        let note = self.run.note();
        let placed = self.run.step(move |journal| {
            let path = files::place(&part, &folder, &name, policy).map_err(|error| {
                let path = folder.join(name.as_str());
                match error.kind() {
                    io::ErrorKind::AlreadyExists | io::ErrorKind::IsADirectory => {
                        TransferError::TargetExists { path }.into()
                    }
                    _ => disk_failure(&error),
                }
            })?;
            files::sync_folder(&folder);
            checkpoint.file = Some(path);
            checkpoint.work = Work::NotBegun;
            checkpoint.remark = remark;
            note.without_parts(journal, checkpoint)?;
            Ok(())
        });
        placed.await?;
        self.show_all_done();
        Ok(())
    }

    /// Where an earlier run put the file, when it was stopped before it could note that. Only a copy
    /// beside another file can be lost in this way; any other is found under its name.
    async fn placed_before(&self, name: &FileName) -> Result<Option<PathBuf>, Stop> {
        let Work::Pull(work) = self.run.checkpoint().work else {
            return Ok(None);
        };
        if self.request.clash != ClashPolicy::KeepBoth {
            return Ok(None);
        }
        let (folder, name) = (self.request.folder.clone(), name.clone());
        let found = blocking(move || {
            Ok(files::copies(&folder, &name).find(|path| PartFile::is_at(&work.part_file, path)))
        });
        let Some(path) = found.await.map_err(|error| disk_failure(&error))? else {
            return Ok(None);
        };
        let whole = matches!(
            target::compare(self, &path).await?,
            target::Existing::SameBytes
        );
        Ok(whole.then_some(path))
    }

    /// Notes where a file is that has its name already; the partial one is no more. The file was there before, so
    /// that it stays whatever the judge says.
    async fn finish(&self, path: PathBuf, name: &FileName) -> Result<(), Stop> {
        let remark = self.judge(&path, name).await.remark;
        if let Work::Pull(work) = self.run.checkpoint().work {
            // Left behind only when the file appeared under its final name by other means.
            let removed = blocking(move || {
                PartFile::remove(&work.part_file);
                Ok(())
            });
            removed.await.map_err(|error| disk_failure(&error))?;
        }
        self.run
            .save_without_parts(|checkpoint| {
                checkpoint.file = Some(path);
                checkpoint.work = Work::NotBegun;
                checkpoint.remark = remark;
            })
            .await?;
        self.show_all_done();
        Ok(())
    }

    fn show_all_done(&self) {
        let size = self.size;
        self.run.live.change(|state| state.bytes_done = size);
    }

    /// Sorts an error of writing; a full disk says how much is missing.
    async fn disk_failed(&self, error: io::Error) -> Failure {
        let (folder, size) = (self.request.folder.clone(), self.size);
        blocking(move || Ok(target::full_disk(&error, &folder, size)))
            .await
            .unwrap_or_else(|error| disk_failure(&error))
    }

    /// The target as last resolved.
    async fn target(&self) -> Arc<PullTarget> {
        Arc::clone(&*self.target.lock().await)
    }

    /// Resolves again, because the address in `expired` is of no use any more.
    async fn renew_target(&self, expired: &Arc<PullTarget>) -> Result<(), Stop> {
        let mut current = self.target.lock().await;
        if !Arc::ptr_eq(&current, expired) {
            return Ok(()); // another range was quicker
        }
        let spec = PullSpec {
            reference: self.request.reference.clone(),
            arch: self.request.arch.clone(),
        };
        let fresh = self.run.persist(|| self.remote.resolve_pull(&spec)).await?;
        if fresh.digest != self.digest || fresh.size != self.size {
            return Err(Stop::StartOver(Notice::ReferenceMoved));
        }
        *current = Arc::new(fresh);
        Ok(())
    }

    /// Renews the target when `error` says that its address expired, and makes that an error like
    /// any other that passes: a server that forgets at once is not asked for ever.
    pub(super) async fn renewed(
        &self,
        target: &Arc<PullTarget>,
        error: RemoteError,
    ) -> Result<RemoteError, Stop> {
        if *error.kind() != RemoteErrorKind::SessionForgotten {
            return Ok(error);
        }
        self.renew_target(target).await?;
        Ok(RemoteError::new(
            RemoteErrorKind::Transient { retry_after: None },
            error,
        ))
    }

    /// A failure of the remote that belongs to one range.
    fn range_failed(&self, number: u32, error: &RemoteError) {
        self.run
            .live
            .change(|state| state.part_failed(number, Failure::from(error)));
    }
}

/// Bytes in a range of a file of `size` bytes.
fn range_size(wanted: u64, size: u64) -> u64 {
    wanted.max(1).max(size.div_ceil(MOST_RANGES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_files_get_larger_ranges_instead_of_more() {
        assert_eq!(range_size(8, 100), 8);
        assert_eq!(range_size(0, 100), 1);
        let size = 1 << 50;
        assert!(size / range_size(8 << 20, size) <= MOST_RANGES);
        assert!(range_size(1, u64::MAX) >= u64::MAX / MOST_RANGES);
    }
}
