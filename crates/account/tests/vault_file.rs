//! The vault in a file: what it keeps, what it says, and what becomes of it when it is damaged, half-written, or its
//! program is killed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Stdio;

use secrecy::{ExposeSecret as _, SecretString};
use sifter_account::vault::{Cost, FileState, MemoryKeychain, Patience, VaultError};
use sifter_account::{
    AccountId, AccountState, Accounts, BoxFuture, Error, Identify, IdentifyError, Identity, Server,
    ServerKey, Storage, Vault,
};
use tokio::io::{AsyncBufReadExt as _, BufReader};

const PASSPHRASE: &str = "correct horse battery";
const SECRET: &str = "the-secret-of-an-account";

/// Next to nothing: guessing is not what is tried here.
const CHEAP: Cost = Cost {
    memory: 8,
    passes: 1,
};

fn vault(folder: &Path) -> Vault {
    Vault::session_only().with_file(folder, CHEAP)
}

fn file(folder: &Path) -> std::path::PathBuf {
    folder.join("vault.json")
}

async fn opened(folder: &Path) -> Vault {
    let vault = vault(folder);
    vault.open_file(PASSPHRASE.into()).await.unwrap();
    vault
}

/// A folder with a vault that holds one secret.
async fn filled() -> (tempfile::TempDir, AccountId) {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault.create_file(PASSPHRASE.into()).await.unwrap();
    let account = AccountId::random();
    assert_eq!(vault.store(account, SECRET.into()).await, Storage::File);
    (folder, account)
}

async fn loaded(vault: &Vault, account: AccountId) -> Result<Option<String>, VaultError> {
    let secret = vault.load(account).await?;
    Ok(secret.map(|secret| secret.expose_secret().to_owned()))
}

