//! The vault closes when its time is over, and not before; with a played clock.

use std::time::Duration;

use secrecy::SecretString;
use sifter_account::vault::{Cost, FileState};
use sifter_account::{BoxFuture, Identify, IdentifyError, Identity, Server, ServerKey, Vault};
use sifter_contract::SettingsPatch;
use sifter_transfer::{AccountKey, TransferView};

use super::*;
use crate::events::EventStream;
use crate::home::Home;
use crate::manners::samples::{done, moving, paused, snapshot};

const MINUTE: Duration = Duration::from_secs(60);

/// Every token is Ada's.
struct Ada;

impl Identify for Ada {
    fn identify<'a>(
        &'a self,
        _: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>> {
        Box::pin(async {
            Ok(Identity {
                subject: "ada".into(),
                login: "ada".into(),
                display: "Ada".into(),
                expires: None,
            })
        })
    }
}

struct Rig {
    folder: tempfile::TempDir,
    accounts: Accounts,
    account: Account,
    settings: Arc<Settings>,
    hub: Arc<Hub>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    focus: watch::Sender<bool>,
    stop: CancellationToken,
}

impl Rig {
    /// An open vault with one account in it.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cheap = Cost {
            memory: 8,
            passes: 1,
        };
        let vault = Vault::session_only().with_file(folder.path(), cheap);
        let accounts = Accounts::open(folder.path(), vault).await.unwrap();
        accounts
            .create_vault_file("correct horse".into())
            .await
            .unwrap();
        let server = Server {
            key: ServerKey::new("lab"),
            label: "lab".into(),
            issuer: None,
            origins: Vec::new(),
        };
        let account = accounts.add_token(server, "a-token".into(), &Ada).await;
        let account = account.unwrap();
        assert_eq!(account.storage, Storage::File);
        let settings = Arc::new(Settings::open(&Home::at(folder.path())).unwrap());
        let hub = Arc::new(Hub::new(settings.view()));
        let snapshots = watch::Sender::default();
        let focus = watch::Sender::new(false);
        let stop = CancellationToken::new();
        let lock = AutoLock {
            accounts: accounts.clone(),
            settings: Arc::clone(&settings),
            hub: Arc::clone(&hub),
            snapshots: snapshots.subscribe(),
        };
        let heard = Heard {
            open: accounts.vault().file_is_open(),
            settings: hub.settings_changes(),
            focus: focus.subscribe(),
        };
        tokio::spawn(lock.keep(heard, stop.clone()));
        Self {
            folder,
            accounts,
            account,
            settings,
            hub,
            snapshots,
            focus,
            stop,
        }
    }

    /// The transfer of the vault's account.
    fn own(&self, view: TransferView) -> TransferView {
        TransferView {
            account: Some(AccountKey::new(self.account.id.to_string())),
            ..view
        }
    }

    fn show(&self, view: TransferView) {
        self.snapshots.send_replace(Arc::new(snapshot([view])));
    }

    fn set(&self, minutes: u32) {
        let patch = SettingsPatch {
            vault_lock_minutes: Some(minutes),
            ..SettingsPatch::default()
        };
        self.settings.apply(&patch).unwrap();
        self.hub.settings(self.settings.view());
    }

    async fn is_open(&self) -> bool {
        self.accounts.vault().file().await == FileState::Open
    }

    /// Lets time go by, and whatever is due happen.
    async fn after(&self, minutes: u32) {
        tokio::time::sleep(MINUTE * minutes).await;
    }

    /// Waits until the vault closes.
    async fn closed(&self) {
        let mut open = self.accounts.vault().file_is_open();
        open.wait_for(|open| !open).await.unwrap();
    }
}

/// Whether the window was told by now.
async fn told(events: &mut EventStream) -> bool {
    loop {
        match tokio::time::timeout(MINUTE / 60, events.next()).await {
            Ok(Some(AppEvent::VaultLocked)) => return true,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return false,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unused_vault_closes_after_its_time_and_the_window_hears_of_it() {
    let rig = Rig::new().await;
    let mut events = rig.hub.subscribe();
    rig.after(14).await;
    assert!(rig.is_open().await);
    assert!(!told(&mut events).await);
    rig.after(2).await;
    assert!(!rig.is_open().await);
    assert!(told(&mut events).await);
    // Nothing of it is left in memory.
    let token = rig.accounts.access_token(rig.account.id, MINUTE).await;
    assert!(token.is_err());
    // Opened again, it has its time again.
    rig.accounts
        .open_vault_file("correct horse".into())
        .await
        .unwrap();
    rig.after(14).await;
    assert!(rig.is_open().await);
    rig.after(2).await;
    assert!(!rig.is_open().await);
    rig.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn every_use_gives_it_its_whole_time_again() {
    let rig = Rig::new().await;
    for _ in 0..4 {
        rig.after(10).await;
        let token = rig.accounts.access_token(rig.account.id, MINUTE).await;
        token.unwrap();
    }
    rig.after(14).await;
    assert!(rig.is_open().await);
    rig.after(2).await;
    assert!(!rig.is_open().await);
}

#[tokio::test(start_paused = true)]
async fn transfers_that_need_it_keep_it_open_and_no_others_do() {
    let rig = Rig::new().await;
    rig.show(rig.own(moving("x", 10)));
    rig.after(90).await;
    assert!(rig.is_open().await);
    rig.show(rig.own(done("x")));
    rig.closed().await;
    for view in [rig.own(paused("x")), moving("x", 10)] {
        rig.accounts
            .open_vault_file("correct horse".into())
            .await
            .unwrap();
        rig.show(view);
        rig.after(16).await;
        assert!(!rig.is_open().await);
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_is_what_the_settings_say_at_the_moment() {
    let rig = Rig::new().await;
    rig.set(0);
    rig.after(60 * 24 * 3).await;
    assert!(rig.is_open().await, "never");
    rig.accounts.vault().note_use();
    rig.set(5);
    rig.after(4).await;
    assert!(rig.is_open().await);
    rig.after(2).await;
    assert!(!rig.is_open().await);
    drop(rig.folder);
}

#[tokio::test(start_paused = true)]
async fn a_glance_at_the_window_alone_is_no_use() {
    let rig = Rig::new().await;
    for focused in [true, false, true, false] {
        rig.after(4).await;
        rig.focus.send_replace(focused);
    }
    assert!(!rig.is_open().await);
}
