//! Connecting a server, asking it again how it is, and letting it go.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sifter_account::{Provider, ServerKey};
use sifter_contract::{AppEvent, Capabilities, Quota, ServerState, UiError};
use sifter_library_api::EntityName;
use sifter_library_client::{Error, LibraryClient, Support, discover, probe};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::view::host_text;
use super::{LOCAL_ID, Reachable, SavedServer, Servers, Session, Status, reachable};
use crate::errors::{self, Place};

/// A server that takes longer to answer is called slow.
const SLOW: Duration = Duration::from_secs(4);

impl Servers {
    /// Finds out what is at an address and remembers it; answers its id. A server that is known already
    /// keeps its id.
    pub(crate) async fn connect(
        self: &Arc<Self>,
        address: &str,
        allow_http: bool,
    ) -> Result<String, UiError> {
        let address = address.trim();
        if address.is_empty() || address.len() > 2048 {
            return Err(errors::address(address));
        }
        let http = self.http_of(allow_http);
        let place = Place::of(address, false);
        let endpoints = discover(http, address)
            .await
            .map_err(|error| errors::client(&error, &place))?;
        if self
            .local
            .base()
            .is_some_and(|base| base.origin() == endpoints.library.origin())
        {
            return Ok(LOCAL_ID.to_owned());
        }
        let web = endpoints
            .web
            .clone()
            .unwrap_or_else(|| endpoints.library.clone());
        let known = self.book.find(&endpoints.library);
        let saved = SavedServer {
            id: known
                .as_ref()
                .map_or_else(|| Uuid::new_v4().to_string(), |known| known.id.clone()),
            learned: known
                .as_ref()
                .map(|known| known.learned)
                .unwrap_or_default(),
            account: known.as_ref().and_then(|known| known.account),
            entered: known
                .as_ref()
                .map(|known| known.entered.clone())
                .unwrap_or_default(),
            name: known.map_or_else(|| name_of(&host_text(&web)), |known| known.name),
            web,
            library: endpoints.library,
            token: endpoints.token,
            keystore: endpoints.keystore,
            builder: endpoints.builder,
            registry: endpoints.registry,
            issuer: None,
            plain_http: allow_http,
        };
        let server = reachable(saved.clone());
        let client = self
            .client(&server, None)
            .map_err(|error| errors::client(&error, &place))?;
        let began = Instant::now();
        let found = client
            .probe()
            .await
            .map_err(|error| errors::client(&error, &place))?;
        let took = began.elapsed();
        let saved = SavedServer {
            issuer: issuer_of(&found, &server),
            ..saved
        };
        let id = saved.id.clone();
        self.book
            .put(saved)
            .map_err(|error| errors::storage(&error))?;
        let session = self.session(&id).await?;
        if session.account.is_some() {
            self.refresh(&id).await?;
        } else {
            // Nobody is signed in, so that the server would only say the same again.
            let status = self.status_of(&session, &found, took).await;
            self.show(&id, status).await;
        }
        Ok(id)
    }

    /// Asks a server how it is and what it can do. A server that does not answer is no error here: its
    /// view says so.
    pub(crate) async fn refresh(self: &Arc<Self>, id: &str) -> Result<(), UiError> {
        if id == LOCAL_ID && self.local.base().is_none() {
            self.announce().await;
            return Ok(());
        }
        let session = self.session(id).await?;
        let mut began = Instant::now();
        let probed = match session.client.token_is_there().await {
            Ok(()) => {
                began = Instant::now();
                session.client.probe().await
            }
            Err(error) => Err(error),
        };
        let status = match probed {
            Ok(found) => self.status_of(&session, &found, began.elapsed()).await,
            Err(error) => {
                let known = self.statuses().get(id).cloned().unwrap_or_default();
                let state = match error {
                    // The sign-in could not be had. The server was not asked, and says nothing of itself.
                    Error::Token(_) => known.state,
                    _ => Some(ServerState::Down),
                };
                Status {
                    state,
                    problem: Some(errors::client(&error, &session.place(""))),
                    ..known
                }
            }
        };
        self.show(id, status).await;
        Ok(())
    }

    /// How a server is that has answered after so long.
    async fn status_of(
        &self,
        session: &Session,
        found: &probe::Capabilities,
        took: Duration,
    ) -> Status {
        let state = if took > SLOW {
            ServerState::Slow
        } else {
            ServerState::Online
        };
        self.remember_issuer(&session.server, found);
        let (quota, providers) = tokio::join!(
            quota(session),
            self.announced_providers(&session.server, found)
        );
        let mut capabilities = capabilities(found, &session.server);
        capabilities.quota = quota.map(|_| true).or(capabilities.quota);
        Status {
            state: Some(state),
            problem: None,
            capabilities,
            quota,
            providers,
        }
    }

    async fn show(self: &Arc<Self>, id: &str, status: Status) {
        self.statuses().insert(id.to_owned(), status);
        self.announce().await;
    }

    /// Who else a server takes sign-ins from. One that does not tell shows no button that may be dead.
    async fn announced_providers(
        &self,
        server: &Reachable,
        found: &probe::Capabilities,
    ) -> Vec<Provider> {
        let issuer = match found.oauth {
            Support::Unknown => server.issuer.clone(),
            _ => issuer_of(found, server),
        };
        let Some(issuer) = issuer else {
            return Vec::new();
        };
        let announced = self.accounts.providers(&issuer).await;
        announced.unwrap_or_else(|error| {
            tracing::debug!(error = %error, "the server's providers are not known");
            Vec::new()
        })
    }

