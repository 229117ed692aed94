//! Signing in place.

use std::ops::ControlFlow;

use secrecy::SecretString;
use sifter_sif::{CreateOptions, DataType, Link, ObjectInput, Stamp, Writer};
use sifter_signing::openpgp::{KeyAlgorithm, RevocationReason, SecretKey, Time};
use sifter_signing::{Error, ImageSigner, NotValid, Selection, sign, sign_watched};

use crate::images::{ADA, BOB, MADE, Sample, failure, new_key, ring, verify, with};

#[test]
fn signatures_are_added_at_the_end_and_nothing_else_moves() {
    let sample = Sample::new();
    let before = std::fs::read(&sample.path).unwrap();
    sample.sign(&Selection::all(), with(&ADA));
    let after = std::fs::read(&sample.path).unwrap();
    let image = sample.image();
    let data = usize::try_from(image.header().data_offset).unwrap();
    assert_eq!(
        before[data..],
        after[data..before.len()],
        "no object was touched"
    );
    for (id, group) in [(5, 1), (6, 2)] {
        let signature = image.object(id).unwrap();
        assert_eq!(
            (signature.group(), signature.link()),
            (None, Some(Link::Group(group)))
        );
        assert_eq!(
            signature.signature().unwrap().fingerprint,
            ADA.fingerprint().v4()
        );
        assert_eq!(signature.name(), None);
    }
    assert!(image.findings().is_empty());
}

