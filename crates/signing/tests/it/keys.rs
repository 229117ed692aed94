//! Making, protecting, exporting and taking back keys.

use secrecy::{ExposeSecret as _, SecretString};
use sifter_signing::Error;
use sifter_signing::openpgp::{Fingerprint, KeyOrigin, Keyring, RevocationReason, SecretKey, Time};

use crate::images::{ADA, BOB, MADE, new_key};

#[test]
fn a_new_key_is_what_was_asked_for() {
    let mut new = new_key(" Ada Lovelace <ada@example.org> ");
    new.expires = Some(Time(MADE.0 + 86_400));
    let key = SecretKey::generate(&new, None).unwrap();
    let certificate = key.certificate();
    assert_eq!(certificate.name(), Some("Ada Lovelace <ada@example.org>"));
    assert_eq!(certificate.algorithm(), "Ed25519");
    assert_eq!(
        (certificate.created(), certificate.expires()),
        (MADE, new.expires)
    );
    assert!(
        certificate.may_sign()
            && certificate.weakness().is_none()
            && certificate.revoked().is_none()
    );
    assert!(!key.is_protected());
    for name in ["", "   ", "two\nlines", &"x".repeat(256)] {
        assert!(
            matches!(SecretKey::generate(&new_key(name), None), Err(Error::Name)),
            "{name}"
        );
    }
    new.expires = Some(MADE);
    assert!(matches!(
        SecretKey::generate(&new, None),
        Err(Error::Expiry)
    ));
}

