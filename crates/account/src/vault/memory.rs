//! A keychain in memory, for tests: it can be locked, go away, come back, and be tampered with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use super::{Keychain, SecretStore, StoreError};

/// Clones share their content, as two programs share the keychain of one person.
#[derive(Clone, Default)]
pub struct MemoryKeychain {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    items: BTreeMap<String, SecretString>,
    locked: bool,
    absent: bool,
    /// Connections of an earlier generation are dead.
    generation: u64,
}

impl MemoryKeychain {
    /// An empty, unlocked keychain.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Locks or unlocks it.
    pub fn set_locked(&self, locked: bool) {
        self.shared().locked = locked;
    }

    /// Takes it away or brings it back; its items stay.
    pub fn set_absent(&self, absent: bool) {
        self.shared().absent = absent;
    }

    /// Ends every open connection, as a restarted keychain service does.
    pub fn restart(&self) {
        self.shared().generation += 1;
    }

    /// The names of its items.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.shared().items.keys().cloned().collect()
    }

    /// What lies under `name`.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<SecretString> {
        self.shared().items.get(name).cloned()
    }

    /// Puts anything under `name`, as another program could.
    pub fn put(&self, name: &str, text: &str) {
        let secret = SecretString::from(text);
        self.shared().items.insert(name.to_owned(), secret);
    }

    /// Removes `name`, as a person in the keychain's own window could.
    pub fn take(&self, name: &str) -> Option<SecretString> {
        self.shared().items.remove(name)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keychain for MemoryKeychain {
    fn name(&self) -> &'static str {
        "Memory"
    }

    fn connect(&mut self) -> Result<Box<dyn SecretStore>, StoreError> {
        let shared = self.shared();
        if shared.absent {
            return Err(StoreError::Disconnected("no keychain".into()));
        }
        Ok(Box::new(MemoryStore {
            keychain: self.clone(),
            generation: shared.generation,
        }))
    }
}

struct MemoryStore {
    keychain: MemoryKeychain,
    generation: u64,
}

impl MemoryStore {
    fn open(&self) -> Result<MutexGuard<'_, Shared>, StoreError> {
        let shared = self.keychain.shared();
        if shared.absent || shared.generation != self.generation {
            return Err(StoreError::Disconnected("no session".into()));
        }
        if shared.locked {
            return Err(StoreError::Locked);
        }
        Ok(shared)
    }
}

impl SecretStore for MemoryStore {
    fn get(&mut self, name: &str) -> Result<Option<SecretString>, StoreError> {
        Ok(self.open()?.items.get(name).cloned())
    }

    fn set(&mut self, name: &str, secret: &SecretString) -> Result<(), StoreError> {
        // The limit of the Windows Credential Manager, the smallest of all.
        if secret.expose_secret().len() > 2560 {
            return Err(StoreError::Failed("longer than 2560 bytes".into()));
        }
        self.open()?.items.insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), StoreError> {
        self.open()?.items.remove(name);
        Ok(())
    }
}