#[test]
fn the_text_is_what_the_official_tools_write() {
    let text = String::from_utf8(Sample::signed().data(5)).unwrap();
    assert!(text.starts_with(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{\"version\":1,\"header\":{\"digest\":\"sha256:"
    ));
    assert!(text.contains("}]}\n-----BEGIN PGP SIGNATURE-----\n\n"));
    assert!(text.ends_with("\n-----END PGP SIGNATURE-----"));
    assert!(!text.contains("\n="), "no checksum line");
}

#[test]
fn parts_and_groups_are_signed_as_asked() {
    let sample = Sample::new();
    assert_eq!(sample.sign(&Selection::all().group(2), with(&ADA)), [5]);
    assert_eq!(
        sample.image().object(5).unwrap().link(),
        Some(Link::Group(2))
    );
    assert_eq!(
        sample.sign(&Selection::all().object(3).object(1), with(&ADA)),
        [6]
    );
    assert!(
        sample
            .verify(Selection::all().object(1).object(3).group(2))
            .is_ok()
    );
    for (selection, expected) in [
        (Selection::all().group(5), "group not found"),
        (Selection::all().group(0), "invalid group ID"),
        (Selection::all().object(9), "object not found"),
        (Selection::all().object(0), "invalid object ID"),
        (Selection::all().object(5), "invalid group ID"),
    ] {
        let before = std::fs::read(&sample.path).unwrap();
        match sign(&sample.path, &selection, with(&ADA), Stamp::Auto) {
            Err(Error::Selection(failure)) => assert_eq!(failure.text(), expected),
            other => panic!("{selection:?}: {other:?}"),
        }
        assert_eq!(
            std::fs::read(&sample.path).unwrap(),
            before,
            "the image is left alone"
        );
    }
}

/// An image whose every slot is in use, the last two by the signatures of Ada.
fn full_and_signed() -> Sample {
    let sample = Sample::with_slots(6);
    assert_eq!(sample.sign(&Selection::all(), with(&ADA)), [5, 6]);
    assert_eq!(sample.image().header().descriptors_free, 0);
    sample
}

#[test]
fn a_full_image_is_signed_in_a_larger_one_and_keeps_the_signatures_it_has() {
    let sample = full_and_signed();
    let before: Vec<_> = (1..=6).map(|id| sample.data(id)).collect();
    assert_eq!(sample.sign(&Selection::all(), with(&BOB)), [7, 8]);
    let after: Vec<_> = (1..=6).map(|id| sample.data(id)).collect();
    assert_eq!(before, after);
    let image = sample.image();
    assert_eq!(image.header().descriptors_total, 6 + 48);
    assert!(image.findings().is_empty());
    let report = verify(&sample.path, Selection::all(), &ring(&[&ADA, &BOB]));
    assert_eq!(failure(&report), "");
    let valid = report.signatures().filter(|one| one.failure.is_none());
    assert_eq!(valid.count(), 4);
    // What they cover is checked in the larger image as in any other.
    sample.flip(image.object(3).unwrap().offset().cast_unsigned());
    let report = verify(&sample.path, Selection::all(), &ring(&[&ADA, &BOB]));
    assert_eq!(failure(&report), "data object integrity compromised: 3");
}

#[test]
fn whoever_stops_signing_a_full_image_has_the_old_one() {
    let sample = full_and_signed();
    let before = std::fs::read(&sample.path).unwrap();
    for last in 0.. {
        let mut calls = 0;
        let mut watch = |_| {
            calls += 1;
            match calls > last {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let all = Selection::all();
        match sign_watched(&sample.path, &all, with(&BOB), Stamp::Auto, &mut watch) {
            Err(Error::Stopped) => assert_eq!(std::fs::read(&sample.path).unwrap(), before),
            Ok(signed) => {
                assert_eq!(signed, [7, 8]);
                return;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn a_deterministic_image_can_stay_so() {
    let sample = Sample::new();
    std::fs::remove_file(&sample.path).unwrap();
    let options = CreateOptions {
        stamp: Stamp::Deterministic,
        ..CreateOptions::default()
    };
    Writer::create(
        &sample.path,
        &options,
        vec![ObjectInput::new(DataType::Generic, &b"x"[..])],
    )
    .unwrap();
    sign(
        &sample.path,
        &Selection::all(),
        with(&ADA),
        Stamp::Deterministic,
    )
    .unwrap();
    let image = sample.image();
    assert!(image.header().is_deterministic());
    assert!(image.object(2).unwrap().created().is_zero());
    assert!(sample.verify(Selection::all()).is_ok());
    sign(
        &sample.path,
        &Selection::all(),
        with(&ADA),
        Stamp::At(Time(1_800_000_000)),
    )
    .unwrap();
    assert_eq!(
        sample.image().object(3).unwrap().created(),
        Time(1_800_000_000)
    );
    assert!(sample.verify(Selection::all()).is_ok());
}

#[test]
fn a_protected_key_signs_with_its_passphrase_only() {
    let passphrase = SecretString::from("correct horse");
    let key = SecretKey::generate(&new_key("Cy"), Some(&passphrase)).unwrap();
    let sample = Sample::new();
    let attempt = |passphrase| {
        let signer = ImageSigner::OpenPgp {
            key: &key,
            passphrase,
        };
        sign(&sample.path, &Selection::all(), signer, Stamp::Auto)
    };
    let wrong = SecretString::from("wrong");
    assert!(matches!(attempt(None), Err(Error::PassphraseNeeded)));
    assert!(matches!(attempt(Some(&wrong)), Err(Error::WrongPassphrase)));
    assert_eq!(attempt(Some(&passphrase)).unwrap(), [5, 6]);
    let report = verify(&sample.path, Selection::all(), &ring(&[&key]));
    assert_eq!(failure(&report), "");
}

#[test]
fn keys_whose_signatures_nobody_would_believe_do_not_sign() {
    let sample = Sample::new();
    let refused =
        |key: &SecretKey| match sign(&sample.path, &Selection::all(), with(key), Stamp::Auto) {
            Err(Error::NotUsable(why)) => why,
            other => panic!("{other:?}"),
        };
    let mut revoked = ADA.clone();
    revoked
        .revoke(RevocationReason::Retired, None, MADE)
        .unwrap();
    assert!(matches!(refused(&revoked), NotValid::KeyRevoked { .. }));
    let mut expired = ADA.clone();
    expired
        .set_expiry(Some(Time(MADE.0 + 60)), None, Time(MADE.0 + 1))
        .unwrap();
    assert!(matches!(refused(&expired), NotValid::KeyExpired { .. }));
    let none = sign(
        &sample.path,
        &Selection::all(),
        ImageSigner::Pem(&[]),
        Stamp::Auto,
    );
    assert!(matches!(none, Err(Error::NoSigningKey)));
}

#[test]
fn rsa_keys_sign_as_well() {
    let new = sifter_signing::openpgp::NewKey {
        algorithm: KeyAlgorithm::Rsa4096,
        ..new_key("Rosa")
    };
    let key = SecretKey::generate(&new, None).unwrap();
    assert_eq!(key.certificate().algorithm(), "RSA 4096");
    let sample = Sample::new();
    sample.sign(&Selection::all(), with(&key));
    assert!(verify(&sample.path, Selection::all(), &ring(&[&key])).is_ok());
}
