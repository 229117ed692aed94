//! The vault: secrets in the keychain of the operating system, or in memory when there is none.
//!
//! A keychain may block on a question to the person, lose its connection, or accept reads and refuse
//! writes. So one thread of its own talks to it, every call has a time limit, a broken connection is
//! rebuilt once, and only a real write tells whether it works. Nothing is ever written in plain text.

mod memory;
mod platform;
mod split;
mod worker;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

pub use self::memory::MemoryKeychain;
pub use self::platform::SystemKeychain;
use self::worker::Worker;
use crate::account::{AccountId, Storage};
use crate::error::Cause;

/// How long the vault waits for the keychain.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For calls during which nobody should be asked anything.
    pub quick: Duration,
    /// For calls during which the person may have to unlock the keychain.
    pub prompt: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            quick: Duration::from_secs(3),
            prompt: Duration::from_secs(120),
        }
    }
}

/// Whether secrets survive this session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultStatus {
    /// A secret was written, read back and deleted.
    Ready {
        /// The keychain's name as people know it.
        name: String,
    },
    /// There is a keychain, and it is locked or waits for an answer.
    Locked {
        /// The keychain's name as people know it.
        name: String,
    },
    /// There is no keychain: secrets stay in memory.
    Absent,
}

/// Why a secret could not be kept in, or taken from, the keychain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The keychain is locked, or nobody answered its question in time.
    #[error("the keychain is locked")]
    Locked,
    /// There is no keychain.
    #[error("there is no keychain")]
    Absent,
    /// What lies in the keychain is not what was put there.
    #[error("the stored secret is damaged")]
    Corrupt,
    /// The stored secret was written by a newer version; it is left untouched.
    #[error("the stored secret was made by a newer version")]
    NewerVersion,
    /// The secret is longer than eight items of a keychain hold.
    #[error("the secret is too long to be stored")]
    TooLong,
    /// The keychain failed in another way.
    #[error("the keychain failed")]
    Failed(#[source] Cause),
}

/// Opens the connection to a keychain; called again whenever the connection broke.
pub trait Keychain: Send {
    /// Its name as people know it.
    fn name(&self) -> &str;

    /// A new connection.
    ///
    /// # Errors
    /// When there is no keychain, or it cannot be reached.
    fn connect(&mut self) -> Result<Box<dyn SecretStore>, StoreError>;
}

/// One connection to a keychain. Called from one thread only, and may block.
pub trait SecretStore {
    /// The text under `name`, or `None`.
    ///
    /// # Errors
    /// When the keychain cannot be read.
    fn get(&mut self, name: &str) -> Result<Option<SecretString>, StoreError>;

    /// Puts `secret` under `name`, over what was there.
    ///
    /// # Errors
    /// When the keychain cannot be written.
    fn set(&mut self, name: &str, secret: &SecretString) -> Result<(), StoreError>;

    /// Removes `name`; not finding it is success.
    ///
    /// # Errors
    /// When the keychain cannot be written.
    fn delete(&mut self, name: &str) -> Result<(), StoreError>;
}

/// How a keychain fails, as far as it makes a difference.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Locked, or the person said no.
    #[error("locked")]
    Locked,
    /// The connection is gone or was never there; a new one may help.
    #[error("no connection")]
    Disconnected(#[source] Cause),
    /// What lies there is not text.
    #[error("damaged")]
    Corrupt,
    /// Anything else.
    #[error("failed")]
    Failed(#[source] Cause),
}

/// Secrets by account. Cheap to clone; all clones share one keychain thread.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None`: secrets are kept for this session only.
    keychain: Option<Attached>,
    /// What the keychain would not take: newer than anything it holds under the same account.
    session: Mutex<HashMap<AccountId, SecretString>>,
}

/// A keychain and the thread that talks to it.
struct Attached {
    worker: Worker,
    name: String,
    patience: Patience,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Vault")
            .field("keychain", &self.keychain().map(|keychain| &keychain.name))
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// The keychain of the operating system. `service` names this program's items in it:
    /// the bundle identifier, [`DEFAULT_SERVICE`](crate::DEFAULT_SERVICE).
    #[must_use]
    pub fn system(service: &str) -> Self {
        Self::over(SystemKeychain::new(service), Patience::default())
    }

