//! The vault file at the person's word: made, opened, closed, given up. And who waits for a locked keychain.

mod auto_lock;

use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::SecretString;
use sifter_account::{Error, Storage};
use sifter_contract::{AppView, Storage as StorageView, UiError};

use crate::app::AppCore;
use crate::errors;

impl AppCore {
    /// Makes the vault file, for computers without a keychain; the sign-ins of this session move in.
    ///
    /// # Errors
    /// `vault_passphrase_weak`; `vault_closed` when there is one already; `storage_failed`.
    pub async fn create_vault(&self, passphrase: SecretString) -> Result<AppView, UiError> {
        let made = self.accounts.create_vault_file(passphrase).await;
        self.after_vault(made).await
    }

    /// Opens the vault file; what waited for it goes on, without being waited for.
    ///
    /// # Errors
    /// `vault_passphrase_wrong`, `vault_damaged`, or `storage_failed` when there is none.
    pub async fn open_vault(&self, passphrase: SecretString) -> Result<AppView, UiError> {
        let opened = self.accounts.open_vault_file(passphrase).await;
        let view = self.after_vault(opened).await?;
        self.recall_proxy_password();
        let accounts = self.accounts.list().await.unwrap_or_default();
        let kept = accounts
            .into_iter()
            .filter(|account| account.storage == Storage::File);
        let servers: BTreeSet<String> = kept
            .map(|account| account.server.key.as_str().to_owned())
            .collect();
        let (after, stop) = (self.after_sign_in(), self.stop.clone());
        self.tasks.spawn(async move {
            for server in servers {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = after.run(&server) => {}
                }
            }
        });
        Ok(view)
    }

    /// Closes the vault file.
    pub(crate) async fn close_vault(&self) -> Result<AppView, UiError> {
        let closed = self.accounts.close_vault_file().await;
        self.after_vault(closed).await
    }

    /// Deletes the vault file.
    pub(crate) async fn forget_vault(&self) -> Result<AppView, UiError> {
        let forgotten = self.accounts.forget_vault_file().await;
        self.after_vault(forgotten).await
    }

    async fn after_vault(&self, outcome: Result<(), Error>) -> Result<AppView, UiError> {
        outcome.map_err(|error| errors::vault_file(&error))?;
        Ok(self.view().await)
    }

    /// Tells the window for as long as something waits for the person to unlock the keychain.
    pub(crate) fn follow_keychain(&self) {
        let (hub, stop) = (Arc::clone(&self.hub), self.stop.clone());
        let mut waiting = self.accounts.vault().waiting();
        self.tasks.spawn(async move {
            loop {
                hub.keychain(*waiting.borrow_and_update() > 0);
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = waiting.changed() => if changed.is_err() { return },
                }
            }
        });
    }
}

/// Where a secret is kept, as the window shows it.
pub(crate) fn stored_view(stored: &Storage) -> StorageView {
    match stored {
        Storage::Keychain { name } => StorageView::Keychain { name: name.clone() },
        Storage::File => StorageView::Vault,
        Storage::SessionOnly => StorageView::SessionOnly,
    }
}
