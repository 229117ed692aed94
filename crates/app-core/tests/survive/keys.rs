//! A keychain in a file, which survives the process as the system's own does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use sifter_account::Vault;
use sifter_account::vault::{Keychain, Patience, SecretStore, StoreError};

struct KeyFile(PathBuf);

/// A vault over the file.
pub(crate) fn vault(file: &Path) -> Vault {
    Vault::over(KeyFile(file.to_owned()), Patience::default())
}

impl KeyFile {
    fn read(&self) -> BTreeMap<String, String> {
        std::fs::read(&self.0)
            .map(|text| serde_json::from_slice(&text).unwrap())
            .unwrap_or_default()
    }

    fn write(&self, items: &BTreeMap<String, String>) {
        let new = self.0.with_extension("new");
        std::fs::write(&new, serde_json::to_vec(items).unwrap()).unwrap();
        std::fs::rename(new, &self.0).unwrap();
    }
}

impl Keychain for KeyFile {
    fn name(&self) -> &str {
        "a file"
    }

    fn connect(&mut self) -> Result<Box<dyn SecretStore>, StoreError> {
        Ok(Box::new(Self(self.0.clone())))
    }
}

impl SecretStore for KeyFile {
    fn get(&mut self, name: &str) -> Result<Option<SecretString>, StoreError> {
        Ok(self.read().remove(name).map(SecretString::from))
    }

    fn set(&mut self, name: &str, secret: &SecretString) -> Result<(), StoreError> {
        let mut items = self.read();
        items.insert(name.to_owned(), secret.expose_secret().to_owned());
        self.write(&items);
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), StoreError> {
        let mut items = self.read();
        items.remove(name);
        self.write(&items);
        Ok(())
    }
}
