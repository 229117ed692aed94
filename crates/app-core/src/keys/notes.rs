//! What Sifter remembers about keys beside the keys themselves. No secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sifter_contract::UiError;

use crate::errors;
use crate::files;

/// The form of the file.
const VERSION: u32 = 1;

/// The file, by fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct KeyNotes {
    version: u32,
    /// Keys whose secret part was written to a file.
    pub(super) backed_up: BTreeSet<String>,
    /// Keys whose passphrase is kept.
    pub(super) passphrase_kept: BTreeSet<String>,
    /// Where keys were published, by the addresses of key servers.
    pub(super) published: BTreeMap<String, BTreeMap<String, Published>>,
    /// Keys of others that were revoked and that the person has not taken note of: when that was found, in seconds
    /// since 1970.
    pub(super) revoked: BTreeMap<String, i64>,
}

/// What was published of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Published {
    /// When, in seconds since 1970.
    pub(super) at: i64,
    /// SHA-256 of it, lower-case digits.
    pub(super) sum: String,
}

impl Default for KeyNotes {
    fn default() -> Self {
        Self {
            version: VERSION,
            backed_up: BTreeSet::new(),
            passphrase_kept: BTreeSet::new(),
            published: BTreeMap::new(),
            revoked: BTreeMap::new(),
        }
    }
}

/// The file with the notes, which is changed by one at a time.
#[derive(Debug)]
pub(crate) struct NotesOfKeys {
    path: PathBuf,
    changing: Mutex<()>,
}

impl NotesOfKeys {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            changing: Mutex::default(),
        }
    }

    /// The notes. What cannot be understood counts for nothing: at worst somebody is reminded once more.
    pub(super) fn read(&self) -> Result<KeyNotes, UiError> {
        let text = files::read(&self.path).map_err(|error| errors::storage(&error))?;
        let read = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(read.unwrap_or_default())
    }

    /// Changes the notes.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut KeyNotes) -> T) -> Result<(), UiError> {
        let changing = self.changing.lock();
        let _changing = changing.unwrap_or_else(PoisonError::into_inner);
        let mut notes = self.read()?;
        let before = notes.clone();
        change(&mut notes);
        if notes == before {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&notes).map_err(|error| errors::storage(&error))?;
        files::replace(&self.path, &text).map_err(|error| errors::storage(&error))
    }
}
