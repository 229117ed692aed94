//! Renewals in several programs, and in one that is killed between the server's rotation and the storing of
//! what it brought (A18, A19).
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sifter_account::{AccountId, AccountState, Accounts, Error};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::keychain::{FolderKeychain, TOLD, tell};
use crate::played::{Played, TOKEN, text};

/// Tells the other program what to do.
const ORDERS: &str = "RENEWING_ORDERS";

#[derive(Serialize, Deserialize)]
struct Orders {
    list: PathBuf,
    keychain: PathBuf,
    account: AccountId,
    stops_before_storing: bool,
}

/// The other program. Without orders there is nothing to do.
#[tokio::test]
#[ignore = "started by the other tests of this file"]
async fn program() {
    let Ok(orders) = std::env::var(ORDERS) else {
        return;
    };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    let mut keychain = FolderKeychain::at(orders.keychain);
    keychain.stops_before_writing = orders.stops_before_storing;
    let accounts = Accounts::open(&orders.list, keychain.vault())
        .await
        .unwrap();
    let token = accounts.access_token(orders.account, Duration::ZERO).await;
    tell(&token.map_or_else(|error| error.to_string(), |token| text(&token).to_owned()));
}

/// A program and what it tells.
struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(orders: &Orders) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["processes::program", "--exact", "--ignored", "--nocapture"])
            .env(ORDERS, serde_json::to_string(orders).unwrap())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next thing it tells.
    async fn tells(&mut self) -> String {
        loop {
            let line = self.lines.next_line().await.unwrap().expect("it ended");
            if let Some(told) = line.strip_prefix(TOLD) {
                return told.to_owned();
            }
        }
    }

    /// Whether it has a file open.
    fn has_open(&self, path: &Path) -> bool {
        let folder = format!("/proc/{}/fd", self.child.id().unwrap());
        let open = std::fs::read_dir(folder).into_iter().flatten();
        open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
            .any(|link| link == path)
    }
}

struct Stage {
    folder: tempfile::TempDir,
    played: Played,
    account: AccountId,
}

impl Stage {
    /// Signed in as ada, with an access token that is as good as over.
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let played = Played::start().await;
        let mut stage = Self {
            folder,
            played,
            account: AccountId::random(),
        };
        stage.played.now().life = 1;
        let accounts = stage.accounts().await;
        stage.account = stage.played.signed_in(&accounts, "ada").await.id;
        stage.played.now().life = 900;
        stage
    }

    fn keychain(&self) -> FolderKeychain {
        FolderKeychain::at(self.folder.path().join("keychain"))
    }

    /// The accounts as a program sees them that has just started.
    async fn accounts(&self) -> Accounts {
        let list = self.folder.path().join("list");
        Accounts::open(&list, self.keychain().vault())
            .await
            .unwrap()
    }

    fn orders(&self, stops_before_storing: bool) -> Orders {
        Orders {
            list: self.folder.path().join("list"),
            keychain: self.keychain().folder,
            account: self.account,
            stops_before_storing,
        }
    }

    fn lock(&self) -> PathBuf {
        let name = format!("list/locks/{}.lock", self.account);
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// Kills a program when the server has rotated and nothing is stored yet.
    async fn killed_before_storing(&self) {
        let mut program = Program::start(&self.orders(true));
        assert_eq!(program.tells().await, "about to store");
        assert_eq!(self.played.asked(TOKEN), 2);
        program.child.kill().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_two_programs_make_one_renewal_and_both_have_the_new_token() {
    let stage = Stage::open().await;
    stage.played.hold(TOKEN);
    let mut programs = [
        Program::start(&stage.orders(false)),
        Program::start(&stage.orders(false)),
    ];
    // The server answers when both are at the lock, or when both have asked because there is none.
    let lock = stage.lock();
    let mut tries = tokio::time::interval(Duration::from_millis(10));
    while stage.played.asked(TOKEN) < 3
        && !(stage.played.asked(TOKEN) == 2 && programs.iter().all(|one| one.has_open(&lock)))
    {
        tries.tick().await;
    }
    stage.played.release();
    let [one, two] = &mut programs;
    let (one, two) = (one.tells().await, two.tells().await);
    assert_eq!(one, two);
    assert!(one.starts_with("at.ada."), "{one}");
    assert_eq!(stage.played.asked(TOKEN), 2, "the sign-in and one renewal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a19_a_crash_before_storing_is_made_good_within_the_grace_of_the_server() {
    let stage = Stage::open().await;
    stage.played.now().grace = true;
    stage.killed_before_storing().await;
    let accounts = stage.accounts().await;
    let token = accounts.access_token(stage.account, Duration::ZERO).await;
    assert!(text(&token.unwrap()).starts_with("at.ada."));
    assert_eq!(stage.played.asked(TOKEN), 3);
    let account = accounts.get(stage.account).await.unwrap();
    assert_eq!(account.state, AccountState::SignedIn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a19_a_crash_before_storing_without_grace_asks_for_a_new_sign_in_and_no_more() {
    let stage = Stage::open().await;
    stage.killed_before_storing().await;
    for _ in 0..3 {
        let accounts = stage.accounts().await;
        let token = accounts.access_token(stage.account, Duration::ZERO).await;
        assert!(matches!(token, Err(Error::NeedsSignIn)), "{token:?}");
        let account = accounts.get(stage.account).await.unwrap();
        assert_eq!(account.state, AccountState::NeedsSignIn);
    }
    assert_eq!(
        stage.played.asked(TOKEN),
        3,
        "one try with the old token, and never again"
    );
    assert_eq!(stage.keychain().names(), [""; 0]);
}
