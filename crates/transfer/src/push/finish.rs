//! The end of a push: completing, and finding out whether it is true.

use super::Push;
use crate::error::{Failure, TransferError};
use crate::remote::{ImageReference, PushSession, PushShape, RemoteErrorKind};
use crate::run::{Stop, Tries};
use crate::view::{Notice, Phase};

/// Questions about a tag before what the library shows is believed.
const MOST_QUESTIONS: u32 = 6;

impl Push<'_> {
    /// Completes the upload. `unclear` says that completion may have been asked for before. Answers
    /// whether the end was learned by asking.
    pub(super) async fn complete(
        &self,
        session: &PushSession,
        mut unclear: bool,
    ) -> Result<bool, Stop> {
        let id = self.run.id;
        let parts = self.run.record(move |journal| journal.parts(id)).await?;
        let parts = match session.shape {
            PushShape::Multipart { .. } => parts,
            _ => Vec::new(),
        };
        let mut tries = Tries::default();
        loop {
            if unclear && self.is_there(session).await? {
                return Ok(true);
            }
            self.run.live.enter(Phase::ServerProcessing);
            let error = match self.remote.complete(session, &parts).await {
                Ok(completion) => {
                    self.run
                        .save(|checkpoint| checkpoint.container_url = completion.container_url)
                        .await?;
                    return Ok(false);
                }
                Err(error) => error,
            };
            match error.kind() {
                RemoteErrorKind::Transient { .. } | RemoteErrorKind::Garbled => {
                    unclear = true;
                    let details = Failure::from(&error).details;
                    if self.run.wait_after(&mut tries, error).await.is_err() {
                        // The last question: the answer may have been lost, the upload not.
                        if self.is_there(session).await? {
                            return Ok(true);
                        }
                        let error = TransferError::Unconfirmed;
                        return Err(Failure { error, details }.into());
                    }
                }
                // A server forgets an upload also because it is complete.
                RemoteErrorKind::SessionForgotten | RemoteErrorKind::NotFound => {
                    return if self.is_there(session).await? {
                        Ok(true)
                    } else {
                        Err(Stop::StartOver(Notice::SessionForgotten))
                    };
                }
                RemoteErrorKind::Integrity => return Err(Stop::StartOver(Notice::HashMismatch)),
                _ => return Err(error.into()),
            }
        }
    }

    /// Whether the library shows the pushed bytes.
    pub(super) async fn is_there(&self, session: &PushSession) -> Result<bool, Stop> {
        self.run.live.enter(Phase::Checking);
        let reference = self.reference(None);
        let ask = || self.remote.confirm(session, &reference);
        let found = self.run.persist(ask).await?;
        Ok(found == Some(self.hashes.sha256))
    }

    /// Sets the tags and asks what lies under each: only that makes a push done.
    pub(super) async fn set_tags(&self, session: &PushSession) -> Result<(), Stop> {
        let spec = self.spec();
        if spec.tags.is_empty() {
            return self.confirm(session, None).await;
        }
        self.run.live.enter(Phase::ServerProcessing);
        match self
            .run
            .persist(|| self.remote.set_tags(session, &spec))
            .await
        {
            Err(error) if *error.kind() == RemoteErrorKind::SessionForgotten => {
                return Err(Stop::StartOver(Notice::SessionForgotten));
            }
            other => other?,
        }
        for tag in &spec.tags {
            self.confirm(session, Some(tag)).await?;
        }
        Ok(())
    }

    async fn confirm(&self, session: &PushSession, tag: Option<&String>) -> Result<(), Stop> {
        self.run.live.enter(Phase::Checking);
        let reference = self.reference(tag.cloned());
        let mut asked = 0;
        loop {
            let ask = || self.remote.confirm(session, &reference);
            let found = self.run.persist(ask).await?;
            if found == Some(self.hashes.sha256) {
                return Ok(());
            }
            asked += 1;
            if asked < MOST_QUESTIONS {
                // A library may take a moment to show what it acknowledged.
                self.run.back_off(asked).await;
                continue;
            }
            return Err(match (found, tag) {
                (Some(found), Some(tag)) => TransferError::TagElsewhere {
                    tag: tag.clone(),
                    found,
                }
                .into(),
                _ => TransferError::Unconfirmed.into(),
            });
        }
    }

    fn reference(&self, tag: Option<String>) -> ImageReference {
        ImageReference {
            path: self.request.path.clone(),
            arch: self.request.arch.clone(),
            tag,
            digest: self.hashes.sha256,
        }
    }
}
