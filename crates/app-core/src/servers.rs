//! The connected servers: what is remembered of each, how it is doing, and clients that speak to it.

pub(crate) mod addresses;
mod book;
mod connect;
mod diagnose;
mod learned;
mod local;
mod running;
mod view;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sifter_account::{
    Account, AccountState, AccountTokens, Accounts, OwnClient, Provider, Server, ServerKey,
};
use sifter_contract::{Capabilities, Quota, ServerState, UiError};
use sifter_library_client::http::PlainHttp;
use sifter_library_client::{
    Anonymous, Endpoints, Http, LibraryClient, Network, TokenSource, discover,
};
use tokio::sync::Notify;
use url::Url;

use crate::errors::{self, Place};
use crate::events::Hub;
use crate::files::OwnFileError;
use crate::home::Home;

use book::{Book, SavedServer};
pub(crate) use connect::quota_of;
pub(crate) use diagnose::Diagnoses;
pub(crate) use diagnose::services::keys as ask_key_server;
pub(crate) use learned::Learned;
pub use local::LOCAL_ID;
use local::{LOCAL_NAME, LocalLibrary};
pub(crate) use view::host_text;

/// How a server is doing, as far as it was asked.
#[derive(Debug, Clone, Default)]
struct Status {
    state: Option<ServerState>,
    problem: Option<UiError>,
    capabilities: Capabilities,
    quota: Option<Quota>,
    /// Who else it takes sign-ins from.
    providers: Vec<Provider>,
}

/// A server that can be spoken to.
#[derive(Debug, Clone)]
pub(crate) struct Reachable {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) endpoints: Endpoints,
    /// The OAuth issuer, where there is a sign-in page.
    pub(crate) issuer: Option<Url>,
    /// Where a person says that its registry is.
    registry_at: Option<Url>,
    plain_http: bool,
}

impl Reachable {
    /// The server as accounts know it.
    pub(crate) fn for_accounts(&self) -> Server {
        let origins = [Some(&self.endpoints.library), self.endpoints.token.as_ref()];
        Server {
            key: ServerKey::new(&self.id),
            label: self.name.clone(),
            issuer: self.issuer.clone(),
            origins: origins.into_iter().flatten().cloned().collect(),
        }
    }
}

/// A client of a server together with the account it acts for.
pub(crate) struct Session {
    pub(crate) client: LibraryClient,
    pub(crate) server: Reachable,
    pub(crate) account: Option<Account>,
}

impl Session {
    /// Where errors of this session happen; `what` was asked for.
    pub(crate) fn place(&self, what: impl Into<String>) -> Place {
        Place::of(&self.server.name, self.account.is_some()).what(what)
    }

    /// The login of the account, which is usually its entity's name.
    pub(crate) fn login(&self) -> Option<&str> {
        self.account.as_ref().map(|account| account.login.as_str())
    }
}

/// The servers of one installation.
#[derive(Debug)]
pub(crate) struct Servers {
    book: Book,
    local: LocalLibrary,
    /// The person has stopped the local library: it does not come back by itself.
    local_stopped: AtomicBool,
    /// Told when the local library has started because something reached for it: nobody has asked it yet how
    /// it is.
    local_started: Notify,
    /// Where the running local library says its services are.
    local_services: Mutex<Option<Endpoints>>,
    accounts: Accounts,
    hub: Arc<Hub>,
    status: Mutex<HashMap<String, Status>>,
    http: Http,
    plain_http: Http,
    /// What this app is called at providers, without secrets.
    own_clients: Mutex<Vec<OwnClient>>,
}

impl Servers {
    pub(crate) fn open(
        home: &Home,
        accounts: Accounts,
        hub: Arc<Hub>,
        silence: Duration,
        network: &Network,
    ) -> Result<Self, OwnFileError> {
        Ok(Self {
            book: Book::open(home.servers_file())?,
            local: LocalLibrary::new(home.library_folder()),
            local_stopped: AtomicBool::new(false),
            local_started: Notify::new(),
            local_services: Mutex::default(),
            accounts,
            hub,
            status: Mutex::default(),
            http: Http::default().on(network).with_idle_timeout(silence),
            plain_http: Http::new(PlainHttp::Allowed)
                .on(network)
                .with_idle_timeout(silence),
            own_clients: Mutex::default(),
        })
    }