#[tokio::test]
async fn what_is_kept_is_there_in_the_next_session_and_nowhere_in_plain_text() {
    let (folder, account) = filled().await;
    let vault = vault(folder.path());
    assert_eq!(vault.file().await, FileState::Closed);
    assert!(matches!(vault.load(account).await, Err(VaultError::Closed)));
    vault.open_file(PASSPHRASE.into()).await.unwrap();
    assert_eq!(vault.file().await, FileState::Open);
    assert_eq!(loaded(&vault, account).await.unwrap().unwrap(), SECRET);
    assert_eq!(
        loaded(&vault, AccountId::random()).await.unwrap(),
        None,
        "another account has nothing"
    );
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for hidden in [SECRET, PASSPHRASE, &account.to_string()] {
            assert!(!text.contains(hidden), "{hidden} in {}", path.display());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
    vault.remove(account).await.unwrap();
    assert_eq!(loaded(&vault, account).await.unwrap(), None);
}

#[tokio::test]
async fn another_passphrase_opens_nothing_and_changes_nothing() {
    let (folder, account) = filled().await;
    let before = std::fs::read(file(folder.path())).unwrap();
    let vault = vault(folder.path());
    for wrong in ["", "correct horse batter", "Correct horse battery"] {
        let error = vault.open_file(wrong.into()).await.unwrap_err();
        assert!(
            matches!(error, VaultError::WrongPassphrase),
            "{wrong}: {error}"
        );
        assert_eq!(vault.file().await, FileState::Closed);
    }
    assert_eq!(std::fs::read(file(folder.path())).unwrap(), before);
    // What comes meanwhile lasts for the session, and moves in when the file is opened.
    let new = AccountId::random();
    assert_eq!(vault.store(new, "new".into()).await, Storage::SessionOnly);
    vault.open_file(PASSPHRASE.into()).await.unwrap();
    assert_eq!(loaded(&vault, account).await.unwrap().unwrap(), SECRET);
    let later = opened(folder.path()).await;
    assert_eq!(loaded(&later, new).await.unwrap().unwrap(), "new");
}

#[tokio::test]
async fn a_vault_is_made_with_a_passphrase_worth_the_name_and_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    for weak in ["", "1234567", &"x".repeat(2000)] {
        let error = vault.create_file(weak.into()).await.unwrap_err();
        assert!(matches!(error, VaultError::WeakPassphrase), "{error}");
    }
    assert_eq!(vault.file().await, FileState::None);
    assert!(matches!(
        vault.open_file(PASSPHRASE.into()).await,
        Err(VaultError::Absent)
    ));
    vault.create_file(PASSPHRASE.into()).await.unwrap();
    let before = std::fs::read(file(folder.path())).unwrap();
    let again = vault.create_file("another passphrase".into()).await;
    assert!(matches!(again, Err(VaultError::Closed)));
    assert_eq!(std::fs::read(file(folder.path())).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_file_is_told_from_a_wrong_passphrase_and_left_as_it_is() {
    let (folder, account) = filled().await;
    let path = file(folder.path());
    let good = std::fs::read(&path).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&good).unwrap();
    let mut damaged: Vec<Vec<u8>> = vec![Vec::new(), b"{}".to_vec(), b"null".to_vec()];
    // Cut off anywhere, as a full disk or a broken one leaves it.
    damaged.extend((1..good.len()).step_by(7).map(|end| good[..end].to_vec()));
    for (field, value) in [
        ("gen", serde_json::json!(99)),
        ("nonce", serde_json::json!("A".repeat(32))),
        ("sealed", serde_json::json!("AAAA")),
        ("kdf", serde_json::json!("md5")),
        ("cost", serde_json::json!({ "m": 4_000_000, "t": 1 })),
        ("cost", serde_json::json!({ "m": 8, "t": 4_000_000 })),
        (
            "cost",
            serde_json::json!({ "m": 8, "t": 1, "p": 4_000_000 }),
        ),
    ] {
        let mut changed = document.clone();
        changed[field] = value;
        damaged.push(changed.to_string().into_bytes());
    }
    let mut turned = document.clone();
    let sealed = turned["sealed"].as_str().unwrap();
    turned["sealed"] = sealed.chars().rev().collect::<String>().into();
    damaged.push(turned.to_string().into_bytes());
    for text in damaged {
        std::fs::write(&path, &text).unwrap();
        let vault = vault(folder.path());
        let shown = String::from_utf8_lossy(&text);
        let error = vault.open_file(PASSPHRASE.into()).await.unwrap_err();
        assert!(matches!(error, VaultError::Corrupt), "{error}: {shown}");
        assert_eq!(
            vault.store(AccountId::random(), "x".into()).await,
            Storage::SessionOnly
        );
        assert_eq!(std::fs::read(&path).unwrap(), text, "left as it is");
    }
    let mut newer = document;
    newer["v"] = 2.into();
    std::fs::write(&path, newer.to_string()).unwrap();
    let error = vault(folder.path()).open_file(PASSPHRASE.into()).await;
    assert!(matches!(error, Err(VaultError::NewerVersion)));
    // The file of a backup works again.
    std::fs::write(&path, good).unwrap();
    let vault = opened(folder.path()).await;
    assert_eq!(loaded(&vault, account).await.unwrap().unwrap(), SECRET);
}

#[tokio::test]
async fn forgetting_what_is_not_there_writes_nothing() {
    let (folder, account) = filled().await;
    let before = std::fs::read(file(folder.path())).unwrap();
    let vault = opened(folder.path()).await;
    vault.remove(AccountId::random()).await.unwrap();
    assert_eq!(std::fs::read(file(folder.path())).unwrap(), before);
    vault.remove(account).await.unwrap();
    assert_ne!(std::fs::read(file(folder.path())).unwrap(), before);
}

#[tokio::test]
async fn a_person_who_wants_no_vault_file_gets_no_file_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let account = AccountId::random();
    let stored = vault.store(account, SECRET.into()).await;
    assert_eq!(stored, Storage::SessionOnly);
    vault.remove(account).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_write_that_was_cut_off_leaves_what_was_there() {
    let (folder, account) = filled().await;
    let half = &std::fs::read(file(folder.path())).unwrap()[..80];
    std::fs::write(folder.path().join("vault.json.new"), half).unwrap();
    let vault = opened(folder.path()).await;
    assert_eq!(loaded(&vault, account).await.unwrap().unwrap(), SECRET);
    assert_eq!(vault.store(account, "next".into()).await, Storage::File);
    let later = opened(folder.path()).await;
    assert_eq!(loaded(&later, account).await.unwrap().unwrap(), "next");
}

/// The place where the program that is killed has its vault.
const FOLDER: &str = "VAULT_FOLDER";

/// The program that is killed: it writes without end. Without a folder there is nothing to do.
#[tokio::test]
#[ignore = "started by the test that kills it"]
async fn program() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let vault = opened(folder.as_ref()).await;
    let account = AccountId::PROXY;
    for count in 0_u64.. {
        // Long enough for a write to take a while.
        let text = format!("{count} {}", "x".repeat(200_000));
        assert_eq!(vault.store(account, text.into()).await, Storage::File);
        println!("\n{count}");
    }
}

