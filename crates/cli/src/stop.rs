//! Being asked to stop: Ctrl-C, or the polite signal of a job system.

use tokio::sync::watch;

use crate::failure::Failure;

/// Knows whether somebody has asked to stop. Clones know the same.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Starts listening. The first request ends the command in order, the second one at once.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            asked().await;
            sender.send_replace(true);
            asked().await;
            std::process::exit(130);
        });
        Self(receiver)
    }

    /// Whether somebody has asked, for work that cannot wait beside itself.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks.
    pub(crate) async fn asked(&self) {
        if self.0.clone().wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The result of `work`, unless somebody asks to stop before it is there.
    pub(crate) async fn or<T, E: Into<Failure>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.asked() => Err(Failure::Interrupted),
            done = work => done.map_err(Into::into),
        }
    }
}

#[cfg(unix)]
async fn asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return interrupted().await;
    };
    tokio::select! {
        () = interrupted() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked() {
    interrupted().await;
}

async fn interrupted() {
    // Without signals there is nothing to wait for but the end of the command.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
