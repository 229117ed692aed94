//! The accounts of this installation: the list on disk, their secrets in the vault, their tokens in
//! memory. One value for the whole program; cheap to clone.

mod index;
mod vault_file;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use time::OffsetDateTime;
use tokio::sync::watch;
use url::Url;

use self::index::{Index, List};
pub(crate) use self::index::{private_file, replace_private_file, sync_folder};
use crate::account::{Account, AccountId, AccountKind, AccountState, Server, ServerKey, Storage};
use crate::error::Error;
use crate::grants;
use crate::identity::{Identify, Identity};
use crate::metadata::Metadata;
use crate::secret::{Grant, Secret};
use crate::session::Live;
use crate::token;
use crate::transport::Http;
use crate::vault::Vault;

/// All accounts.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    index: Index,
    /// One lock file per account: two programs must not renew the same token at once.
    pub(crate) locks: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) http: Http,
    pub(crate) cells: Mutex<HashMap<AccountId, Arc<tokio::sync::Mutex<Live>>>>,
    metadata: Mutex<HashMap<Url, Metadata>>,
    changes: watch::Sender<u64>,
}

/// How far a sign-out got. The account is gone from the list in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedOut {
    /// The server has confirmed that the tokens are dead. Never for pasted tokens.
    pub revoked: bool,
    /// The secret is gone from the keychain. If not, it is removed at the next start.
    pub forgotten: bool,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Accounts").finish_non_exhaustive()
    }
}

impl Accounts {
    /// Opens the list in `folder`, which is made when missing, and removes in the background what
    /// an earlier sign-out could not.
    ///
    /// # Errors
    /// When the folder or the list cannot be used, or the list is from a newer version.
    pub async fn open(folder: &Path, vault: Vault) -> Result<Self, Error> {
        Self::open_on(folder, vault, sifter_library_client::Http::default()).await
    }