#[tokio::test]
async fn a_program_that_is_killed_while_it_writes_leaves_a_whole_vault() {
    let (folder, account) = filled().await;
    for writes in [1, 2, 5, 9] {
        let mut child = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["program", "--exact", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = None;
        while told.is_none_or(|told| told < writes) {
            let line = lines.next_line().await.unwrap().unwrap();
            told = line.parse::<u64>().ok().or(told);
        }
        child.kill().await.unwrap();
        let vault = opened(folder.path()).await;
        assert_eq!(loaded(&vault, account).await.unwrap().unwrap(), SECRET);
        let found = loaded(&vault, AccountId::PROXY).await.unwrap().unwrap();
        let (count, rest) = found.split_once(' ').unwrap();
        assert!(count.parse::<u64>().unwrap() >= told.unwrap());
        assert_eq!(rest.len(), 200_000);
    }
}

#[tokio::test]
async fn two_programs_keep_what_the_other_has_written() {
    let (folder, _) = filled().await;
    let (one, two) = (opened(folder.path()).await, opened(folder.path()).await);
    let accounts: Vec<_> = (0..20).map(|_| AccountId::random()).collect();
    for (number, account) in accounts.iter().enumerate() {
        let vault = if number % 2 == 0 { &one } else { &two };
        vault.store(*account, number.to_string().into()).await;
    }
    for (number, account) in accounts.iter().enumerate() {
        for vault in [&one, &two] {
            let found = loaded(vault, *account).await.unwrap();
            assert_eq!(found, Some(number.to_string()));
        }
    }
}

#[tokio::test]
async fn a_keychain_that_is_there_is_used_and_the_file_is_not() {
    let (folder, account) = filled().await;
    let keychain = MemoryKeychain::new();
    let vault = Vault::over(keychain.clone(), Patience::default()).with_file(folder.path(), CHEAP);
    vault.open_file(PASSPHRASE.into()).await.unwrap();
    assert_eq!(
        loaded(&vault, account).await.unwrap().unwrap(),
        SECRET,
        "what the file has is found"
    );
    let name = || "Memory".to_owned();
    let stored = vault.store(account, "newer".into()).await;
    assert_eq!(stored, Storage::Keychain { name: name() });
    assert_eq!(loaded(&vault, account).await.unwrap().unwrap(), "newer");
    // One that is locked holds something older: nothing newer may lie where it is found second.
    keychain.set_locked(true);
    let stored = vault.store(account, "newest".into()).await;
    assert_eq!(stored, Storage::SessionOnly);
    keychain.set_locked(false);
    assert_eq!(loaded(&vault, account).await.unwrap().unwrap(), "newest");
}

/// Everybody is ada.
struct Ada;

impl Identify for Ada {
    fn identify<'a>(
        &'a self,
        _: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>> {
        Box::pin(std::future::ready(Ok(Identity {
            subject: "1".into(),
            login: "ada".into(),
            display: "Ada".into(),
            expires: None,
        })))
    }
}

fn server(name: &str) -> Server {
    Server {
        key: ServerKey::new(name),
        label: name.into(),
        issuer: None,
        origins: Vec::new(),
    }
}

async fn accounts(folder: &Path) -> Accounts {
    Accounts::open(folder, vault(folder)).await.unwrap()
}

#[tokio::test]
async fn accounts_move_into_the_file_and_wait_for_it_in_the_next_session() {
    let folder = tempfile::tempdir().unwrap();
    let first = accounts(folder.path()).await;
    let ada = first.add_token(server("a"), "token-a".into(), &Ada).await;
    let ada = ada.unwrap();
    assert_eq!(ada.storage, Storage::SessionOnly);
    first.create_vault_file(PASSPHRASE.into()).await.unwrap();
    assert_eq!(first.get(ada.id).await.unwrap().storage, Storage::File);

    let next = accounts(folder.path()).await;
    let quick = std::time::Duration::ZERO;
    let closed = next.access_token(ada.id, quick).await.unwrap_err();
    assert!(
        matches!(closed, Error::Keychain(VaultError::Closed)),
        "{closed:?}"
    );
    let state = next.get(ada.id).await.unwrap().state;
    assert_eq!(
        state,
        AccountState::SignedIn,
        "it only has to be opened again"
    );
    next.open_vault_file(PASSPHRASE.into()).await.unwrap();
    let token = next.access_token(ada.id, quick).await.unwrap();
    assert_eq!(token.expose_secret(), "token-a");
    // Closed again, nothing of it is left in memory.
    next.close_vault_file().await.unwrap();
    assert!(next.access_token(ada.id, quick).await.is_err());
}

#[tokio::test]
async fn an_account_signed_out_while_the_file_is_closed_leaves_it_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let first = accounts(folder.path()).await;
    first.create_vault_file(PASSPHRASE.into()).await.unwrap();
    let ada = first.add_token(server("a"), "token-a".into(), &Ada).await;
    let id = ada.unwrap().id;

    let next = accounts(folder.path()).await;
    let done = next.sign_out(id).await.unwrap();
    assert!(!done.forgotten);
    next.open_vault_file(PASSPHRASE.into()).await.unwrap();
    assert_eq!(loaded(next.vault(), id).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_that_is_given_up_leaves_its_accounts_to_this_session_or_to_a_new_sign_in() {
    for open in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let first = accounts(folder.path()).await;
        first.create_vault_file(PASSPHRASE.into()).await.unwrap();
        let ada = first.add_token(server("a"), "token-a".into(), &Ada).await;
        let id = ada.unwrap().id;
        let next = accounts(folder.path()).await;
        if open {
            next.open_vault_file(PASSPHRASE.into()).await.unwrap();
        }
        next.forget_vault_file().await.unwrap();
        assert!(!file(folder.path()).exists());
        assert_eq!(next.vault().file().await, FileState::None);
        let account = next.get(id).await.unwrap();
        assert_eq!(account.storage, Storage::SessionOnly);
        let token = next.access_token(id, std::time::Duration::ZERO).await;
        assert_eq!(token.is_ok(), open, "{token:?}");
        let expected = if open {
            AccountState::SignedIn
        } else {
            AccountState::NeedsSignIn
        };
        assert_eq!(account.state, expected);
    }
}
