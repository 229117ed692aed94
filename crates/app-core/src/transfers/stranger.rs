//! After an upload: whether the link works for others, found out by asking for the image as a stranger.
//!
//! The question comes after "done" and changes nothing about it. The answer is kept with the transfer.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sifter_contract::LinkCheck;
use sifter_library_api::{Arch, LibraryRef};
use sifter_library_client::Error;
use sifter_transfer::remote::PullSpec;
use sifter_transfer::{Direction, Engine, Phase, RemoteErrorKind, RemoteFactory, TransferView};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Remotes;
use super::remark::Remark;
use crate::servers::{LOCAL_ID, Servers};

/// An upload that ended longer ago than this is not asked about any more.
const NEWS: time::Duration = time::Duration::days(1);

/// Why there is no answer.
#[derive(Debug)]
enum NoAnswer {
    /// Asking again may help.
    Now,
    Ever,
}

/// Asks libraries as somebody without an account.
#[derive(Clone)]
pub(crate) struct Stranger {
    pub(crate) servers: Arc<Servers>,
    pub(crate) remotes: Arc<Remotes>,
    pub(crate) engine: Engine,
    /// Before the question is asked for the second and last time.
    pub(crate) patience: Duration,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Stranger {
    /// Asks about every upload once it is done, and about those that ended lately without having been asked
    /// about: the program may have ended in between.
    pub(crate) fn follow(self) {
        let mut snapshots = self.engine.watch();
        let mut asked = HashSet::new();
        let (tasks, stop) = (self.tasks.clone(), self.stop.clone());
        tasks.spawn(async move {
            loop {
                let snapshot = Arc::clone(&snapshots.borrow_and_update());
                for view in snapshot.transfers.iter().filter(|view| is_news(view)) {
                    if asked.insert(view.id) {
                        self.ask_about(view);
                    }
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = snapshots.changed() => if changed.is_err() { return },
                }
            }
        });
    }

    /// Asks about an upload, in the background.
    fn ask_about(&self, view: &TransferView) {
        let (this, view) = (self.clone(), view.clone());
        self.tasks.spawn(async move {
            let link = tokio::select! {
                () = this.stop.cancelled() => return,
                link = this.ask_twice(&view) => link,
            };
            if let Err(error) = this.keep(&view, link).await {
                tracing::debug!(error = %error, "what a stranger sees was not noted");
            }
        });
    }

    async fn keep(
        &self,
        view: &TransferView,
        link: LinkCheck,
    ) -> Result<(), sifter_transfer::Error> {
        let remark = Remark {
            link: Some(link),
            ..Remark::of(view)
        };
        if let Some(line) = remark.to_line() {
            self.engine.remark(view.id, line).await?;
        }
        Ok(())
    }

    async fn ask_twice(&self, view: &TransferView) -> LinkCheck {
        if view.server.as_str() == LOCAL_ID {
            return LinkCheck::OnlyHere;
        }
        let answer = match self.ask(view).await {
            Err(NoAnswer::Now) => {
                tokio::time::sleep(self.patience).await;
                self.ask(view).await
            }
            answer => answer,
        };
        answer.unwrap_or(LinkCheck::Unknown)
    }

    /// Whether a stranger finds these very bytes under the first tag, or under their digest.
    async fn ask(&self, view: &TransferView) -> Result<LinkCheck, NoAnswer> {
        let digest = view.digest.ok_or(NoAnswer::Ever)?;
        let target = view
            .tags
            .first()
            .cloned()
            .unwrap_or_else(|| format!("sha256.{}", digest.to_hex()));
        let reference = format!("{}:{target}", view.reference);
        let seen = match self.image(view, &reference).await? {
            Some(seen) => seen,
            None => match self.elsewhere(view, reference).await? {
                Some(seen) => seen,
                None => return Ok(LinkCheck::OnlyShared),
            },
        };
        // Another image under the tag says nothing about this one: it may have moved on meanwhile.
        if seen == *digest.as_bytes() {
            Ok(LinkCheck::Anyone)
        } else {
            Err(NoAnswer::Ever)
        }
    }

    /// The digest of an image as the library shows it to a stranger. This counts as no download.
    async fn image(
        &self,
        view: &TransferView,
        reference: &str,
    ) -> Result<Option<[u8; 32]>, NoAnswer> {
        let server = self.servers.reach(view.server.as_str()).await;
        let server = server.map_err(|_| NoAnswer::Ever)?;
        let client = self.servers.client(&server, None).map_err(no_answer)?;
        // Without a host: a first name with a dot is an entity here.
        let reference: LibraryRef = format!("library:///{reference}")
            .parse()
            .map_err(|_| NoAnswer::Ever)?;
        let arch: Option<Arch> = view.arch.parse().ok();
        match client.image(&reference, arch).await {
            Ok(image) if image.is_uploaded() => Ok(image.hash.and_then(|hash| hash.sha256())),
            Ok(_) => Ok(None),
            Err(
                Error::NotFound
                | Error::Unauthorized
                | Error::Forbidden(_)
                | Error::ScopeMissing { .. }
                | Error::OciImageInstead,
            ) => Ok(None),
            Err(error) => Err(no_answer(error)),
        }
    }

    /// The digest of an image that the library keeps in a registry, as a download would find it.
    async fn elsewhere(
        &self,
        view: &TransferView,
        reference: String,
    ) -> Result<Option<[u8; 32]>, NoAnswer> {
        let spec = PullSpec {
            reference,
            arch: view.arch.clone(),
        };
        let found = async {
            let remote = self.remotes.open(&view.server, None).await?;
            remote.resolve_pull(&spec).await
        };
        match found.await {
            Ok(target) => Ok(Some(*target.digest.as_bytes())),
            Err(error) => match error.kind() {
                RemoteErrorKind::NotFound
                | RemoteErrorKind::Unauthorized
                | RemoteErrorKind::ScopeMissing { .. }
                | RemoteErrorKind::Forbidden => Ok(None),
                RemoteErrorKind::Transient { .. } | RemoteErrorKind::Garbled => Err(NoAnswer::Now),
                _ => Err(NoAnswer::Ever),
            },
        }
    }
}

/// Whether an upload is done and nobody has asked about it.
fn is_news(view: &TransferView) -> bool {
    let since = OffsetDateTime::now_utc() - NEWS;
    view.direction == Direction::Push
        && matches!(view.phase, Phase::Done { .. })
        && view.remark.is_none()
        && view.finished_at.is_some_and(|at| at > since)
}

fn no_answer(error: Error) -> NoAnswer {
    tracing::debug!(error = %error, "a stranger gets no answer");
    if error.is_transient() {
        NoAnswer::Now
    } else {
        NoAnswer::Ever
    }
}
