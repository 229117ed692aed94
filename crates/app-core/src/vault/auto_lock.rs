//! The vault file closes itself when nothing has used it for as long as the settings say.
//!
//! Only transfers that need a sign-in out of it keep it open beyond that. One timer waits for the moment; timers
//! stand still while the computer sleeps, so whoever looks at the window has the clocks looked at as well.

use std::collections::BTreeSet;
use std::sync::Arc;

use sifter_account::{Account, Accounts, Storage};
use sifter_contract::{AppEvent, SettingsView};
use sifter_transfer::Snapshot;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::AppCore;
use crate::clock::reached;
use crate::events::Hub;
use crate::manners::moves;
use crate::settings::Settings;

impl AppCore {
    /// Looks after the vault for as long as the app runs.
    pub(crate) fn lock_unused_vault(&self) {
        let lock = AutoLock {
            accounts: self.accounts.clone(),
            settings: Arc::clone(&self.settings),
            hub: Arc::clone(&self.hub),
            snapshots: self.engine.watch(),
        };
        let heard = Heard {
            open: self.accounts.vault().file_is_open(),
            settings: self.hub.settings_changes(),
            focus: self.focus.subscribe(),
        };
        self.tasks.spawn(lock.keep(heard, self.stop.clone()));
    }
}

/// What has the clocks looked at before their time.
struct Heard {
    open: watch::Receiver<bool>,
    settings: watch::Receiver<SettingsView>,
    focus: watch::Receiver<bool>,
}

struct AutoLock {
    accounts: Accounts,
    settings: Arc<Settings>,
    hub: Arc<Hub>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
}

impl AutoLock {
    async fn keep(self, mut heard: Heard, stop: CancellationToken) {
        loop {
            heard.settings.mark_unchanged();
            heard.focus.mark_unchanged();
            let is_open = *heard.open.borrow_and_update();
            let next = if is_open { self.look().await } else { None };
            let changed = tokio::select! {
                () = stop.cancelled() => return,
                () = reached(next) => Ok(()),
                changed = heard.open.changed() => changed,
                changed = heard.settings.changed(), if is_open => changed,
                changed = heard.focus.changed(), if is_open => changed,
            };
            if changed.is_err() {
                return;
            }
        }
    }

    /// Closes the vault when it is time. Answers when to look again.
    async fn look(&self) -> Option<Instant> {
        let limit = self.settings.vault_lock()?;
        let vault = self.accounts.vault();
        if self.is_needed().await {
            vault.note_use();
        }
        let unused = vault.unused_for();
        if unused < limit {
            return Some(Instant::now() + (limit - unused));
        }
        if let Err(error) = self.accounts.close_vault_file().await {
            // Its key is forgotten all the same.
            tracing::warn!(error = %error, "the accounts in the vault are not known");
        }
        tracing::info!("the vault has closed itself");
        self.hub.moment(AppEvent::VaultLocked);
        None
    }

    /// Whether a transfer that goes on by itself works with a sign-in out of the vault.
    async fn is_needed(&self) -> bool {
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let at_work: BTreeSet<&str> = (snapshot.transfers.iter())
            .filter(|view| moves(view))
            .filter_map(|view| view.account.as_ref().map(|account| account.as_str()))
            .collect();
        if at_work.is_empty() {
            return false;
        }
        let is_there = |account: &Account| {
            account.storage == Storage::File && at_work.contains(account.id.to_string().as_str())
        };
        match self.accounts.list().await {
            Ok(accounts) => accounts.iter().any(is_there),
            // Better open for a while than a transfer that stops.
            Err(_) => true,
        }
    }
}

#[cfg(test)]
mod tests;
