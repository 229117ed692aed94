//! What Sifter remembers about keys beside the keys themselves. No secrets.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};
use sifter_contract::UiError;

use crate::app::AppCore;
use crate::errors;
use crate::files;

/// The form of the file.
const VERSION: u32 = 1;

/// The file, by fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct KeyNotes {
    version: u32,
    /// Keys whose secret part was written to a file.
    pub(super) backed_up: BTreeSet<String>,
    /// Keys whose passphrase is kept.
    pub(super) passphrase_kept: BTreeSet<String>,
}

impl Default for KeyNotes {
    fn default() -> Self {
        Self {
            version: VERSION,
            backed_up: BTreeSet::new(),
            passphrase_kept: BTreeSet::new(),
        }
    }
}

impl AppCore {
    /// The notes. What cannot be understood counts for nothing: at worst somebody is reminded once more.
    pub(super) fn key_notes(&self) -> Result<KeyNotes, UiError> {
        let text = files::read(&self.home.key_notes_file());
        let text = text.map_err(|error| errors::storage(&error))?;
        let read = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(read.unwrap_or_default())
    }

    /// Changes the notes, one change at a time.
    pub(super) fn change_key_notes<T>(
        &self,
        change: impl FnOnce(&mut KeyNotes) -> T,
    ) -> Result<(), UiError> {
        let changing = self.key_notes_changing.lock();
        let _changing = changing.unwrap_or_else(PoisonError::into_inner);
        let mut notes = self.key_notes()?;
        let before = notes.clone();
        change(&mut notes);
        if notes == before {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&notes).map_err(|error| errors::storage(&error))?;
        files::replace(&self.home.key_notes_file(), &text).map_err(|error| errors::storage(&error))
    }
}
