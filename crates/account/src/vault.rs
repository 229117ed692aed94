//! The vault: secrets in the keychain of the operating system; where there is none, in a file that is encrypted with
//! a passphrase if the person has asked for one, else in memory.
//!
//! A keychain may block on a question to the person, lose its connection, or accept reads and refuse
//! writes. So one thread of its own talks to it, every call has a time limit, a broken connection is
//! rebuilt once, and only a real write tells whether it works. Nothing is ever written in plain text.

mod file;
mod keeping;
mod memory;
mod platform;
mod sealed;
mod split;
mod uses;
mod worker;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

pub use self::memory::MemoryKeychain;
pub use self::platform::SystemKeychain;
use self::sealed::Sealed;
pub use self::sealed::{Cost, FileState, SHORTEST_PASSPHRASE};
use self::uses::Uses;
use self::worker::Worker;
use crate::account::AccountId;
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
    /// The vault file is there and its passphrase has not been given.
    #[error("the vault is closed")]
    Closed,
    /// Another passphrase than the vault file was made with.
    #[error("this is not the passphrase of the vault")]
    WrongPassphrase,
    /// Too short a passphrase for a new vault file, or one past every limit.
    #[error("the passphrase is too short or too long")]
    WeakPassphrase,
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
    /// The vault file, where the program has a place for one.
    sealed: Option<Arc<Sealed>>,
    /// When something in the vault was last needed.
    uses: Uses,
    /// How many calls wait for the person to unlock the keychain.
    waiting: watch::Sender<u32>,
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
        Self::whole(keychain, None)
    }

    fn whole(keychain: Option<Attached>, sealed: Option<Arc<Sealed>>) -> Self {
        Self {
            inner: Arc::new(Inner {
                keychain,
                sealed,
                uses: Uses::from_now(),
                waiting: watch::Sender::new(0),
                session: Mutex::default(),
            }),
        }
    }

    /// How many calls wait for the person to unlock the keychain.
    #[must_use]
    pub fn waiting(&self) -> watch::Receiver<u32> {
        self.inner.waiting.subscribe()
    }

    /// Something needs what is in the vault. A token that is in memory already is such a use, too.
    pub fn note_use(&self) {
        self.inner.uses.note();
    }

    /// How long ago anything last needed what is in the vault. Time that the computer slept counts.
    #[must_use]
    pub fn unused_for(&self) -> Duration {
        self.inner.uses.since()
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

    /// Whether this process holds the account's secret in memory because the keychain did not take it.
    #[must_use]
    pub fn is_session_only(&self, account: AccountId) -> bool {
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
