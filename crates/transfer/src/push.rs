//! A push: hash, begin, send, complete, tag, and ask the library whether it is true.

mod chunks;
mod finish;
mod hashing;
mod parts;

use std::sync::Arc;

use crate::error::{Failure, TransferError};
use crate::files::Source;
use crate::journal::{AbandonedUpload, Checkpoint, FileHashes, PushStage, PushWork, Work};
use crate::remote::{
    Feature, PushSession, PushShape, PushSpec, Remote, RemoteError, RemoteErrorKind,
};
use crate::request::PushRequest;
use crate::run::{Run, Stop};
use crate::view::{Notice, Outcome, Phase};

/// More parts than any server offers; more would be an attack on our memory.
pub(crate) const MOST_PARTS: u32 = 100_000;
/// Fresh starts in one run before the user is asked.
const MOST_RESTARTS: u32 = 5;
/// Fresh starts because data arrived damaged.
const MOST_DAMAGED: u32 = 2;

/// What the steps of an attempt share.
struct Push<'a> {
    run: &'a Run,
    request: &'a PushRequest,
    remote: Arc<dyn Remote>,
    source: Source,
    hashes: FileHashes,
}

/// Drives a push to its end, beginning again where that is the only way.
pub(crate) async fn drive(run: &Run, request: &PushRequest) -> Result<Outcome, Failure> {
    let mut restarts = 0;
    loop {
        let notice = match attempt(run, request).await {
            Ok(outcome) => return Ok(outcome),
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::StartOver(notice)) => notice,
        };
        restarts += 1;
        forget(run, notice).await?;
        match notice {
            Notice::HashMismatch if restarts > MOST_DAMAGED => {
                return Err(TransferError::DamagedAtServer.into());
            }
            Notice::SourceChanged if restarts > MOST_RESTARTS => {
                return Err(TransferError::SourceKeepsChanging.into());
            }
            _ if restarts > MOST_RESTARTS => return Err(TransferError::SessionLost.into()),
            _ => run.back_off(restarts).await,
        }
    }
}

/// Forgets what `notice` made worthless, and has the server told where it still holds something.
async fn forget(run: &Run, notice: Notice) -> Result<(), Failure> {
    let Work::Push(work) = run.checkpoint().work else {
        return Ok(());
    };
    let identity = work.source;
    // The file may look as before and not be: its hashes are no longer believed.
    if matches!(notice, Notice::HashMismatch | Notice::SourceChanged) {
        run.record(move |journal| journal.forget_hashes(&identity))
            .await?;
    }
    let is_complete = matches!(work.stage, PushStage::Tagging { .. });
    if notice != Notice::SessionForgotten
        && !is_complete
        && let Some(session) = work.session.clone()
    {
        abandon(run, session).await?;
    }
    run.save_without_parts(|checkpoint| {
        // A file that changed before anything was sent costs the user nothing.
        if notice != Notice::SourceChanged || work.session.is_some() {
            checkpoint.notice = Some(notice);
        }
        checkpoint.work = if notice == Notice::SessionForgotten {
            Work::Push(PushWork {
                session: None,
                sent: 0,
                stage: PushStage::Sending,
                ..work
            })
        } else {
            checkpoint.digest = None;
            checkpoint.bytes_total = None;
            Work::NotBegun
        };
    })
    .await
}

async fn abandon(run: &Run, session: PushSession) -> Result<(), Failure> {
    if session.shape == PushShape::AlreadyThere {
        return Ok(());
    }
    let server = run.request.server().clone();
    let account = run.request.account().cloned();
    let upload = AbandonedUpload {
        server,
        account,
        session,
    };
    run.record(move |journal| journal.abandon(&upload)).await?;
    run.surroundings.abandoned.notify_one();
    Ok(())
}

/// Goes from the checkpoint to the end, or to the reason for a fresh start.
async fn attempt(run: &Run, request: &PushRequest) -> Result<Outcome, Stop> {
    run.live.enter(Phase::Hashing);
    let source = Source::open(&request.file).await?;
    let identity = *source.identity();
    if let Work::Push(work) = run.checkpoint().work
        && work.source != identity
    {
        return Err(Stop::StartOver(Notice::SourceChanged));
    }
    let remote = run.open_remote().await?;
    let hashes = hashing::hashes(run, &source, remote.hash_plan(source.size())).await?;
    run.save(|checkpoint| checkpoint.begin_push(&source, &hashes))
        .await?;
    let push = Push {
        run,
        request,
        remote,
        source,
        hashes,
    };
    push.go_on().await
}

impl Checkpoint {
    /// Notes the file and its hashes. An upload of the same bytes goes on.
    fn begin_push(&mut self, source: &Source, hashes: &FileHashes) {
        self.bytes_total = Some(source.size());
        self.digest = Some(hashes.sha256);
        if !matches!(&self.work, Work::Push(work) if work.digest == hashes.sha256) {
            self.work = Work::Push(PushWork {
                source: *source.identity(),
                digest: hashes.sha256,
                md5: hashes.md5,
                session: None,
                sent: 0,
                stage: PushStage::Sending,
            });
        }
    }

    /// Changes the upload under way.
    fn change_push(&mut self, change: impl FnOnce(&mut PushWork)) {
        if let Work::Push(work) = &mut self.work {
            change(work);
        }
    }
}

