//! Passphrases of keys that the person wants kept: in the keychain, or in memory where there is none.

use secrecy::{ExposeSecret as _, SecretString};
use sifter_account::AccountId;
use sifter_contract::UiError;

use crate::app::AppCore;
use crate::errors;

impl AppCore {
    /// Keeps the passphrase of a key.
    pub(super) async fn keep_passphrase(
        &self,
        fingerprint: &str,
        passphrase: SecretString,
    ) -> Result<(), UiError> {
        let item = item(fingerprint).ok_or_else(|| errors::key(fingerprint, "not_found"))?;
        self.accounts.vault().store(item, passphrase).await;
        self.key_notes
            .change(|notes| notes.passphrase_kept.insert(fingerprint.to_owned()))
    }

    /// The passphrase that was given, else the one that is kept.
    pub(super) async fn passphrase_for(
        &self,
        fingerprint: &str,
        given: Option<SecretString>,
    ) -> Option<SecretString> {
        let given = given.filter(|text| !text.expose_secret().is_empty());
        if given.is_some() {
            return given;
        }
        let kept = self.key_notes.read().ok()?.passphrase_kept;
        let item = item(fingerprint).filter(|_| kept.contains(fingerprint))?;
        match self.accounts.vault().load(item).await {
            Ok(passphrase) => passphrase,
            Err(error) => {
                // Then the person is asked.
                tracing::info!(error = %error, "a kept passphrase cannot be read");
                None
            }
        }
    }

    /// Forgets the passphrase of a key.
    pub(crate) async fn forget_passphrase(&self, fingerprint: &str) -> Result<(), UiError> {
        let kept = self.key_notes.read()?.passphrase_kept;
        if let Some(item) = item(fingerprint).filter(|_| kept.contains(fingerprint)) {
            let removed = self.accounts.vault().remove(item).await;
            removed.map_err(|error| errors::keychain(&error))?;
        }
        self.key_notes
            .change(|notes| notes.passphrase_kept.remove(fingerprint))
    }
}

/// The keychain's item for a key: items are named by ids of 128 bits, which the fingerprint begins with.
fn item(fingerprint: &str) -> Option<AccountId> {
    fingerprint.get(..32)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_an_item_of_its_own() {
        let one = item("12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84").unwrap();
        let other = item("12045C8C0B1004D058DE4BEDA20C27EF7FF7BA84").unwrap();
        assert_ne!(one, other);
        assert!(item("short").is_none());
        assert!(item("../../../../../../../../../../../..").is_none());
    }
}
