//! Tells servers about uploads that were given up, now or after the next start.

use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::journal::AbandonedUpload;
use crate::remote::{RemoteError, RemoteErrorKind};
use crate::run::{Surroundings, Tries};

/// Works off the list of abandoned uploads. After `closing` it ends with the last of them, and waits for
/// nobody who does not answer.
pub(super) async fn settle(surroundings: Surroundings, closing: CancellationToken) {
    loop {
        if let Err(error) = settle_all(&surroundings, &closing).await {
            tracing::warn!(%error, "cannot read the list of abandoned uploads");
        }
        tokio::select! {
            biased;
            () = surroundings.abandoned.notified() => {}
            () = closing.cancelled() => return,
        }
    }
}

async fn settle_all(surroundings: &Surroundings, closing: &CancellationToken) -> Result<(), Error> {
    let journal = surroundings.journal.clone();
    let uploads = in_background(move || journal.abandoned()).await?;
    for (number, upload) in uploads {
        match abort_patiently(surroundings, &upload, closing).await {
            // Whoever cannot be reached or wants a sign-in is asked again after the next start.
            Err(error) if is_worth_another_time(error.kind()) => {
                tracing::info!(%error, "a server was not told about an abandoned upload");
            }
            // Told, or not interested.
            Ok(()) | Err(_) => {
                let journal = surroundings.journal.clone();
                in_background(move || journal.settle_abandoned(number)).await?;
            }
        }
    }
    Ok(())
}

async fn abort_patiently(
    surroundings: &Surroundings,
    upload: &AbandonedUpload,
    closing: &CancellationToken,
) -> Result<(), RemoteError> {
    let mut tries = Tries::default();
    loop {
        let error = match abort(surroundings, upload).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let Some(wait) = tries.next_wait(&error, &surroundings.options) else {
            return Err(error);
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = closing.cancelled() => return Err(error),
        }
    }
}

async fn abort(surroundings: &Surroundings, upload: &AbandonedUpload) -> Result<(), RemoteError> {
    let remote = surroundings
        .factory
        .open(&upload.server, upload.account.as_ref())
        .await?;
    remote.abort(&upload.session).await
}

fn is_worth_another_time(kind: &RemoteErrorKind) -> bool {
    matches!(
        kind,
        RemoteErrorKind::Transient { .. }
            | RemoteErrorKind::Unauthorized
            | RemoteErrorKind::Locked
            | RemoteErrorKind::ScopeMissing { .. }
    )
}

/// Runs work on the journal away from the async threads.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    // A blocking task is lost only when the runtime shuts down.
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(Error::ShutDown))
}