impl Push<'_> {
    async fn go_on(&self) -> Result<Outcome, Stop> {
        let (mut session, stage, is_new) = self.session().await?;
        let late = match stage {
            PushStage::Tagging { late } => late,
            PushStage::Completing => self.complete(&session, true).await?,
            PushStage::Sending => match self.send(&session, is_new).await? {
                Sent::Nothing => false,
                Sent::ArrivedUnasked => true,
                Sent::Everything => {
                    session = self.kept_session().unwrap_or(session);
                    self.complete(&session, false).await?
                }
            },
        };
        self.stage(PushStage::Tagging { late }).await?;
        self.set_tags(&session).await?;
        Ok(match session.shape {
            PushShape::AlreadyThere => Outcome::AlreadyThere,
            _ if late => Outcome::ArrivedLate,
            _ => Outcome::Arrived,
        })
    }

    /// The session as the checkpoint has it.
    fn kept_session(&self) -> Option<PushSession> {
        match self.run.checkpoint().work {
            Work::Push(work) => work.session,
            _ => None,
        }
    }

    /// Bytes that the server acknowledged of an upload in one row.
    fn sent(&self) -> u64 {
        match self.run.checkpoint().work {
            Work::Push(work) => work.sent,
            _ => 0,
        }
    }

    /// The open upload of the checkpoint, or a new one, and whether it is new.
    async fn session(&self) -> Result<(PushSession, PushStage, bool), Stop> {
        if let Work::Push(PushWork {
            session: Some(session),
            stage,
            ..
        }) = self.run.checkpoint().work
        {
            return Ok((session, stage, false));
        }
        let mut spec = self.spec();
        let session = match self.begin(&spec).await {
            Err(error) if *error.kind() == RemoteErrorKind::Unsupported(Feature::Multipart) => {
                spec.allow_multipart = false;
                self.begin(&spec).await?
            }
            other => other?,
        };
        let chosen = check_shape(&session.shape, self.source.size())?;
        let kept = session.clone();
        self.run
            .save(|checkpoint| {
                checkpoint.without.clone_from(&kept.without);
                checkpoint.change_push(|work| {
                    work.session = Some(kept);
                    work.sent = 0;
                });
            })
            .await?;
        if let Some(part_size) = chosen {
            let server = self.request.server.clone();
            self.run
                .record(move |journal| journal.remember_part_size(&server, part_size))
                .await?;
        }
        Ok((session, PushStage::Sending, true))
    }

    async fn begin(&self, spec: &PushSpec) -> Result<PushSession, RemoteError> {
        self.run.persist(|| self.remote.begin_push(spec)).await
    }

    fn spec(&self) -> PushSpec {
        PushSpec {
            file: self.request.file.clone(),
            path: self.request.path.clone(),
            tags: self.request.tags.clone(),
            arch: self.request.arch.clone(),
            digest: self.hashes.sha256,
            size: self.source.size(),
            md5: self.hashes.md5,
            description: self.request.description.clone(),
            private: self.request.private,
            allow_multipart: true,
        }
    }

    async fn stage(&self, stage: PushStage) -> Result<(), Failure> {
        self.run
            .save(|checkpoint| checkpoint.change_push(|work| work.stage = stage))
            .await
    }

    async fn send(&self, session: &PushSession, is_new: bool) -> Result<Sent, Stop> {
        let sent = match session.shape {
            PushShape::AlreadyThere => return Ok(Sent::Nothing),
            PushShape::Single => self.send_whole(session).await?,
            PushShape::Multipart {
                part_size,
                total_parts,
                part_digest_needed,
                ..
            } => {
                self.send_parts(session, part_size, total_parts, part_digest_needed)
                    .await?;
                Sent::Everything
            }
            PushShape::Chunked { chunk_size, .. } => {
                self.send_chunks(session, chunk_size, is_new).await?;
                Sent::Everything
            }
        };
        if !self.source.is_unchanged().await {
            return Err(Stop::StartOver(Notice::SourceChanged));
        }
        if sent == Sent::Everything {
            self.stage(PushStage::Completing).await?;
        }
        Ok(sent)
    }
}

/// What sending came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// The library had the bytes.
    Nothing,
    /// Every part is acknowledged.
    Everything,
    /// The answer was lost, but the library shows the image.
    ArrivedUnasked,
}

/// Checks that the parts the server wants add up to the file. Answers their size.
fn check_shape(shape: &PushShape, size: u64) -> Result<Option<u64>, Stop> {
    if let PushShape::Chunked { chunk_size, .. } = shape
        && (*chunk_size == 0 || size.div_ceil(*chunk_size) > u64::from(MOST_PARTS))
    {
        return Err(TransferError::BadAnswer.into());
    }
    let PushShape::Multipart {
        part_size,
        total_parts,
        ..
    } = shape
    else {
        return Ok(None);
    };
    let adds_up = *part_size > 0
        && *total_parts <= MOST_PARTS
        && size.div_ceil(*part_size) == u64::from(*total_parts);
    if adds_up {
        Ok(Some(*part_size))
    } else {
        Err(TransferError::BadAnswer.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_do_not_add_up_to_the_file_are_refused() {
        let shape = |part_size, total_parts| PushShape::Multipart {
            upload_id: "u".to_owned(),
            part_size,
            total_parts,
            part_digest_needed: true,
        };
        assert!(matches!(check_shape(&shape(10, 3), 25), Ok(Some(10))));
        for (part_size, total_parts) in [(0, 3), (10, 2), (10, 4), (10, u32::MAX), (u64::MAX, 3)] {
            assert!(check_shape(&shape(part_size, total_parts), 25).is_err());
        }
        assert!(
            check_shape(&shape(1, 200_000), 200_000).is_err(),
            "the number is bounded"
        );
        let row = |chunk_size| PushShape::Chunked {
            upload_id: "u".to_owned(),
            chunk_size,
        };
        assert!(matches!(check_shape(&row(10), 25), Ok(None)));
        assert!(check_shape(&row(0), 25).is_err());
        assert!(check_shape(&row(1), 200_000).is_err());
    }
}