    /// Says what this app is called at providers now.
    pub(crate) fn set_own_clients(&self, clients: Vec<OwnClient>) {
        *self.own_clients() = clients;
    }

    fn own_clients(&self) -> MutexGuard<'_, Vec<OwnClient>> {
        self.own_clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no server was ever connected and the local library never ran.
    pub(crate) fn is_untouched(&self) -> bool {
        self.book.servers().is_empty() && self.book.local_port().is_none()
    }

    /// The name of a server; its id when it is gone.
    pub(crate) fn name(&self, id: &str) -> String {
        if id == LOCAL_ID {
            return LOCAL_NAME.to_owned();
        }
        self.book
            .get(id)
            .map_or_else(|| id.to_owned(), |server| server.name)
    }

    /// The ids of all servers that can be asked something, the local library only while it runs.
    pub(crate) fn reachable_ids(&self) -> Vec<String> {
        let local = self.local.base().map(|_| LOCAL_ID.to_owned());
        local
            .into_iter()
            .chain(self.book.servers().into_iter().map(|server| server.id))
            .collect()
    }

    /// The server under an id; the local library is started when it was not stopped on purpose.
    pub(crate) async fn reach(&self, id: &str) -> Result<Reachable, UiError> {
        if id == LOCAL_ID {
            let base = match self.local.base() {
                Some(base) => base,
                None if self.local_stopped.load(Ordering::SeqCst) => {
                    return Err(errors::local_off());
                }
                None => {
                    let base = self.start_local().await?;
                    self.local_started.notify_one();
                    base
                }
            };
            return Ok(self.local_server(base));
        }
        let saved = self
            .book
            .get(id)
            .ok_or_else(|| errors::invalid("there is no such server"))?;
        Ok(reachable(saved))
    }

    /// The address of the key server that belongs to a library, if it has one.
    pub(crate) async fn key_server(&self, id: &str) -> Option<String> {
        let server = self.reach(id).await.ok()?;
        server.endpoints.keystore.map(String::from)
    }

    /// A client that acts for the signed-in account, or as a stranger without one.
    pub(crate) async fn session(&self, id: &str) -> Result<Session, UiError> {
        let server = self.reach(id).await?;
        let account = self
            .account_on(id)
            .await?
            .filter(|account| account.state == AccountState::SignedIn);
        let client = self
            .client(&server, account.as_ref())
            .map_err(|error| errors::client(&error, &Place::of(&server.name, account.is_some())))?;
        Ok(Session {
            client,
            server,
            account,
        })
    }

    /// A client of a server that acts for `account`.
    pub(crate) fn client(
        &self,
        server: &Reachable,
        account: Option<&Account>,
    ) -> Result<LibraryClient, sifter_library_client::Error> {
        let tokens: Arc<dyn TokenSource> = match account {
            Some(account) => Arc::new(AccountTokens::new(self.accounts.clone(), account)),
            None => Arc::new(Anonymous),
        };
        let http = self.http_for(server).clone();
        let client = LibraryClient::new(http, server.endpoints.clone(), tokens)?;
        match &server.registry_at {
            Some(base) => client.with_registry_at(base.clone()),
            None => Ok(client),
        }
    }

    pub(crate) fn http_for(&self, server: &Reachable) -> &Http {
        self.http_of(server.plain_http)
    }

    /// Connections for servers where plain http was accepted, or was not.
    pub(crate) fn http_of(&self, plain: bool) -> &Http {
        if plain { &self.plain_http } else { &self.http }
    }

    /// The account in use on a server.
    pub(crate) async fn account_on(&self, id: &str) -> Result<Option<Account>, UiError> {
        let accounts = self.accounts_on(id).await?;
        Ok(self.in_use(id, &accounts).cloned())
    }