    /// Any keychain. This is how tests bring their own.
    #[must_use]
    pub fn over(keychain: impl Keychain + 'static, patience: Patience) -> Self {
        Self::new(Some(Attached {
            name: keychain.name().to_owned(),
            worker: Worker::start(Box::new(keychain)),
            patience,
        }))
    }

    /// No keychain: everything stays in memory and is gone when the program ends.
    #[must_use]
    pub fn session_only() -> Self {
        Self::new(None)
    }

    fn new(keychain: Option<Attached>) -> Self {
        Self {
            inner: Arc::new(Inner {
                keychain,
                session: Mutex::default(),
            }),
        }
    }

    /// Writes, reads back and deletes a random secret. Nothing less tells the truth.
    pub async fn status(&self) -> VaultStatus {
        let Some(keychain) = self.keychain() else {
            return VaultStatus::Absent;
        };
        let name = keychain.name.clone();
        let probe = keychain
            .worker
            .ask(keychain.patience.quick, split::probe)
            .await;
        match probe {
            Ok(()) => VaultStatus::Ready { name },
            Err(VaultError::Locked) => VaultStatus::Locked { name },
            Err(error) => {
                tracing::debug!(error = %error, "no usable keychain");
                VaultStatus::Absent
            }
        }
    }

    /// Keeps the secret of an account and says where. What the keychain does not take stays in
    /// memory, so a secret is never lost by storing it.
    pub async fn store(&self, account: AccountId, secret: SecretString) -> Storage {
        let Some(keychain) = self.keychain() else {
            self.session().insert(account, secret);
            return Storage::SessionOnly;
        };
        // An account the keychain has refused before must not bring a question every time.
        let limit = if self.session().contains_key(&account) {
            keychain.patience.quick
        } else {
            keychain.patience.prompt
        };
        let copy = secret.clone();
        let stored = keychain
            .worker
            .ask(limit, move |store| split::write(store, account, &copy))
            .await;
        match stored {
            Ok(()) => {
                self.session().remove(&account);
                Storage::Keychain {
                    name: keychain.name.clone(),
                }
            }
            Err(error) => {
                tracing::warn!(account = %account, error = %error, "kept for this session only");
                self.session().insert(account, secret);
                Storage::SessionOnly
            }
        }
    }

    /// The secret of an account; `None` when there is none.
    ///
    /// # Errors
    /// When the keychain cannot be read, or holds something else than what was stored.
    pub async fn load(&self, account: AccountId) -> Result<Option<SecretString>, VaultError> {
        self.load_within(account, |patience| patience.prompt).await
    }

    /// Like [`load`](Self::load), but gives up instead of waiting for the person to unlock anything.
    ///
    /// # Errors
    /// When the keychain cannot be read at once, or holds something else than what was stored.
    pub async fn peek(&self, account: AccountId) -> Result<Option<SecretString>, VaultError> {
        self.load_within(account, |patience| patience.quick).await
    }

    async fn load_within(
        &self,
        account: AccountId,
        limit: impl FnOnce(&Patience) -> Duration,
    ) -> Result<Option<SecretString>, VaultError> {
        if let Some(secret) = self.session().get(&account) {
            return Ok(Some(secret.clone()));
        }
        let Some(keychain) = self.keychain() else {
            return Ok(None);
        };
        let limit = limit(&keychain.patience);
        keychain
            .worker
            .ask(limit, move |store| split::read(store, account))
            .await
    }

    /// Forgets the secret of an account.
    ///
    /// # Errors
    /// When the keychain cannot be written; the secret may still lie there.
    pub async fn remove(&self, account: AccountId) -> Result<(), VaultError> {
        self.session().remove(&account);
        let Some(keychain) = self.keychain() else {
            return Ok(());
        };
        keychain
            .worker
            .ask(keychain.patience.prompt, move |store| {
                split::remove(store, account)
            })
            .await
    }

    /// Whether this process holds the account's secret in memory because the keychain did not take it.
    pub(crate) fn is_session_only(&self, account: AccountId) -> bool {
        self.session().contains_key(&account)
    }

    fn keychain(&self) -> Option<&Attached> {
        self.inner.keychain.as_ref()
    }

    fn session(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, SecretString>> {
        self.inner
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
