//! The local library's switch, and following what changes among servers and accounts.

use std::sync::Arc;

use sifter_contract::{ServerView, UiError};
use url::Url;

use super::{LOCAL_ID, Servers};
use crate::app::AppCore;

impl Servers {
    /// Whether an address belongs to a connected server.
    pub(crate) fn is_known(&self, url: &Url) -> bool {
        let same = |known: &Url| known.origin() == url.origin();
        self.local.base().is_some_and(|base| same(&base))
            || self
                .book
                .servers()
                .iter()
                .any(|server| same(&server.web) || same(&server.library))
    }
}

impl AppCore {
    /// Starts the library on this computer.
    pub(crate) async fn start_local_library(&self) -> Result<ServerView, UiError> {
        self.servers.start_local().await?;
        self.servers.refresh(LOCAL_ID).await?;
        self.server_view(LOCAL_ID).await
    }

    /// Stops it.
    pub(crate) async fn stop_local_library(&self) -> Result<ServerView, UiError> {
        self.servers.stop_local().await;
        self.servers.announce().await;
        self.server_view(LOCAL_ID).await
    }

    /// Announces the servers, asks each how it is when `ask` says so, and announces again whenever an account
    /// changes or the local library has started.
    pub(crate) fn follow_accounts(&self, ask: bool) {
        let (servers, stop) = (Arc::clone(&self.servers), self.stop.clone());
        let mut changes = self.accounts.changes();
        self.tasks.spawn(async move {
            servers.announce().await;
            if ask {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = servers.refresh_all() => {}
                }
            }
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = changes.changed() => {
                        if changed.is_err() {
                            return;
                        }
                        servers.announce().await;
                    }
                    // Asking announces what it finds.
                    () = servers.local_started.notified() => {
                        if let Err(error) = servers.refresh(LOCAL_ID).await {
                            tracing::warn!(error = %error, "the library on this computer was not asked");
                        }
                    }
                }
            }
        });
    }
}
