//! The folder of keys.

use sifter_signing::Error;
use sifter_signing::openpgp::{
    KeyOrigin, KeyStore, Lent, PUBLIC_RING, RevocationReason, SECRET_RING, SecretKey,
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

/// A packet of a kind that nobody knows (RFC 9580, private use), as a key that is not understood.
const FOREIGN: &[u8] = &[0xc0 | 60, 3, 1, 2, 3];

#[test]
fn a_key_is_lent_to_another_program_whose_keys_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let own = KeyStore::new(folder.path().join("own"));
    own.add_secret(&ADA).unwrap();
    own.add(&BOB.certificate()).unwrap();
    let place = folder.path().join("home/.singularity/sypgp");
    let theirs = KeyStore::new(&place);

    let lent = own.lend(&ADA.fingerprint(), &theirs, false).unwrap();
    assert!(lent.public && !lent.secret);
    assert!(theirs.secret().unwrap().is_empty() && !place.join(SECRET_RING).exists());
    let lent = own.lend(&ADA.fingerprint(), &theirs, true).unwrap();
    assert!(!lent.public && lent.secret);
    assert_eq!(
        own.lend(&ADA.fingerprint(), &theirs, true).unwrap(),
        Lent::default()
    );
    assert_eq!(theirs.secret().unwrap()[0].fingerprint(), ADA.fingerprint());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(place.clone()), 0o700);
        assert_eq!(mode(place.join(SECRET_RING)), 0o600);
        // Nothing of ours is left there beside the rings.
        assert_eq!(std::fs::read_dir(&place).unwrap().count(), 2);
    }

    // What is not understood stays, byte for byte.
    let mut ring = std::fs::read(place.join(PUBLIC_RING)).unwrap();
    ring.extend(FOREIGN);
    std::fs::write(place.join(PUBLIC_RING), &ring).unwrap();
    assert!(own.lend(&BOB.fingerprint(), &theirs, false).unwrap().public);
    let grown = std::fs::read(place.join(PUBLIC_RING)).unwrap();
    assert!(grown.starts_with(&ring) && grown.len() > ring.len());
    assert!(matches!(
        own.lend(&BOB.fingerprint(), &theirs, true),
        Err(Error::NoSigningKey)
    ));
}

#[test]
fn another_program_hears_that_a_key_it_has_was_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let own = KeyStore::new(folder.path().join("own"));
    let theirs = KeyStore::new(folder.path().join("theirs"));
    theirs.add(&BOB.certificate()).unwrap();
    own.add_secret(&ADA).unwrap();
    own.lend(&ADA.fingerprint(), &theirs, false).unwrap();
    let mut newer = ADA.clone();
    newer.revoke(RevocationReason::Retired, None, MADE).unwrap();
    own.add(&newer.certificate()).unwrap();
    assert!(own.lend(&ADA.fingerprint(), &theirs, false).unwrap().public);
    let ring = theirs.public(KeyOrigin::Local).unwrap();
    assert_eq!(ring.get(&ADA.fingerprint()).unwrap().revoked(), Some(MADE));
    assert_eq!(fingerprints(&theirs).len(), 2);
}

#[cfg(unix)]
#[test]
fn a_ring_that_lies_elsewhere_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let own = KeyStore::new(folder.path().join("own"));
    own.add(&BOB.certificate()).unwrap();
    let place = folder.path().join("theirs");
    std::fs::create_dir(&place).unwrap();
    let elsewhere = folder.path().join("ring");
    std::fs::write(&elsewhere, ADA.certificate().to_bytes().unwrap()).unwrap();
    std::os::unix::fs::symlink(&elsewhere, place.join(PUBLIC_RING)).unwrap();
    own.lend(&BOB.fingerprint(), &KeyStore::new(&place), false)
        .unwrap();
    assert!(place.join(PUBLIC_RING).is_symlink());
    let ring = std::fs::read(elsewhere).unwrap();
    assert!(ring.starts_with(&ADA.certificate().to_bytes().unwrap()));
    assert_eq!(fingerprints(&KeyStore::new(&place)).len(), 2);
}