    /// All accounts on a server.
    pub(crate) async fn accounts_on(&self, id: &str) -> Result<Vec<Account>, UiError> {
        let accounts = self.accounts.on(&ServerKey::new(id)).await;
        accounts.map_err(|error| errors::account(&error, &Place::of(self.name(id), false)))
    }

    /// Of the accounts on a server, the one in use: the chosen one, else the newest.
    fn in_use<'a>(&self, id: &str, accounts: &'a [Account]) -> Option<&'a Account> {
        let chosen = self.book.account(id);
        let mut chosen = accounts.iter().filter(|account| Some(account.id) == chosen);
        chosen
            .next()
            .or_else(|| accounts.iter().max_by_key(|account| account.created))
    }

    /// Makes an account the one in use on its server.
    pub(crate) fn choose_account(&self, account: &Account) -> Result<(), UiError> {
        self.book
            .choose_account(account.server.key.as_str(), account.id)
            .map_err(|error| errors::storage(&error))
    }

    /// Starts the local library, or answers where it runs already.
    pub(crate) async fn start_local(&self) -> Result<Url, UiError> {
        self.local_stopped.store(false, Ordering::SeqCst);
        let base = self
            .local
            .start(self.book.local_port())
            .await
            .map_err(|error| errors::local_library(&error))?;
        self.book
            .set_local_port(base.port())
            .map_err(|error| errors::storage(&error))?;
        match discover(&self.http, base.as_str()).await {
            Ok(services) => *self.local_services() = Some(services),
            Err(error) => {
                tracing::warn!(error = %error, "the local library does not describe itself");
            }
        }
        let moved = self
            .accounts
            .server_moved(&self.local_server(base.clone()).for_accounts())
            .await;
        if let Err(error) = moved {
            tracing::warn!(error = %error, "the account on this computer was not told of the new port");
        }
        Ok(base)
    }

    /// Stops the local library for good.
    pub(crate) async fn stop_local(&self) {
        self.local_stopped.store(true, Ordering::SeqCst);
        self.local.stop().await;
        self.statuses().remove(LOCAL_ID);
    }

    /// A one-time proof for the local library's sign-in page.
    pub(crate) async fn local_ticket(
        &self,
        code_challenge: &str,
    ) -> Result<secrecy::SecretString, sifter_library_server::Error> {
        self.local.ticket(code_challenge).await
    }

    /// Takes that proof back, after its sign-in was given up.
    pub(crate) async fn withdraw_local_ticket(
        &self,
        code_challenge: &str,
    ) -> Result<(), sifter_library_server::Error> {
        self.local.withdraw_ticket(code_challenge).await
    }

    /// The local library at its address of today.
    fn local_server(&self, base: Url) -> Reachable {
        let services = self.local_services().clone();
        let endpoints = services
            .filter(|services| services.library.origin() == base.origin())
            .unwrap_or_else(|| Endpoints::of_library(base.clone()));
        Reachable {
            id: LOCAL_ID.to_owned(),
            name: LOCAL_NAME.to_owned(),
            endpoints,
            issuer: Some(base),
            registry_at: None,
            plain_http: false,
        }
    }

    fn local_services(&self) -> MutexGuard<'_, Option<Endpoints>> {
        self.local_services
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn statuses(&self) -> MutexGuard<'_, HashMap<String, Status>> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reachable(saved: SavedServer) -> Reachable {
    let mut endpoints = Endpoints::of_library(saved.library);
    endpoints.web = Some(saved.web);
    endpoints.token = saved.token;
    endpoints.keystore = saved.keystore;
    endpoints.builder = saved.builder;
    endpoints.registry = saved.registry;
    Reachable {
        id: saved.id,
        name: saved.name,
        registry_at: saved.entered.registry.clone(),
        endpoints: saved.entered.over(endpoints),
        issuer: saved.issuer,
        plain_http: saved.plain_http,
    }
}
