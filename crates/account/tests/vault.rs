//! The vault over a keychain that fails in every way a real one does (A22).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sifter_account::vault::{
    Keychain, MemoryKeychain, Patience, SecretStore, StoreError, VaultError,
};
use sifter_account::{AccountId, Storage, Vault, VaultStatus};

fn vault(keychain: &MemoryKeychain) -> Vault {
    Vault::over(keychain.clone(), Patience::default())
}

fn in_keychain() -> Storage {
    Storage::Keychain {
        name: "Memory".into(),
    }
}

async fn loaded(vault: &Vault, account: AccountId) -> Option<String> {
    let secret = vault.load(account).await.unwrap();
    secret.map(|secret| secret.expose_secret().to_owned())
}

fn long(letter: char, bytes: usize) -> SecretString {
    letter.to_string().repeat(bytes).into()
}

#[tokio::test]
async fn secrets_of_every_length_come_back_as_they_were() {
    let keychain = MemoryKeychain::new();
    let vault = vault(&keychain);
    for bytes in [1, 2399, 2400, 2401, 2560, 2561, 4800, 19_200] {
        let account = AccountId::random();
        assert_eq!(
            vault.store(account, long('x', bytes)).await,
            in_keychain(),
            "{bytes}"
        );
        assert_eq!(loaded(&vault, account).await.unwrap().len(), bytes);
    }
    // The keychain itself refuses more than 2560 bytes, so nothing was longer.
    for name in keychain.names() {
        assert!(keychain.item(&name).unwrap().expose_secret().len() <= 2400);
    }
}

#[tokio::test]
async fn a_vault_without_a_keychain_says_so_and_forgets_what_it_is_told_to() {
    let vault = Vault::session_only();
    assert_eq!(vault.status().await, VaultStatus::Absent);
    let account = AccountId::random();
    assert_eq!(
        vault.store(account, long('x', 20_000)).await,
        Storage::SessionOnly
    );
    assert_eq!(loaded(&vault, account).await.unwrap().len(), 20_000);
    vault.remove(account).await.unwrap();
    assert_eq!(loaded(&vault, account).await, None);
}

#[tokio::test]
async fn a_secret_is_never_cut_inside_a_character() {
    let keychain = MemoryKeychain::new();
    let vault = vault(&keychain);
    let account = AccountId::random();
    let text = format!("x{}", "\u{e4}".repeat(3000));
    vault.store(account, text.as_str().into()).await;
    assert_eq!(loaded(&vault, account).await.unwrap(), text);
}

#[tokio::test]
async fn a_secret_too_long_for_the_keychain_stays_in_memory() {
    let keychain = MemoryKeychain::new();
    let account = AccountId::random();
    let first = vault(&keychain);
    assert_eq!(
        first.store(account, long('x', 20_000)).await,
        Storage::SessionOnly
    );
    assert_eq!(loaded(&first, account).await.unwrap().len(), 20_000);
    assert!(keychain.names().is_empty());
    assert_eq!(loaded(&vault(&keychain), account).await, None);
}

#[tokio::test]
async fn a_new_secret_leaves_nothing_of_the_old_one() {
    let keychain = MemoryKeychain::new();
    let vault = vault(&keychain);
    let account = AccountId::random();
    vault.store(account, long('a', 7000)).await;
    vault.store(account, long('b', 5000)).await;
    assert_eq!(loaded(&vault, account).await.unwrap(), "b".repeat(5000));
    assert_eq!(keychain.names().len(), 1 + 3);
    vault.store(account, "short".into()).await;
    assert_eq!(keychain.names().len(), 1);
    vault.remove(account).await.unwrap();
    assert!(keychain.names().is_empty());
}

