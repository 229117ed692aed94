//! The vault's file: made, opened, closed and given up at the person's word.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::watch;

use super::sealed::Sealed;
use super::{Cost, FileState, Vault, VaultError, VaultStatus};
use crate::account::AccountId;

impl Vault {
    /// Gives a vault that has not been used yet a place for its file, in `folder`. The file is made when the person
    /// asks for it; `cost` is what guessing its passphrase shall cost.
    #[must_use]
    pub fn with_file(self, folder: &Path, cost: Cost) -> Self {
        let sealed = Some(Arc::new(Sealed::in_folder(folder, cost)));
        match Arc::try_unwrap(self.inner) {
            Ok(inner) => Self::whole(inner.keychain, sealed),
            // Somebody uses it already, and goes on as before.
            Err(inner) => Self { inner },
        }
    }

    /// Whether there is a vault file, and whether it is open.
    pub async fn file(&self) -> FileState {
        let state = self.in_file(|file| Ok(file.state())).await;
        state.unwrap_or(FileState::None)
    }

    /// Makes the vault file, and puts into it what this session holds because there is no keychain.
    ///
    /// # Errors
    /// [`VaultError::WeakPassphrase`]; [`VaultError::Closed`] when there is a file already; or when it cannot be
    /// written.
    pub async fn create_file(&self, passphrase: SecretString) -> Result<(), VaultError> {
        self.in_file(move |file| file.create(&passphrase)).await?;
        self.note_use();
        self.move_in().await;
        Ok(())
    }

    /// Opens the vault file until the program ends or somebody closes it.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`VaultError::Corrupt`] when the file is damaged; [`VaultError::Absent`]
    /// when there is none.
    pub async fn open_file(&self, passphrase: SecretString) -> Result<(), VaultError> {
        self.in_file(move |file| file.open(&passphrase)).await?;
        self.note_use();
        self.move_in().await;
        Ok(())
    }

    /// Whether the vault file is open, now and from now on. Without a place for one it never is.
    #[must_use]
    pub fn file_is_open(&self) -> watch::Receiver<bool> {
        match &self.inner.sealed {
            Some(file) => file.is_open(),
            None => watch::Sender::new(false).subscribe(),
        }
    }

    /// Forgets the key of the vault file.
    pub fn close_file(&self) {
        if let Some(file) = &self.inner.sealed {
            file.close();
        }
    }

    /// Deletes the vault file. What is in it stays for this session if it was open, and is lost otherwise.
    ///
    /// # Errors
    /// When the file cannot be deleted.
    pub async fn forget_file(&self) -> Result<(), VaultError> {
        let items = self.in_file(Sealed::forget).await?;
        let mut session = self.session();
        for (account, secret) in items {
            session.entry(account).or_insert(secret);
        }
        Ok(())
    }

    /// Puts into the open file what is in memory because there is no keychain.
    async fn move_in(&self) {
        // What a keychain that is there would not take belongs there, and not here.
        if self.status().await != VaultStatus::Absent {
            return;
        }
        let held: Vec<AccountId> = self.session().keys().copied().collect();
        for account in held {
            let secret = self.session().get(&account).cloned();
            if let Some(secret) = secret {
                self.store(account, secret).await;
            }
        }
    }

    /// Runs work on the file, away from the async threads. [`VaultError::Absent`] without a place for one.
    pub(super) async fn in_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Sealed) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let file = self.inner.sealed.clone().ok_or(VaultError::Absent)?;
        let done = tokio::task::spawn_blocking(move || work(&file)).await;
        done.unwrap_or_else(|error| Err(VaultError::Failed(error.into())))
    }
}
