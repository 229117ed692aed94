//! Access tokens that are always fresh: renewed once for all who ask, across tasks and programs,
//! and never used before their successor lies in the vault.

use std::fs::TryLockError;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use tokio::sync::Mutex;

use crate::account::{Account, AccountId, AccountState};
use crate::accounts::{Accounts, blocking, private_file};
use crate::error::{Error, error_word};
use crate::grants;
use crate::secret::{Grant, Secret};
use crate::vault::VaultError;

/// The least time a token handed out still has to live.
const LEAST: Duration = Duration::from_secs(60);
/// The most time a caller may ask for; tokens may live no longer than a quarter of an hour.
const MOST: Duration = Duration::from_secs(10 * 60);
/// How long to wait for another program that is renewing the same token.
const TURN: Duration = Duration::from_secs(20);
/// How often to look whether it is done.
const TURN_STEP: Duration = Duration::from_millis(25);

/// What this program holds of an account: nothing until it is asked for.
#[derive(Default)]
pub(crate) struct Live(Option<Secret>);

impl Live {
    pub(crate) fn put(&mut self, secret: Secret) {
        self.0 = Some(secret);
    }

    pub(crate) fn take(&mut self) -> Option<Secret> {
        self.0.take()
    }

    /// The token, if it is good for `need` and not the one a server has just refused.
    fn fresh(&self, need: Duration, refused: Option<&SecretString>) -> Option<SecretString> {
        let (access, expires) = match self.0.as_ref()? {
            Secret::Grant(grant) => (&grant.access, Some(grant.expires - need)),
            // Waiting makes a pasted token no fresher: it is good to its last moment.
            Secret::Token { access, expires } => (access, *expires),
        };
        let alive = expires.is_none_or(|end| end > OffsetDateTime::now_utc());
        let same = refused.is_some_and(|old| old.expose_secret() == access.expose_secret());
        (alive && !same).then(|| access.clone())
    }

    /// Takes what the vault holds when it is newer: another program has renewed.
    fn adopt(&mut self, stored: Secret) -> bool {
        let newer = match (&self.0, &stored) {
            (Some(Secret::Grant(mine)), Secret::Grant(theirs)) => {
                theirs.generation > mine.generation
            }
            (Some(Secret::Token { access: mine, .. }), Secret::Token { access: theirs, .. }) => {
                mine.expose_secret() != theirs.expose_secret()
            }
            _ => true,
        };
        if newer {
            self.0 = Some(stored);
        }
        newer
    }
}

/// The right to renew an account's token; other programs wait until it is dropped.
pub(crate) struct Turn(
    #[expect(dead_code, reason = "the lock ends when the file closes")] std::fs::File,
);

impl Accounts {
    /// A token good for at least `need` (between one and ten minutes). Renews it when necessary;
    /// a hundred callers at once make one renewal.
    ///
    /// # Errors
    /// [`Error::NeedsSignIn`] when the sign-in has ended for good; [`Error::Network`] and others
    /// when the server cannot be asked now, and the account stays as it is.
    pub async fn access_token(&self, id: AccountId, need: Duration) -> Result<SecretString, Error> {
        self.token(id, need, None).await
    }

    /// A token other than `refused`, which a server has answered with 401.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token). A pasted token has no successor: the account then
    /// needs a new sign-in.
    pub async fn token_instead_of(
        &self,
        id: AccountId,
        refused: SecretString,
    ) -> Result<SecretString, Error> {
        self.token(id, LEAST, Some(refused)).await
    }

    async fn token(
        &self,
        id: AccountId,
        need: Duration,
        refused: Option<SecretString>,
    ) -> Result<SecretString, Error> {
        let need = need.clamp(LEAST, MOST);
        // Also where the token is in memory: it would have to come out of the vault again.
        self.vault().note_use();
        if let Some(token) = self.cell(id).lock().await.fresh(need, refused.as_ref()) {
            return Ok(token);
        }
        // A task of its own: a caller that goes away must not end it between the server's
        // rotation and our storing of the new token.
        let accounts = self.clone();
        let renewal = tokio::spawn(async move { accounts.renewed(id, need, refused).await });
        renewal
            .await
            .unwrap_or_else(|error| Err(Error::Network(error.into())))
    }