#[tokio::test]
async fn a22_missing_foreign_or_shortened_parts_are_corrupt_and_not_a_secret() {
    for damage in ["missing", "foreign", "shortened", "longer"] {
        let keychain = MemoryKeychain::new();
        let vault = vault(&keychain);
        let account = AccountId::random();
        vault.store(account, long('a', 5000)).await;
        let part = keychain.names().into_iter().last().unwrap();
        let text = keychain.take(&part).unwrap().expose_secret().to_owned();
        match damage {
            "missing" => {}
            "foreign" => keychain.put(&part, &"z".repeat(text.len())),
            "shortened" => keychain.put(&part, &text[1..]),
            _ => keychain.put(&part, &format!("{text}x")),
        }
        let error = vault.load(account).await.unwrap_err();
        assert!(matches!(error, VaultError::Corrupt), "{damage}: {error}");
    }
}

#[tokio::test]
async fn a22_a_write_that_was_cut_off_leaves_the_old_secret() {
    let keychain = MemoryKeychain::new();
    let account = AccountId::random();
    vault(&keychain).store(account, long('a', 5000)).await;
    // The parts of the next generation are there, its manifest is not.
    keychain.put(&format!("acct.{account}.v1.2.0"), &"b".repeat(2400));
    let vault = vault(&keychain);
    assert_eq!(loaded(&vault, account).await.unwrap(), "a".repeat(5000));
    vault.remove(account).await.unwrap();
    assert!(keychain.names().is_empty());
}

#[tokio::test]
async fn a22_what_a_newer_version_has_stored_is_left_untouched() {
    let keychain = MemoryKeychain::new();
    let account = AccountId::random();
    let name = format!("acct.{account}.v1");
    let newer = r#"{"v":2,"gen":1,"parts":1,"len":3,"sha256":"x"}"#;
    keychain.put(&name, newer);
    let vault = vault(&keychain);
    let error = vault.load(account).await.unwrap_err();
    assert!(matches!(error, VaultError::NewerVersion));
    assert_eq!(
        vault.store(account, "mine".into()).await,
        Storage::SessionOnly
    );
    assert_eq!(keychain.item(&name).unwrap().expose_secret(), newer);
}

#[tokio::test]
async fn a22_an_item_deleted_by_somebody_else_is_no_secret() {
    let keychain = MemoryKeychain::new();
    let vault = vault(&keychain);
    let (gone, kept) = (AccountId::random(), AccountId::random());
    vault.store(gone, "1".into()).await;
    vault.store(kept, "2".into()).await;
    keychain.take(&format!("acct.{gone}.v1"));
    assert_eq!(loaded(&vault, gone).await, None);
    assert_eq!(loaded(&vault, kept).await.as_deref(), Some("2"));
    vault.remove(gone).await.unwrap();
}

#[tokio::test]
async fn a22_a_restarted_keychain_service_is_connected_to_again() {
    let keychain = MemoryKeychain::new();
    let vault = vault(&keychain);
    let account = AccountId::random();
    vault.store(account, "before".into()).await;
    keychain.restart();
    assert_eq!(loaded(&vault, account).await.as_deref(), Some("before"));
    keychain.restart();
    assert_eq!(vault.store(account, "after".into()).await, in_keychain());
}

#[tokio::test]
async fn a22_without_a_keychain_secrets_last_for_the_session_and_move_in_when_one_appears() {
    let keychain = MemoryKeychain::new();
    keychain.set_absent(true);
    let vault = vault(&keychain);
    let account = AccountId::random();
    assert_eq!(vault.status().await, VaultStatus::Absent);
    assert_eq!(vault.store(account, "s".into()).await, Storage::SessionOnly);
    assert_eq!(loaded(&vault, account).await.as_deref(), Some("s"));
    keychain.set_absent(false);
    assert_eq!(
        vault.status().await,
        VaultStatus::Ready {
            name: "Memory".into()
        }
    );
    assert_eq!(vault.store(account, "t".into()).await, in_keychain());
    assert_eq!(loaded(&vault, account).await.as_deref(), Some("t"));
}

