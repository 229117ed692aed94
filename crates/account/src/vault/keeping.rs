//! Where a secret goes and where it is found: the keychain; the vault file where there is no keychain; else memory.

use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

use super::worker::VaultFault;
use super::{Attached, Patience, SecretStore, Vault, VaultError, split};
use crate::account::{AccountId, Storage};

/// Counts a call as waiting for the person for as long as it lives.
struct Waiting<'a>(&'a watch::Sender<u32>);

impl<'a> Waiting<'a> {
    fn begin(count: &'a watch::Sender<u32>) -> Self {
        count.send_modify(|count| *count = count.saturating_add(1));
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Vault {
    /// Keeps the secret of an account and says where. What neither the keychain nor the vault file takes stays in
    /// memory, so a secret is never lost by storing it.
    pub async fn store(&self, account: AccountId, secret: SecretString) -> Storage {
        self.note_use();
        let refused = match self.keychain() {
            None => VaultError::Absent,
            Some(keychain) => {
                // An account the keychain has refused before must not bring a question every time.
                let limit = if self.session().contains_key(&account) {
                    keychain.patience.quick
                } else {
                    keychain.patience.prompt
                };
                let copy = secret.clone();
                let work = move |store: &mut dyn SecretStore| split::write(store, account, &copy);
                match self.ask(keychain, limit, work).await {
                    Ok(()) => {
                        self.session().remove(&account);
                        return Storage::Keychain {
                            name: keychain.name.clone(),
                        };
                    }
                    Err(error) => error,
                }
            }
        };
        // A keychain that is merely locked holds an older secret, which would come first when both are there.
        if matches!(refused, VaultError::Absent) {
            let copy = secret.clone();
            match self.in_file(move |file| file.put(account, copy)).await {
                Ok(()) => {
                    self.session().remove(&account);
                    return Storage::File;
                }
                Err(VaultError::Absent) => {}
                Err(error) => {
                    tracing::warn!(account = %account, error = %error, "not in the vault file");
                }
            }
        }
        tracing::warn!(account = %account, error = %refused, "kept for this session only");
        self.session().insert(account, secret);
        Storage::SessionOnly
    }

    /// The secret of an account; `None` when there is none.
    ///
    /// # Errors
    /// When the keychain or the vault file cannot be read, or holds something else than what was stored.
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
        self.note_use();
        if let Some(secret) = self.session().get(&account) {
            return Ok(Some(secret.clone()));
        }
        let found = match self.keychain() {
            None => Ok(None),
            Some(keychain) => {
                let limit = limit(&keychain.patience);
                let work = move |store: &mut dyn SecretStore| split::read(store, account);
                self.ask(keychain, limit, work).await
            }
        };
        if !matches!(found, Ok(None) | Err(VaultError::Absent)) {
            return found;
        }
        match self.in_file(move |file| file.get(account)).await {
            Err(VaultError::Absent) => found,
            other => other,
        }
    }

    /// Forgets the secret of an account.
    ///
    /// # Errors
    /// When the keychain or the vault file cannot be written; the secret may still lie there.
    pub async fn remove(&self, account: AccountId) -> Result<(), VaultError> {
        self.session().remove(&account);
        let from_keychain = match self.keychain() {
            None => Ok(()),
            Some(keychain) => {
                let limit = keychain.patience.prompt;
                let work = move |store: &mut dyn SecretStore| split::remove(store, account);
                self.ask(keychain, limit, work).await
            }
        };
        match (
            from_keychain,
            self.in_file(move |file| file.remove(account)).await,
        ) {
            (outcome, Err(VaultError::Absent)) => outcome,
            // It was not in a keychain that is not there.
            (Ok(()) | Err(VaultError::Absent), outcome) => outcome,
            (Err(error), _) => Err(error),
        }
    }

    /// Asks the keychain. A call that takes longer than one without questions would counts as waiting.
    async fn ask<T, W>(
        &self,
        keychain: &Attached,
        limit: Duration,
        work: W,
    ) -> Result<T, VaultError>
    where
        T: Send + 'static,
        W: Fn(&mut dyn SecretStore) -> Result<T, VaultFault> + Send + 'static,
    {
        let mut answer = std::pin::pin!(keychain.worker.ask(limit, work));
        if limit <= keychain.patience.quick {
            return answer.await;
        }
        match tokio::time::timeout(keychain.patience.quick, &mut answer).await {
            Ok(answer) => answer,
            Err(_) => {
                let _waiting = Waiting::begin(&self.inner.waiting);
                answer.await
            }
        }
    }
}
