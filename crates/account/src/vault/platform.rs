//! The keychain of the operating system through `keyring-core`.
//!
//! `keyring::Entry` makes its store once per process and never again, so on the Secret Service,
//! where a connection dies with the service, the store is made here; macOS and Windows have no
//! connection to lose, and take the store `keyring` chooses.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error as KeyringError};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{Keychain, SecretStore, StoreError};

#[cfg(target_os = "macos")]
const NAME: &str = "Keychain";
#[cfg(target_os = "windows")]
const NAME: &str = "Credential Manager";
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
const NAME: &str = "Secret Service";

/// What the store is told about each new item: a readable label on Linux; on Windows that the
/// item stays on this machine instead of roaming with the profile.
#[cfg(target_os = "windows")]
const MODIFIERS: &[(&str, &str)] = &[("persistence", "Local")];
#[cfg(target_os = "macos")]
const MODIFIERS: &[(&str, &str)] = &[];
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
const MODIFIERS: &[(&str, &str)] = &[("label", "Sifter account")];

type PlatformStore = Arc<dyn CredentialStoreApi + Send + Sync>;

/// The keychain of the operating system.
pub struct SystemKeychain {
    service: String,
}

impl SystemKeychain {
    /// `service` names this program's items: the bundle identifier.
    #[must_use]
    pub fn new(service: &str) -> Self {
        Self {
            service: service.to_owned(),
        }
    }
}

impl Keychain for SystemKeychain {
    fn name(&self) -> &'static str {
        NAME
    }

    fn connect(&mut self) -> Result<Box<dyn SecretStore>, StoreError> {
        Ok(Box::new(SystemStore {
            store: platform_store().map_err(|error| StoreError::Disconnected(error.into()))?,
            service: self.service.clone(),
        }))
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn platform_store() -> Result<PlatformStore, KeyringError> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn platform_store() -> Result<PlatformStore, KeyringError> {
    // The status is a reference into the process-wide result, whose error cannot be cloned.
    if keyring::Entry::store_status().is_err() {
        return Err(KeyringError::NoDefaultStore);
    }
    keyring_core::get_default_store().ok_or(KeyringError::NoDefaultStore)
}

struct SystemStore {
    store: PlatformStore,
    service: String,
}

impl SystemStore {
    fn entry(&self, name: &str) -> Result<Entry, StoreError> {
        let modifiers: HashMap<&str, &str> = MODIFIERS.iter().copied().collect();
        let modifiers = (!modifiers.is_empty()).then_some(&modifiers);
        self.store
            .build(&self.service, name, modifiers)
            .map_err(classify)
    }
}

impl SecretStore for SystemStore {
    fn get(&mut self, name: &str) -> Result<Option<SecretString>, StoreError> {
        match self.entry(name)?.get_secret() {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                let text = std::str::from_utf8(&bytes).map_err(|_| StoreError::Corrupt)?;
                Ok(Some(SecretString::from(text)))
            }
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(classify(error)),
        }
    }

    fn set(&mut self, name: &str, secret: &SecretString) -> Result<(), StoreError> {
        // Bytes, not a password: Windows would store UTF-16 and halve the room.
        self.entry(name)?
            .set_secret(secret.expose_secret().as_bytes())
            .map_err(classify)
    }

    fn delete(&mut self, name: &str) -> Result<(), StoreError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(classify(error)),
        }
    }
}

/// Sorts the store's errors. Two of them hold the secret's bytes and must not travel on.
fn classify(error: KeyringError) -> StoreError {
    match error {
        KeyringError::NoStorageAccess(_) => StoreError::Locked,
        KeyringError::PlatformFailure(cause) => StoreError::Disconnected(cause),
        KeyringError::NoDefaultStore => StoreError::Disconnected("no default store".into()),
        KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..) => StoreError::Corrupt,
        other => StoreError::Failed(other.into()),
    }
}
