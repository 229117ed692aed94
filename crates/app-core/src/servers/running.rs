//! The local library's switch, and following what changes among servers and accounts.

use std::sync::Arc;

use sifter_contract::{ServerView, UiError};
use sifter_library_client::http::pin_name;
use url::Url;

use super::{LOCAL_ID, Servers, reachable};
use crate::app::AppCore;

impl Servers {
    /// The hosts that a connected server's services are on.
    fn hosts_of(&self, id: &str) -> Vec<String> {
        let Some(saved) = self.book.get(id) else {
            return Vec::new();
        };
        let endpoints = reachable(saved).endpoints;
        let urls = [
            endpoints.web,
            Some(endpoints.library),
            endpoints.keystore,
            endpoints.token,
            endpoints.builder,
            endpoints.registry,
        ];
        urls.iter().flatten().filter_map(pin_name).collect()
    }

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
    /// Forgets a server, and the certificates that were accepted for its hosts only.
    pub(crate) async fn remove_server(&self, id: &str) -> Result<(), UiError> {
        let hosts = self.servers.hosts_of(id);
        self.servers.forget(id).await?;
        let others: Vec<String> = (self.servers.book.servers().iter())
            .flat_map(|server| self.servers.hosts_of(&server.id))
            .collect();
        let gone: Vec<String> = (hosts.into_iter())
            .filter(|host| !others.contains(host))
            .collect();
        self.reach.forget_hosts(&gone).await
    }

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
