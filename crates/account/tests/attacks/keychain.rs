//! A keychain that several programs share: a folder with a file per item.

use std::io::{self, Write as _};
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use sifter_account::Vault;
use sifter_account::vault::{Keychain, Patience, SecretStore, StoreError};

/// What stands before every line that is meant for the test that started a program.
pub(crate) const TOLD: &str = "» ";

/// Tells the test that started this program how far it is.
pub(crate) fn tell(what: &str) {
    let mut out = io::stdout().lock();
    writeln!(out, "\n{TOLD}{what}").unwrap();
    out.flush().unwrap();
}

/// The folder, and whether the program stops for ever when it is about to write.
#[derive(Clone)]
pub(crate) struct FolderKeychain {
    pub(crate) folder: PathBuf,
    pub(crate) stops_before_writing: bool,
}

impl FolderKeychain {
    pub(crate) fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            stops_before_writing: false,
        }
    }

    pub(crate) fn vault(self) -> Vault {
        std::fs::create_dir_all(&self.folder).unwrap();
        Vault::over(self, Patience::default())
    }

    /// The names of its items.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Keychain for FolderKeychain {
    fn name(&self) -> &'static str {
        "Folder"
    }

    fn connect(&mut self) -> Result<Box<dyn SecretStore>, StoreError> {
        Ok(Box::new(self.clone()))
    }
}

impl SecretStore for FolderKeychain {
    fn get(&mut self, name: &str) -> Result<Option<SecretString>, StoreError> {
        match std::fs::read_to_string(self.folder.join(name)) {
            Ok(text) => Ok(Some(text.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Failed(error.into())),
        }
    }

    fn set(&mut self, name: &str, secret: &SecretString) -> Result<(), StoreError> {
        if self.stops_before_writing {
            tell("about to store");
            loop {
                std::thread::park();
            }
        }
        let new = tempfile::NamedTempFile::new_in(self.folder.parent().unwrap()).unwrap();
        new.as_file()
            .write_all(secret.expose_secret().as_bytes())
            .unwrap();
        new.persist(self.folder.join(name)).unwrap();
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), StoreError> {
        match std::fs::remove_file(self.folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::Failed(error.into()))
            }
            _ => Ok(()),
        }
    }
}
