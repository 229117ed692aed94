//! What the vault file means for the accounts in the list.

use secrecy::SecretString;

use crate::account::{AccountState, Storage};
use crate::accounts::Accounts;
use crate::error::Error;

impl Accounts {
    /// Makes the vault file; the accounts of this session move in.
    ///
    /// # Errors
    /// As [`Vault::create_file`](crate::Vault::create_file), or when the list cannot be written.
    pub async fn create_vault_file(&self, passphrase: SecretString) -> Result<(), Error> {
        self.vault().create_file(passphrase).await?;
        self.moved_in().await
    }

    /// Opens the vault file; the accounts of this session move in, and those that were signed out while it was closed
    /// leave it.
    ///
    /// # Errors
    /// As [`Vault::open_file`](crate::Vault::open_file), or when the list cannot be written.
    pub async fn open_vault_file(&self, passphrase: SecretString) -> Result<(), Error> {
        self.vault().open_file(passphrase).await?;
        self.forget_leftovers().await?;
        self.moved_in().await
    }

    /// Closes the vault file, and forgets the tokens of its accounts until it is opened again.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub async fn close_vault_file(&self) -> Result<(), Error> {
        self.vault().close_file();
        for account in self.list().await? {
            if account.storage == Storage::File {
                // Waits for a renewal in flight: it ends with the file open or with its tokens in memory.
                self.cell(account.id).lock().await.take();
            }
        }
        self.announce();
        Ok(())
    }

    /// Deletes the vault file. Its accounts stay for this session if it was open; else they need a new sign-in.
    ///
    /// # Errors
    /// When the file cannot be deleted, or the list cannot be written.
    pub async fn forget_vault_file(&self) -> Result<(), Error> {
        self.vault().forget_file().await?;
        let vault = self.vault().clone();
        self.change(move |list| {
            for account in &mut list.accounts {
                if account.storage == Storage::File {
                    account.storage = Storage::SessionOnly;
                    if !vault.is_session_only(account.id) {
                        account.state = AccountState::NeedsSignIn;
                    }
                }
            }
            Ok(())
        })
        .await
    }

    /// Notes in the list what is in the file now.
    async fn moved_in(&self) -> Result<(), Error> {
        let vault = self.vault().clone();
        let live: Vec<_> = (self.list().await?.into_iter())
            .filter(|account| account.storage == Storage::SessionOnly)
            .map(|account| account.id)
            .collect();
        let mut moved = Vec::new();
        for id in live {
            if !vault.is_session_only(id) && vault.peek(id).await.is_ok_and(|found| found.is_some())
            {
                moved.push(id);
            }
        }
        self.change(move |list| {
            for account in &mut list.accounts {
                if moved.contains(&account.id) {
                    account.storage = Storage::File;
                }
            }
            Ok(())
        })
        .await
    }
}
