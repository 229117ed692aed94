//! Servers and accounts as the window draws them.

use std::sync::Arc;

use sifter_account::{Account, AccountKind, AccountState, OwnClient, Provider, ProviderKind};
use sifter_contract::{
    AccountView, ServerKind, ServerState, ServerView, SignInProvider, SignInProviderKind, SignInWay,
};
use time::OffsetDateTime;
use url::Url;

use super::local::LOCAL_NAME;
use super::{LOCAL_ID, Reachable, SavedServer, Servers, reachable};
use crate::clock::rfc3339;
use crate::reminders::ending;
use crate::vault::stored_view;

/// The accounts on one server.
struct OwnAccounts {
    in_use: Option<AccountView>,
    all: Vec<AccountView>,
}

impl Servers {
    /// All servers, this computer first.
    pub(crate) async fn views(&self) -> Vec<ServerView> {
        let accounts = self.accounts.list().await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "the accounts cannot be read");
            Vec::new()
        });
        let own = |id: &str| -> OwnAccounts {
            let here = accounts.iter();
            let here = here.filter(|account| account.server.key.as_str() == id);
            let here: Vec<Account> = here.cloned().collect();
            OwnAccounts {
                in_use: self.in_use(id, &here).map(account_view),
                all: here.iter().map(account_view).collect(),
            }
        };
        let mut views = vec![self.local_view(own(LOCAL_ID))];
        for saved in self.book.servers() {
            let accounts = own(&saved.id);
            views.push(self.saved_view(saved, accounts));
        }
        views
    }

    /// One server.
    pub(crate) async fn view(&self, id: &str) -> Option<ServerView> {
        self.views().await.into_iter().find(|view| view.id == id)
    }

    /// Tells every listener how the servers are.
    pub(crate) async fn announce(self: &Arc<Self>) {
        let views = self.views().await;
        self.hub.servers(views);
    }

    fn local_view(&self, accounts: OwnAccounts) -> ServerView {
        match self.local.base() {
            Some(base) => {
                let server = self.local_server(base);
                self.online_view(&server, ServerKind::ThisComputer, accounts)
            }
            None => ServerView {
                id: LOCAL_ID.to_owned(),
                name: LOCAL_NAME.to_owned(),
                host: self
                    .book
                    .local_port()
                    .map_or_else(String::new, |port| format!("127.0.0.1:{port}")),
                library_url: self
                    .book
                    .local_port()
                    .map_or_else(String::new, |port| format!("http://127.0.0.1:{port}")),
                kind: ServerKind::ThisComputer,
                state: ServerState::Off,
                problem: None,
                capabilities: Default::default(),
                account: accounts.in_use,
                accounts: accounts.all,
                ways: Vec::new(),
                quota: None,
            },
        }
    }

    fn saved_view(&self, saved: SavedServer, accounts: OwnAccounts) -> ServerView {
        let kind = saved.kind();
        self.online_view(&reachable(saved), kind, accounts)
    }

    fn online_view(
        &self,
        server: &Reachable,
        kind: ServerKind,
        accounts: OwnAccounts,
    ) -> ServerView {
        let status = self.statuses().get(&server.id).cloned().unwrap_or_default();
        let web = server
            .endpoints
            .web
            .as_ref()
            .unwrap_or(&server.endpoints.library);
        let signed_in = accounts
            .in_use
            .as_ref()
            .is_some_and(|account| account.signed_in);
        ServerView {
            id: server.id.clone(),
            name: server.name.clone(),
            host: host_text(web),
            library_url: server
                .endpoints
                .library
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
            kind,
            state: status.state.unwrap_or(match kind {
                ServerKind::ThisComputer => ServerState::Online,
                _ => ServerState::Unknown,
            }),
            problem: status.problem,
            capabilities: self.capabilities(&server.id),
            account: accounts.in_use,
            accounts: accounts.all,
            ways: ways(server, &status.providers, &self.own_clients()),
            quota: status.quota.filter(|_| signed_in),
        }
    }
}

/// The ways to sign in that a server offers. A token can be pasted wherever one can be checked.
fn ways(server: &Reachable, providers: &[Provider], own: &[OwnClient]) -> Vec<SignInWay> {
    let mut ways = Vec::new();
    if server.issuer.is_some() {
        ways.push(SignInWay::Browser {
            providers: providers
                .iter()
                .map(|provider| provider_view(provider, own))
                .collect(),
        });
    }
    if server.endpoints.token.is_some() && server.id != LOCAL_ID {
        ways.push(SignInWay::Token);
    }
    ways
}

fn provider_view(provider: &Provider, own: &[OwnClient]) -> SignInProvider {
    SignInProvider {
        id: provider.id.clone(),
        label: provider.label.clone(),
        direct: own.iter().any(|client| client.fits(provider)),
        kind: match provider.kind {
            ProviderKind::Google => SignInProviderKind::Google,
            ProviderKind::GitHub => SignInProviderKind::Github,
            ProviderKind::GitLab => SignInProviderKind::Gitlab,
            ProviderKind::Microsoft => SignInProviderKind::Microsoft,
            ProviderKind::Other => SignInProviderKind::Other,
        },
    }
}

/// Host and port as people write them.
pub(crate) fn host_text(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn account_view(account: &Account) -> AccountView {
    AccountView {
        id: account.id.to_string(),
        login: account.login.clone(),
        display: account.display.clone(),
        signed_in: account.state == AccountState::SignedIn,
        by_browser: account.kind == AccountKind::SignIn,
        storage: stored_view(&account.storage),
        expires: account.expires.and_then(rfc3339),
        ending: (account.expires).and_then(|end| ending(end, OffsetDateTime::now_utc())),
    }
}

impl Servers {
    /// The server whose web address or library is at this host (and port).
    pub(crate) fn at_host(&self, host: &str) -> Option<String> {
        if self
            .local
            .base()
            .is_some_and(|base| host_text(&base) == host)
        {
            return Some(LOCAL_ID.to_owned());
        }
        self.book
            .servers()
            .into_iter()
            .find(|server| host_text(&server.web) == host || host_text(&server.library) == host)
            .map(|server| server.id)
    }
}
