//! The folder of keys.

use sifter_signing::openpgp::{
    KeyOrigin, KeyStore, PUBLIC_RING, RevocationReason, SECRET_RING, SecretKey,
};

use crate::images::{ADA, BOB, MADE};

fn fingerprints(store: &KeyStore) -> Vec<String> {
    let ring = store.public(KeyOrigin::Local).unwrap();
    ring.certificates()
        .iter()
        .map(|certificate| certificate.fingerprint().to_string())
        .collect()
}

#[test]
fn keys_are_kept_for_their_owner_alone_until_they_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::new(folder.path().join("deep/keys"));
    assert!(fingerprints(&store).is_empty() && store.secret().unwrap().is_empty());
    store.add(&BOB.certificate()).unwrap();
    store.add_secret(&ADA).unwrap();
    store.add_secret(&ADA).unwrap();
    assert_eq!(
        fingerprints(&store),
        [BOB.fingerprint().to_string(), ADA.fingerprint().to_string()]
    );
    let secret: Vec<_> = store
        .secret()
        .unwrap()
        .iter()
        .map(SecretKey::fingerprint)
        .collect();
    assert_eq!(secret, [ADA.fingerprint()]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| {
            let metadata = std::fs::metadata(folder.path().join("deep/keys").join(path)).unwrap();
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(
            (mode("."), mode(PUBLIC_RING), mode(SECRET_RING)),
            (0o700, 0o600, 0o600)
        );
    }
    assert!(store.remove(&ADA.fingerprint()).unwrap());
    assert!(!store.remove(&ADA.fingerprint()).unwrap());
    assert!(store.secret().unwrap().is_empty());
    assert_eq!(fingerprints(&store), [BOB.fingerprint().to_string()]);
}

#[test]
fn an_older_copy_does_not_undo_a_revocation() {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::new(folder.path());
    store.add(&ADA.certificate()).unwrap();
    let mut newer = ADA.clone();
    newer.revoke(RevocationReason::Retired, None, MADE).unwrap();
    store.add(&newer.certificate()).unwrap();
    store.add(&ADA.certificate()).unwrap();
    let ring = store.public(KeyOrigin::Local).unwrap();
    assert_eq!(ring.get(&ADA.fingerprint()).unwrap().revoked(), Some(MADE));
    assert_eq!(
        ADA.certificate().merged(&BOB.certificate()),
        ADA.certificate()
    );
}

#[test]
fn a_ring_of_the_reference_form_is_read() {
    // Binary keys one after the other, which is all that the tools write.
    let folder = tempfile::tempdir().unwrap();
    let mut ring = ADA.certificate().to_bytes().unwrap();
    ring.extend(BOB.certificate().to_bytes().unwrap());
    std::fs::write(folder.path().join(PUBLIC_RING), ring).unwrap();
    assert_eq!(fingerprints(&KeyStore::new(folder.path())).len(), 2);
}

#[test]
fn changes_at_the_same_time_do_not_lose_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::new(folder.path().join("keys"));
    let keys: Vec<SecretKey> = (0..8)
        .map(|number| {
            SecretKey::generate(&crate::images::new_key(&format!("Key {number}")), None).unwrap()
        })
        .collect();
    std::thread::scope(|scope| {
        for key in &keys {
            scope.spawn(|| store.add_secret(key).unwrap());
        }
    });
    assert_eq!(store.secret().unwrap().len(), keys.len());
    assert_eq!(fingerprints(&store).len(), keys.len());
}