    /// [`open`](Self::open) over connections that go by a proxy and a trust of the caller's.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_on(
        folder: &Path,
        vault: Vault,
        http: sifter_library_client::Http,
    ) -> Result<Self, Error> {
        let index = Index::in_folder(folder);
        let locks = folder.join("locks");
        let made = locks.clone();
        let list = blocking({
            let index = index.clone();
            move || {
                make_private_folder(&made).map_err(|source| Error::Index {
                    action: "written",
                    source,
                })?;
                index.read()
            }
        })
        .await?;
        let accounts = Self {
            shared: Arc::new(Shared {
                index,
                locks,
                vault,
                http: Http::over(http),
                cells: Mutex::default(),
                metadata: Mutex::default(),
                changes: watch::Sender::new(0),
            }),
        };
        if !list.leftovers.is_empty() {
            let accounts = accounts.clone();
            tokio::spawn(async move { accounts.forget_leftovers().await });
        }
        Ok(accounts)
    }

    /// Where the secrets are kept.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.shared.vault
    }

    /// Counts up whenever the list has changed through this value.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    /// Every account, in the order they were added.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub async fn list(&self) -> Result<Vec<Account>, Error> {
        let index = self.shared.index.clone();
        let mut accounts = blocking(move || index.read()).await?.accounts;
        for account in &mut accounts {
            account.state = self.state_now(account);
        }
        Ok(accounts)
    }

    /// One account.
    ///
    /// # Errors
    /// When it does not exist or the list cannot be read.
    pub async fn get(&self, id: AccountId) -> Result<Account, Error> {
        let accounts = self.list().await?;
        let found = accounts.into_iter().find(|account| account.id == id);
        found.ok_or(Error::UnknownAccount)
    }

    /// The accounts on one server.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub async fn on(&self, server: &ServerKey) -> Result<Vec<Account>, Error> {
        let mut accounts = self.list().await?;
        accounts.retain(|account| account.server.key == *server);
        Ok(accounts)
    }

    /// Follows a server that has moved: the library inside the app has another port after every
    /// start. Does nothing when no account is on that server.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    pub async fn server_moved(&self, server: &Server) -> Result<(), Error> {
        let accounts = self.list().await?;
        let stale =
            |account: &Account| account.server.key == server.key && account.server != *server;
        if !accounts.iter().any(stale) {
            return Ok(());
        }
        let server = server.clone();
        self.change(move |list| {
            for account in &mut list.accounts {
                if account.server.key == server.key {
                    account.server = server.clone();
                }
            }
            Ok(())
        })
        .await
    }

    /// Adds an account for a pasted token, after asking the server whose it is. A token for a
    /// person who has an account there already renews that account.
    ///
    /// # Errors
    /// When the text cannot be a token, the server refuses it or cannot be reached.
    pub async fn add_token(
        &self,
        server: Server,
        pasted: SecretString,
        identify: &dyn Identify,
    ) -> Result<Account, Error> {
        let (access, identity) = token::checked(&pasted, identify).await?;
        let expires = identity.expires;
        let secret = Secret::Token { access, expires };
        self.keep(server, identity, secret, None).await
    }

    /// Whose a token is, and when it ends. Nothing is kept.
    ///
    /// # Errors
    /// As [`add_token`](Self::add_token), but for what only keeping it can bring.
    pub async fn owner_of_token(
        &self,
        pasted: &SecretString,
        identify: &dyn Identify,
    ) -> Result<Identity, Error> {
        let (_, identity) = token::checked(pasted, identify).await?;
        Ok(identity)
    }

    /// Revokes and forgets. Revocation gets five seconds; the account goes from the list whether
    /// or not the server and the keychain answer.
    ///
    /// # Errors
    /// When there is no such account, or the list cannot be written.
    pub async fn sign_out(&self, id: AccountId) -> Result<SignedOut, Error> {
        let account = self.get(id).await?;
        // Waits for a renewal in flight, so that its tokens are the ones revoked.
        let cell = self.cell(id);
        let mut live = cell.lock().await;
        let stored = match live.take() {
            Some(secret) => Some(secret),
            None => self.load(id).await.ok().flatten(),
        };
        let revoked = match (&stored, &account.server.issuer) {
            (Some(Secret::Grant(grant)), Some(issuer)) => self.revoke(issuer, grant).await,
            _ => false,
        };
        self.change(move |list| {
            list.accounts.retain(|account| account.id != id);
            list.leftovers.push(id);
            Ok(())
        })
        .await?;
        drop(live);
        self.cells().remove(&id);
        let forgotten = self.forget_secret(id).await;
        Ok(SignedOut { revoked, forgotten })
    }

    /// Removes the secrets of accounts that were signed out while they could not be.
    pub(crate) async fn forget_leftovers(&self) -> Result<(), Error> {
        let index = self.shared.index.clone();
        for id in blocking(move || index.read()).await?.leftovers {
            self.forget_secret(id).await;
        }
        Ok(())
    }

    async fn forget_secret(&self, id: AccountId) -> bool {
        if let Err(error) = self.shared.vault.remove(id).await {
            tracing::warn!(account = %id, error = %error, "secret not removed yet");
            return false;
        }
        let cleaned = self.change(move |list| {
            list.leftovers.retain(|leftover| *leftover != id);
            Ok(())
        });
        if let Err(error) = cleaned.await {
            tracing::warn!(account = %id, error = %error, "removal not noted");
        }
        true
    }

    /// Revokes tokens at their server, in five seconds or not at all.
    pub(crate) async fn revoke(&self, issuer: &Url, grant: &Grant) -> bool {
        match tokio::time::timeout(grants::REVOCATION, self.metadata(issuer)).await {
            Ok(Ok(metadata)) => grants::revoke(&self.shared.http, &metadata, grant).await,
            _ => false,
        }
    }

    /// Keeps a verified secret: first in the vault, then in the list, so that no account in the
    /// list is without one. `renewed` is the account the person meant to sign in to again.
    pub(crate) async fn keep(
        &self,
        server: Server,
        identity: Identity,
        mut secret: Secret,
        renewed: Option<AccountId>,
    ) -> Result<Account, Error> {
        let known = self
            .list()
            .await?
            .into_iter()
            .find(|account| match renewed {
                Some(id) => account.id == id,
                None => account.server.key == server.key && account.subject == identity.subject,
            });
        if let Some(account) = &known
            && (account.subject != identity.subject || account.server.key != server.key)
        {
            return Err(Error::OtherPerson {
                expected: account.login.clone(),
                found: identity.login,
            });
        }
        if renewed.is_some() && known.is_none() {
            return Err(Error::UnknownAccount);
        }
        let id = known
            .as_ref()
            .map_or_else(AccountId::random, |account| account.id);
        let cell = self.cell(id);
        let mut live = cell.lock().await;
        let _turn = self.turn(id).await?;
        if let Secret::Grant(grant) = &mut secret
            && let Ok(Some(Secret::Grant(old))) = self.load(id).await
        {
            // Other programs adopt what has the higher number.
            grant.generation = old.generation.wrapping_add(1);
        }
        let (kind, expires) = match &secret {
            Secret::Grant(_) => (AccountKind::SignIn, None),
            Secret::Token { expires, .. } => (AccountKind::Token, *expires),
        };
        let storage = self.shared.vault.store(id, secret.to_text()?).await;
        let account = Account {
            id,
            server,
            subject: identity.subject,
            login: identity.login,
            display: identity.display,
            kind,
            storage,
            state: AccountState::SignedIn,
            created: known.map_or_else(OffsetDateTime::now_utc, |account| account.created),
            expires,
            reminded: None,
        };
        let row = account.clone();
        let written = self.change(move |list| {
            match list.get_mut(id) {
                Some(place) => *place = row,
                None => list.accounts.push(row),
            }
            list.leftovers.retain(|leftover| *leftover != id);
            Ok(())
        });
        written.await?;
        live.put(secret);
        Ok(account)
    }

    /// Notes in the list where the secret lies now and whether it still works.
    pub(crate) async fn note(
        &self,
        id: AccountId,
        state: AccountState,
        storage: Option<Storage>,
    ) -> Result<(), Error> {
        let account = self.get(id).await?;
        let same_place = storage
            .as_ref()
            .is_none_or(|place| *place == account.storage);
        if account.state == state && same_place {
            return Ok(());
        }
        self.change(move |list| {
            if let Some(account) = list.get_mut(id) {
                account.state = state;
                account.storage = storage.unwrap_or_else(|| account.storage.clone());
            }
            Ok(())
        })
        .await
    }

    /// Notes that the person was reminded of the end of an account's token, this many days before it.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    pub async fn note_reminded(&self, id: AccountId, days: u32) -> Result<(), Error> {
        self.change(move |list| {
            if let Some(account) = list.get_mut(id) {
                account.reminded = Some(days);
            }
            Ok(())
        })
        .await
    }

    /// What an issuer says about itself; asked once per program run and issuer.
    pub(crate) async fn metadata(&self, issuer: &Url) -> Result<Metadata, Error> {
        let known = self.known_metadata().get(issuer).cloned();
        if let Some(metadata) = known {
            return Ok(metadata);
        }
        self.fresh_metadata(issuer).await
    }

    pub(crate) async fn fresh_metadata(&self, issuer: &Url) -> Result<Metadata, Error> {
        let metadata = Metadata::fetch(&self.shared.http, issuer).await?;
        self.known_metadata()
            .insert(issuer.clone(), metadata.clone());
        Ok(metadata)
    }

    /// The secret of an account as the vault has it.
    pub(crate) async fn load(&self, id: AccountId) -> Result<Option<Secret>, Error> {
        match self.shared.vault.load(id).await? {
            Some(text) => Ok(Some(Secret::from_text(&text)?)),
            None => Ok(None),
        }
    }

    /// The state as it is now: time ends pasted tokens, and the end of a program what it alone held.
    fn state_now(&self, account: &Account) -> AccountState {
        let ended = account
            .expires
            .is_some_and(|end| end <= OffsetDateTime::now_utc());
        let lost = account.storage == Storage::SessionOnly
            && !self.shared.vault.is_session_only(account.id);
        if ended || lost {
            AccountState::NeedsSignIn
        } else {
            account.state
        }
    }

    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut List) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let index = self.shared.index.clone();
        let outcome = blocking(move || index.change(change)).await?;
        self.announce();
        Ok(outcome)
    }

    /// Tells whoever watches that something about the accounts is different.
    fn announce(&self) {
        self.shared
            .changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn cells(
        &self,
    ) -> MutexGuard<'_, HashMap<AccountId, Arc<tokio::sync::Mutex<Live>>>> {
        self.shared
            .cells
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn known_metadata(&self) -> MutexGuard<'_, HashMap<Url, Metadata>> {
        self.shared
            .metadata
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs file work away from the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Error::Index {
            action: "read",
            source: std::io::Error::other(error),
        })
    })
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}