#[test]
fn keys_survive_export_in_both_forms() {
    let certificate = ADA.certificate();
    let armored = certificate.to_armor().unwrap();
    assert!(armored.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
    let both = format!(
        "{armored}\nsome words\n{}",
        BOB.certificate().to_armor().unwrap()
    );
    let ring = Keyring::read(both.as_bytes(), KeyOrigin::Given).unwrap();
    assert_eq!(ring.certificates(), [ADA.certificate(), BOB.certificate()]);
    let mut binary = certificate.to_bytes().unwrap();
    binary.extend(BOB.certificate().to_bytes().unwrap());
    assert_eq!(
        Keyring::read(&binary, KeyOrigin::Given)
            .unwrap()
            .certificates(),
        ring.certificates()
    );
    assert_eq!(ring.get(&BOB.fingerprint()), Some(&BOB.certificate()));

    let secret = ADA.to_armor().unwrap();
    assert!(
        secret
            .expose_secret()
            .starts_with("-----BEGIN PGP PRIVATE KEY BLOCK-----\n")
    );
    let back = SecretKey::read(secret.expose_secret().as_bytes()).unwrap();
    assert_eq!(
        back.iter().map(SecretKey::fingerprint).collect::<Vec<_>>(),
        [ADA.fingerprint()]
    );
    let back = SecretKey::read(&ADA.to_bytes().unwrap()).unwrap();
    assert_eq!(back[0].certificate(), certificate);
    assert!(matches!(
        SecretKey::read(armored.as_bytes()),
        Err(Error::NoKeys)
    ));
    // The public part of a secret key serves as a keyring.
    let ring = Keyring::read(secret.expose_secret().as_bytes(), KeyOrigin::Given).unwrap();
    assert_eq!(ring.certificates(), [certificate]);
}

#[test]
fn a_damaged_key_in_a_ring_does_not_hide_the_others() {
    let mut binary = ADA.certificate().to_bytes().unwrap();
    let at = binary.len();
    binary.extend(BOB.certificate().to_bytes().unwrap());
    binary.extend(ADA.certificate().to_bytes().unwrap());
    // The version of Bob's key, which nobody knows now.
    binary[at + 2] = 99;
    let ring = Keyring::read(&binary, KeyOrigin::Local).unwrap();
    assert!(
        ring.certificates()
            .iter()
            .filter(|found| found.fingerprint() == ADA.fingerprint())
            .count()
            == 2
    );
    assert!(ring.get(&BOB.fingerprint()).is_none());
    assert_eq!(
        ring.get(&ADA.fingerprint()).unwrap().names().len(),
        1,
        "Bob's name is not Ada's"
    );
}

#[test]
fn what_is_no_keyring_is_said_and_an_empty_one_is_fine() {
    assert!(matches!(
        Keyring::read(b"hello", KeyOrigin::Local),
        Err(Error::NoKeys)
    ));
    assert!(
        Keyring::read(b"", KeyOrigin::Local)
            .unwrap()
            .certificates()
            .is_empty()
    );
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("pgp-public");
    assert!(matches!(
        Keyring::open(&missing, KeyOrigin::Local),
        Err(Error::File { .. })
    ));
    assert!(
        Keyring::open_if_there(&missing, KeyOrigin::Local)
            .unwrap()
            .certificates()
            .is_empty()
    );
    assert!(Keyring::open(folder.path(), KeyOrigin::Local).is_err());
}

#[test]
fn passphrases_are_set_changed_and_removed() {
    let (first, second) = (SecretString::from("first"), SecretString::from("second"));
    let mut key = ADA.clone();
    key.protect(None, Some(&first)).unwrap();
    assert!(key.is_protected());
    let exported = key.to_armor().unwrap();
    let mut key = SecretKey::read(exported.expose_secret().as_bytes())
        .unwrap()
        .remove(0);
    assert!(matches!(key.unlock(None), Err(Error::PassphraseNeeded)));
    assert!(matches!(
        key.unlock(Some(&second)),
        Err(Error::WrongPassphrase)
    ));
    assert!(matches!(
        key.protect(Some(&second), None),
        Err(Error::WrongPassphrase)
    ));
    key.protect(Some(&first), Some(&second)).unwrap();
    key.unlock(Some(&second)).unwrap();
    key.protect(Some(&second), None).unwrap();
    assert!(!key.is_protected());
    assert_eq!(key.to_bytes().unwrap(), ADA.to_bytes().unwrap());
}

#[test]
fn a_revocation_can_be_made_ahead_and_used_later() {
    let text = ADA
        .revocation(RevocationReason::Compromised, None, Time(MADE.0 + 5))
        .unwrap();
    assert!(text.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
    let revoked = ADA.certificate().with_revocation(text.as_bytes()).unwrap();
    assert_eq!(revoked.revoked(), Some(Time(MADE.0 + 5)));
    assert_eq!(ADA.certificate().revoked(), None);
    let read = Keyring::read(revoked.to_armor().unwrap().as_bytes(), KeyOrigin::Local).unwrap();
    assert_eq!(read.certificates()[0].revoked(), Some(Time(MADE.0 + 5)));
    for other in [text.as_bytes(), b"nothing"] {
        assert!(matches!(
            BOB.certificate().with_revocation(other),
            Err(Error::Revocation)
        ));
    }
}

#[test]
fn nothing_secret_is_printed() {
    let passphrase = SecretString::from("open sesame");
    let key = SecretKey::generate(&new_key("Q"), Some(&passphrase)).unwrap();
    let printed = format!("{key:?} {:?} {:?}", key.certificate(), key.unlock(None));
    assert!(printed.contains(&key.fingerprint().to_string()));
    assert!(
        !printed.contains("sesame") && printed.len() < 300,
        "{printed}"
    );
}

#[test]
fn fingerprints_read_in_every_usual_form() {
    let fingerprint = ADA.fingerprint();
    let text = fingerprint.to_string();
    let blocks: Vec<&str> = (0..40).step_by(4).map(|at| &text[at..at + 4]).collect();
    for form in [
        text.clone(),
        text.to_lowercase(),
        format!("0x{text}"),
        blocks.join(" "),
    ] {
        assert_eq!(form.parse::<Fingerprint>().unwrap(), fingerprint);
    }
    for wrong in ["", "0x12", &text[1..], "zz"] {
        assert!(wrong.parse::<Fingerprint>().is_err());
    }
}