#[tokio::test]
async fn a22_a_locked_keychain_is_told_from_a_missing_one() {
    let keychain = MemoryKeychain::new();
    let vault = vault(&keychain);
    let account = AccountId::random();
    vault.store(account, "s".into()).await;
    keychain.set_locked(true);
    assert_eq!(
        vault.status().await,
        VaultStatus::Locked {
            name: "Memory".into()
        }
    );
    assert!(matches!(vault.load(account).await, Err(VaultError::Locked)));
    assert!(matches!(
        vault.remove(account).await,
        Err(VaultError::Locked)
    ));
    keychain.set_locked(false);
    assert_eq!(loaded(&vault, account).await.as_deref(), Some("s"));
}

#[tokio::test]
async fn the_probe_leaves_nothing_behind() {
    let keychain = MemoryKeychain::new();
    vault(&keychain).status().await;
    assert!(keychain.names().is_empty());
}

/// A keychain that asks the person something, and the person is away.
struct Asking(std::sync::mpsc::Receiver<()>);

struct AskingStore(std::sync::mpsc::Receiver<()>);

impl Keychain for Asking {
    fn name(&self) -> &str {
        "Asking"
    }

    fn connect(&mut self) -> Result<Box<dyn SecretStore>, StoreError> {
        let (_, never) = std::sync::mpsc::channel();
        Ok(Box::new(AskingStore(std::mem::replace(&mut self.0, never))))
    }
}

impl SecretStore for AskingStore {
    fn get(&mut self, _name: &str) -> Result<Option<SecretString>, StoreError> {
        // Ends when the test drops its end.
        let _ = self.0.recv();
        Ok(None)
    }

    fn set(&mut self, _name: &str, _secret: &SecretString) -> Result<(), StoreError> {
        let _ = self.0.recv();
        Ok(())
    }

    fn delete(&mut self, _name: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn a22_a_question_nobody_answers_counts_as_locked_and_does_not_hang() {
    let (_answer, question) = std::sync::mpsc::channel();
    let patience = Patience {
        quick: Duration::from_millis(20),
        prompt: Duration::from_millis(40),
    };
    let vault = Vault::over(Asking(question), patience);
    let account = AccountId::random();
    assert!(matches!(vault.status().await, VaultStatus::Locked { .. }));
    assert!(matches!(vault.load(account).await, Err(VaultError::Locked)));
    assert_eq!(vault.store(account, "s".into()).await, Storage::SessionOnly);
    assert_eq!(loaded(&vault, account).await.as_deref(), Some("s"));
}

#[tokio::test]
async fn whoever_waits_for_an_unlocked_keychain_can_be_seen() {
    let (answer, question) = std::sync::mpsc::channel();
    let patience = Patience {
        quick: Duration::from_millis(20),
        prompt: Duration::from_secs(60),
    };
    let vault = Vault::over(Asking(question), patience);
    let mut waiting = vault.waiting();
    assert_eq!(*waiting.borrow_and_update(), 0);
    let loading = tokio::spawn({
        let vault = vault.clone();
        async move { vault.load(AccountId::random()).await }
    });
    assert_eq!(*waiting.wait_for(|count| *count > 0).await.unwrap(), 1);
    // The person answers.
    answer.send(()).unwrap();
    loading.await.unwrap().unwrap();
    assert_eq!(*waiting.borrow(), 0);
    // Whoever gives up waits no more.
    let loading = tokio::spawn({
        let vault = vault.clone();
        async move { vault.load(AccountId::random()).await }
    });
    let _ = waiting.wait_for(|count| *count > 0).await.unwrap();
    loading.abort();
    let _ = waiting.wait_for(|count| *count == 0).await.unwrap();
}

#[tokio::test]
async fn debug_of_a_vault_shows_no_secret() {
    let keychain = MemoryKeychain::new();
    keychain.set_absent(true);
    let vault = vault(&keychain);
    vault.store(AccountId::random(), "hunter2".into()).await;
    assert!(!format!("{vault:?}").contains("hunter2"));
}
