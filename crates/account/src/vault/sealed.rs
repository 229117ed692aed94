//! The vault in a file, for computers without a keychain: encrypted with a passphrase that is asked for once per
//! session. Several programs may share it; every change reads the file anew under a lock and replaces it whole.

mod envelope;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

pub use self::envelope::Cost;
use self::envelope::{Envelope, Items, Key};
use super::VaultError;
use crate::account::AccountId;
use crate::accounts::{private_file, replace_private_file};

/// The longest file read, in bytes: thousands of accounts.
const LONGEST: u64 = 4 * 1024 * 1024;
/// The fewest characters of a passphrase.
pub const SHORTEST_PASSPHRASE: usize = 8;
/// The longest passphrase, in bytes.
const LONGEST_PASSPHRASE: usize = 1024;

/// Whether there is a vault file, and whether it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// The person has not asked for one.
    None,
    /// There is one, and its passphrase has not been given yet.
    Closed,
    /// It is open until the program ends or somebody closes it.
    Open,
}

/// The file and, while it is open, its key. Every method but [`close`](Self::close) blocks.
pub(super) struct Sealed {
    path: PathBuf,
    lock: PathBuf,
    cost: Cost,
    key: Mutex<Option<Arc<Key>>>,
    open: watch::Sender<bool>,
}

fn failed(error: io::Error) -> VaultError {
    VaultError::Failed(error.into())
}

impl Sealed {
    pub(super) fn in_folder(folder: &Path, cost: Cost) -> Self {
        Self {
            path: folder.join("vault.json"),
            lock: folder.join("vault.lock"),
            cost,
            key: Mutex::default(),
            open: watch::Sender::new(false),
        }
    }

    pub(super) fn state(&self) -> FileState {
        if !self.path.exists() {
            FileState::None
        } else if self.held().is_some() {
            FileState::Open
        } else {
            FileState::Closed
        }
    }

    /// Whether its key is held, now and from now on.
    pub(super) fn is_open(&self) -> watch::Receiver<bool> {
        self.open.subscribe()
    }

    /// Makes the file. One that is there already stays as it is.
    pub(super) fn create(&self, passphrase: &SecretString) -> Result<(), VaultError> {
        let text = passphrase.expose_secret();
        if text.chars().count() < SHORTEST_PASSPHRASE || text.len() > LONGEST_PASSPHRASE {
            return Err(VaultError::WeakPassphrase);
        }
        let key = Key::new(passphrase, self.cost)?;
        let _turn = self.turn()?;
        if self.path.exists() {
            return Err(VaultError::Closed);
        }
        self.write(&key, &Items::new(), 1)?;
        self.hold(Some(key));
        Ok(())
    }

    /// Opens the file for this session.
    pub(super) fn open(&self, passphrase: &SecretString) -> Result<(), VaultError> {
        let envelope = self.read()?.ok_or(VaultError::Absent)?;
        let key = envelope.key(passphrase)?;
        envelope.open(&key)?;
        self.hold(Some(key));
        Ok(())
    }

    /// Forgets the key.
    pub(super) fn close(&self) {
        self.hold(None);
    }

    /// Removes the file, and answers what was in it if it was open.
    pub(super) fn forget(&self) -> Result<Items, VaultError> {
        let _turn = self.turn()?;
        let items = self.items().unwrap_or_default();
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => self.close(),
        }
        Ok(items)
    }

    /// What is kept for an account. [`VaultError::Absent`] without a file, [`VaultError::Closed`] without its key.
    pub(super) fn get(&self, account: AccountId) -> Result<Option<SecretString>, VaultError> {
        Ok(self.items()?.remove(&account))
    }

    /// Keeps something for an account.
    pub(super) fn put(&self, account: AccountId, secret: SecretString) -> Result<(), VaultError> {
        self.change(|items| {
            items.insert(account, secret);
            true
        })
    }

    /// Forgets what is kept for an account.
    pub(super) fn remove(&self, account: AccountId) -> Result<(), VaultError> {
        self.change(|items| items.remove(&account).is_some())
    }

    fn items(&self) -> Result<Items, VaultError> {
        let envelope = self.read()?.ok_or(VaultError::Absent)?;
        let key = self.held().ok_or(VaultError::Closed)?;
        envelope.open(&key)
    }

    /// Writes the file anew if `change` says that it has changed anything.
    fn change(&self, change: impl FnOnce(&mut Items) -> bool) -> Result<(), VaultError> {
        // Where the person never asked for a vault file, no lock of one appears either.
        if !self.path.try_exists().map_err(failed)? {
            return Err(VaultError::Absent);
        }
        let _turn = self.turn()?;
        let envelope = self.read()?.ok_or(VaultError::Absent)?;
        let key = self.held().ok_or(VaultError::Closed)?;
        let mut items = envelope.open(&key)?;
        if !change(&mut items) {
            return Ok(());
        }
        self.write(&key, &items, envelope.generation().wrapping_add(1))
    }

    fn read(&self) -> Result<Option<Envelope>, VaultError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut text = Vec::new();
        file.take(LONGEST + 1)
            .read_to_end(&mut text)
            .map_err(failed)?;
        if text.len() as u64 > LONGEST {
            return Err(VaultError::Corrupt);
        }
        Envelope::read(&text).map(Some)
    }

    fn write(&self, key: &Key, items: &Items, generation: u64) -> Result<(), VaultError> {
        let text = key.seal(items, generation)?;
        if text.len() as u64 > LONGEST {
            return Err(VaultError::TooLong);
        }
        replace_private_file(&self.path, &text).map_err(failed)
    }

    /// The right to change the file; other programs wait until it is dropped.
    fn turn(&self) -> Result<File, VaultError> {
        let lock = private_file(&self.lock).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(lock)
    }

    fn held(&self) -> Option<Arc<Key>> {
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        key.clone()
    }

    fn hold(&self, key: Option<Key>) {
        let is_open = key.is_some();
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = key.map(Arc::new);
        self.open.send_replace(is_open);
    }
}