    /// The provider under an id, if the server has announced it.
    pub(crate) fn provider(&self, server_id: &str, id: &str) -> Option<Provider> {
        let status = self.statuses();
        let announced = &status.get(server_id)?.providers;
        announced.iter().find(|provider| provider.id == id).cloned()
    }

    /// Forgets a server. Its accounts are signed out before.
    pub(crate) async fn forget(self: &Arc<Self>, id: &str) -> Result<(), UiError> {
        if id == LOCAL_ID {
            return Err(errors::invalid(
                "the library on this computer cannot be removed",
            ));
        }
        let place = Place::of(self.name(id), true);
        let accounts = self.accounts.on(&ServerKey::new(id)).await;
        for account in accounts.map_err(|error| errors::account(&error, &place))? {
            self.accounts
                .sign_out(account.id)
                .await
                .map_err(|error| errors::account(&error, &place))?;
        }
        self.book
            .remove(id)
            .map_err(|error| errors::storage(&error))?;
        self.statuses().remove(id);
        self.announce().await;
        Ok(())
    }

    /// Starts the local library at the start of the app. Not coming up is shown, not fatal.
    pub(crate) async fn start_local_in_background(self: &Arc<Self>) {
        match self.start_local().await {
            Ok(_) => self.local_started.notify_one(),
            Err(error) => {
                tracing::warn!(error = %error, "the local library did not start");
                let status = Status {
                    problem: Some(error),
                    ..Status::default()
                };
                self.statuses().insert(LOCAL_ID.to_owned(), status);
            }
        }
    }

    /// Asks every server at once, so that the window shows the present soon after the start.
    pub(crate) async fn refresh_all(self: &Arc<Self>) {
        let asked = self.reachable_ids().into_iter().map(|id| async move {
            if let Err(error) = self.refresh(&id).await {
                tracing::warn!(server = %id, error = %error, "the server was not asked");
            }
        });
        futures_util::future::join_all(asked).await;
    }

    /// The images of a server have changed. The window hears of it at once; how full the server is now is asked
    /// in the background.
    pub(crate) fn images_changed(
        self: &Arc<Self>,
        id: &str,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) {
        let (this, id, stop) = (Arc::clone(self), id.to_owned(), stop.clone());
        self.hub.moment(AppEvent::LibraryChanged {
            server_id: id.clone(),
        });
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                asked = this.refresh(&id) => if let Err(error) = asked {
                    tracing::debug!(error = %error, "the server was not asked after a change");
                }
            }
        });
    }

    /// A sign-in page may come or go while a server is connected.
    fn remember_issuer(&self, server: &Reachable, found: &probe::Capabilities) {
        let Some(saved) = self.book.get(&server.id) else {
            return;
        };
        let issuer = match found.oauth {
            Support::Unknown => saved.issuer.clone(),
            _ => issuer_of(found, server),
        };
        if issuer != saved.issuer
            && let Err(error) = self.book.put(SavedServer { issuer, ..saved })
        {
            tracing::warn!(error = %error, "the server's sign-in page was not noted");
        }
    }
}

/// A server with a sign-in page is its own issuer, at its web address or else its library's.
fn issuer_of(found: &probe::Capabilities, server: &Reachable) -> Option<url::Url> {
    if found.oauth != Support::Yes {
        return None;
    }
    let mut issuer = server
        .endpoints
        .web
        .clone()
        .unwrap_or_else(|| server.endpoints.library.clone());
    issuer.set_path("");
    Some(issuer)
}

/// What a person calls a server until they rename it.
fn name_of(host: &str) -> String {
    if host == "cloud.sylabs.io" {
        "Sylabs Cloud".to_owned()
    } else {
        host.to_owned()
    }
}

fn capabilities(found: &probe::Capabilities, server: &Reachable) -> Capabilities {
    let local = server.id == LOCAL_ID;
    Capabilities {
        api_version: found
            .api_version
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| Some(found.version.clone()).filter(|version| !version.is_empty())),
        arch_tags: Some(found.level.arch_tags),
        // Only an upload shows whether a foreign server takes parts, only a download whether it sends them.
        multipart: if !found.level.upload_v2 {
            Some(false)
        } else {
            local.then_some(true)
        },
        ranges: local.then_some(true),
        only_asked_tags: local.then_some(true),
        quota: found.user.as_ref().map(|_| true),
        search: known(found.search),
        browser_sign_in: known(found.oauth),
        keys: Some(server.endpoints.keystore.is_some()),
        builder: Some(server.endpoints.builder.is_some()),
        // A library that names none may have one all the same, which a transfer shows.
        registry: match &server.endpoints.registry {
            Some(_) => Some(true),
            None => local.then_some(false),
        },
        tokens: known(found.access_tokens),
    }
}

fn known(support: Support) -> Option<bool> {
    match support {
        Support::Yes | Support::AfterSignIn => Some(true),
        Support::No => Some(false),
        Support::Unknown => None,
    }
}

/// The space of the account's own entity.
async fn quota(session: &Session) -> Option<Quota> {
    let entity = session.login()?.parse::<EntityName>().ok()?;
    quota_of(&session.client, &entity).await
}

/// The space of an entity, when the server tells.
pub(crate) async fn quota_of(client: &LibraryClient, entity: &EntityName) -> Option<Quota> {
    match client.quota(entity).await {
        Ok(quota) => Some(Quota {
            used: quota.quota_usage,
            total: quota.quota_total,
        }),
        Err(error) => {
            tracing::debug!(error = %error, "the quota is not told");
            None
        }
    }
}