    async fn renewed(
        &self,
        id: AccountId,
        need: Duration,
        refused: Option<SecretString>,
    ) -> Result<SecretString, Error> {
        let cell = self.cell(id);
        let mut live = cell.lock().await;
        // Whoever held the cell before may have done the work.
        if let Some(token) = live.fresh(need, refused.as_ref()) {
            return Ok(token);
        }
        let account = self.get(id).await?;
        let _turn = self.turn(id).await?;
        self.look_in_vault(&account, &mut live).await?;
        if let Some(token) = live.fresh(need, refused.as_ref()) {
            return Ok(token);
        }
        let mut outcome = self.renew(&account, &mut live).await;
        // Another program may have renewed without our lock (a network folder).
        if matches!(outcome, Err(Error::NeedsSignIn)) && self.finds_newer(id, &mut live).await {
            if let Some(token) = live.fresh(need, refused.as_ref()) {
                return Ok(token);
            }
            outcome = self.renew(&account, &mut live).await;
        }
        if let Err(Error::NeedsSignIn | Error::OtherPerson { .. }) = outcome {
            self.ended(&account, &mut live).await?;
        }
        outcome
    }

    /// Whether the vault holds something newer, which is taken then.
    async fn finds_newer(&self, id: AccountId, live: &mut Live) -> bool {
        let known = self.shared.vault.peek(id).await.ok().flatten();
        let other = known.and_then(|text| Secret::from_text(&text).ok());
        other.is_some_and(|other| live.adopt(other))
    }

    /// Trades the refresh token for new ones and stores them before anyone uses them. Tokens for somebody else
    /// are withdrawn, and not used.
    async fn renew(&self, account: &Account, live: &mut Live) -> Result<SecretString, Error> {
        let Some(Secret::Grant(old)) = &live.0 else {
            return Err(Error::NeedsSignIn);
        };
        let (Some(refresh), Some(issuer)) = (&old.refresh, &account.server.issuer) else {
            return Err(Error::NeedsSignIn);
        };
        let metadata = self.metadata(issuer).await?;
        let new: Grant = grants::renew(&self.shared.http, &metadata, old, refresh).await?;
        if let (Some(meant), Some(found)) = (&old.person, &new.person)
            && meant != found
        {
            let error = Error::OtherPerson {
                expected: account.login.clone(),
                found: error_word(found.subject()),
            };
            grants::revoke(&self.shared.http, &metadata, &new).await;
            return Err(error);
        }
        let access = new.access.clone();
        let secret = Secret::Grant(new);
        let storage = self.shared.vault.store(account.id, secret.to_text()?).await;
        live.put(secret);
        self.note(account.id, AccountState::SignedIn, Some(storage))
            .await?;
        Ok(access)
    }

    /// The sign-in is over: the dead secret goes, the account stays in the list.
    async fn ended(&self, account: &Account, live: &mut Live) -> Result<(), Error> {
        live.take();
        if let Err(error) = self.shared.vault.remove(account.id).await {
            tracing::warn!(account = %account.id, error = %error, "dead secret not removed");
        }
        self.note(account.id, AccountState::NeedsSignIn, None).await
    }

    async fn look_in_vault(&self, account: &Account, live: &mut Live) -> Result<(), Error> {
        let found = match live.0 {
            // What we hold is enough to go on when the keychain does not answer now.
            Some(_) => self.shared.vault.peek(account.id).await,
            None => self.shared.vault.load(account.id).await,
        };
        let found = found.and_then(|text| text.as_ref().map(Secret::from_text).transpose());
        match found {
            Ok(Some(stored)) => {
                live.adopt(stored);
                Ok(())
            }
            Err(_) if live.0.is_some() => Ok(()),
            Ok(None) | Err(VaultError::Corrupt) => {
                live.take();
                self.note(account.id, AccountState::NeedsSignIn, None)
                    .await?;
                Err(Error::NeedsSignIn)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until no other program renews this account's token.
    pub(crate) async fn turn(&self, id: AccountId) -> Result<Turn, Error> {
        let path = self.shared.locks.join(format!("{id}.lock"));
        let locked = |source| Error::Index {
            action: "locked",
            source,
        };
        let file = blocking(move || private_file(&path).map_err(locked)).await?;
        let deadline = tokio::time::Instant::now() + TURN;
        loop {
            let tried = file.try_lock();
            match tried {
                Ok(()) => return Ok(Turn(file)),
                Err(TryLockError::WouldBlock) if tokio::time::Instant::now() < deadline => {
                    tokio::time::sleep(TURN_STEP).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(locked(std::io::ErrorKind::TimedOut.into()));
                }
                Err(TryLockError::Error(error)) => return Err(locked(error)),
            }
        }
    }

    pub(crate) fn cell(&self, id: AccountId) -> Arc<Mutex<Live>> {
        Arc::clone(self.cells().entry(id).or_default())
    }
}
