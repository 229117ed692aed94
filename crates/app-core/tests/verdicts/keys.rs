//! The screen of keys: making, backing up, meeting, trusting, taking back.

use sifter_contract::requests::{KeyExpiry, KeyExport, KeyMake, KeyRef, KeyRevoke};
use sifter_contract::{Api, ErrorCode, KeyRow, KeyStanding, KeyTrust, Nothing, RevocationCause};
use sifter_signing::openpgp::KeyStore;

use crate::disk::nowhere_in;
use crate::signing::passphrase;
use crate::stage::{Stage, key};

fn key_ref(fingerprint: &str) -> KeyRef {
    KeyRef {
        fingerprint: fingerprint.to_owned(),
    }
}

/// The keys whose fingerprints are among `wanted`: this computer may have others in the rings of its tools.
async fn rows(stage: &Stage, wanted: &[&str]) -> Vec<KeyRow> {
    let list = stage.core.key_list(Nothing {}).await.unwrap().keys;
    list.into_iter()
        .filter(|row| wanted.contains(&row.key.fingerprint.as_str()))
        .collect()
}

async fn make(stage: &Stage, text: Option<&str>, keep: bool) -> String {
    let made = stage.core.key_make(KeyMake {
        name: "Ada <ada@example.org>".to_owned(),
        rsa: false,
        days: Some(365),
        passphrase: text.map(passphrase),
        keep,
    });
    made.await.unwrap().fingerprint
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_asked_to_be_backed_up_until_it_is() {
    let mut stage = Stage::new().await;
    let ada = make(&stage, Some("correct horse"), false).await;
    let row = rows(&stage, &[&ada]).await.remove(0);
    assert_eq!((row.trust, row.backed_up), (KeyTrust::Own, false));
    assert!(row.key.protected && !row.passphrase_kept);
    let export = |secret| {
        let fingerprint = ada.clone();
        KeyExport {
            fingerprint,
            secret,
        }
    };
    // Whoever closes the dialog has no backup, and the public part is none.
    let none = stage.core.key_export(export(true)).await.unwrap();
    assert_eq!(none.name, None);
    let public = stage.path("public.asc");
    stage.host.saves.lock().unwrap().push_back(public.clone());
    stage.core.key_export(export(false)).await.unwrap();
    let text = std::fs::read_to_string(public).unwrap();
    assert!(text.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----"));
    assert!(!rows(&stage, &[&ada]).await[0].backed_up);
    let backup = stage.path("secret.asc");
    stage.host.saves.lock().unwrap().push_back(backup.clone());
    let saved = stage.core.key_export(export(true)).await.unwrap();
    assert_eq!(saved.name.as_deref(), Some("secret.asc"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = backup.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
    stage.restart().await;
    assert!(rows(&stage, &[&ada]).await[0].backed_up);

    // The backup brings the key back.
    stage.core.key_remove(key_ref(&ada)).await.unwrap();
    assert!(rows(&stage, &[&ada]).await.is_empty());
    stage.host.files.lock().unwrap().push_back(backup);
    let imported = stage.core.key_import(Nothing {}).await.unwrap();
    assert_eq!((imported.keys.len(), imported.secret), (1, 1));
    assert_eq!(rows(&stage, &[&ada]).await[0].trust, KeyTrust::Own);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_from_a_file_is_met_and_trusted_only_when_somebody_says_so() {
    let stage = Stage::new().await;
    let bob = key("Bob", None);
    let fingerprint = bob.fingerprint().to_string();
    let path = stage.path("bob.asc");
    std::fs::write(&path, bob.certificate().to_armor().unwrap()).unwrap();
    stage.host.files.lock().unwrap().push_back(path);
    let imported = stage.core.key_import(Nothing {}).await.unwrap();
    assert_eq!(imported.secret, 0);
    let trust = async || rows(&stage, &[&fingerprint]).await[0].trust;
    assert_eq!(trust().await, KeyTrust::Met);
    stage.core.key_trust(key_ref(&fingerprint)).await.unwrap();
    assert_eq!(trust().await, KeyTrust::Trusted);
    stage
        .core
        .key_distrust(key_ref(&fingerprint))
        .await
        .unwrap();
    assert_eq!(trust().await, KeyTrust::Met);
    stage.core.key_remove(key_ref(&fingerprint)).await.unwrap();
    assert!(rows(&stage, &[&fingerprint]).await.is_empty());
    let unknown = stage.core.key_trust(key_ref(&fingerprint)).await;
    assert_eq!(unknown.unwrap_err().code, ErrorCode::KeyUnusable);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_ones_own_is_never_distrusted_by_mistake() {
    let stage = Stage::new().await;
    let ada = make(&stage, None, false).await;
    assert!(stage.core.key_distrust(key_ref(&ada)).await.is_err());
    assert_eq!(rows(&stage, &[&ada]).await[0].trust, KeyTrust::Own);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_gets_another_end_and_is_taken_back_with_its_passphrase_only() {
    let stage = Stage::new().await;
    let ada = make(&stage, Some("correct horse"), false).await;
    let expiry = |text: Option<&str>| KeyExpiry {
        fingerprint: ada.clone(),
        days: None,
        passphrase: text.map(passphrase),
    };
    let needed = stage.core.key_set_expiry(expiry(None)).await.unwrap_err();
    assert_eq!(needed.code, ErrorCode::PassphraseNeeded);
    let wrong = stage.core.key_set_expiry(expiry(Some("no"))).await;
    assert_eq!(wrong.unwrap_err().code, ErrorCode::PassphraseWrong);
    let moved = stage.core.key_set_expiry(expiry(Some("correct horse")));
    assert_eq!(moved.await.unwrap().expires, None);
    let text = stage.path("revocation.asc");
    stage.host.saves.lock().unwrap().push_back(text.clone());
    let revoked = stage.core.key_revoke(KeyRevoke {
        fingerprint: ada.clone(),
        cause: RevocationCause::Compromised,
        passphrase: Some(passphrase("correct horse")),
    });
    assert_eq!(
        revoked.await.unwrap().name.as_deref(),
        Some("revocation.asc")
    );
    let row = rows(&stage, &[&ada]).await.remove(0);
    assert_eq!(row.key.standing, KeyStanding::Revoked);
    assert!(std::fs::read_to_string(text).unwrap().contains("PGP"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_lies_nowhere_on_the_disk() {
    let stage = Stage::new().await;
    let ada = make(&stage, Some("correct horse battery"), true).await;
    assert!(rows(&stage, &[&ada]).await[0].passphrase_kept);
    stage
        .core
        .key_forget_passphrase(key_ref(&ada))
        .await
        .unwrap();
    assert!(!rows(&stage, &[&ada]).await[0].passphrase_kept);
    let store = KeyStore::new(stage.path("home/config/keys"));
    assert!(store.secret().unwrap()[0].is_protected());
    nowhere_in(&stage.path("home"), &["correct horse battery"]);
    stage.end().await;
}
