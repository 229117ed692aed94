//! Ends, revocations, weak hashes and weak keys: what the mathematics do not say.

use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, EncryptionCaps, KeyType, SecretKeyParamsBuilder,
    SignedSecretKey, SubkeyParamsBuilder,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Notation, SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::ser::Serialize as _;
use pgp::types::{Duration, KeyDetails as _, Password, SigningKey, Timestamp};
use rand::rngs::OsRng;
use sifter_sif::{Image, Link};
use sifter_signing::openpgp::{KeyOrigin, Keyring, RevocationReason, SecretKey, Time};
use sifter_signing::{Failure, NotValid, Report, Selection, Trust, Verdict, Verifier};

use crate::images::{ADA, MADE, Sample, failure, ring};

/// Judges Ada's signatures by what `key` says of itself, as of `now`.
fn judge(sample: &Sample, key: &SecretKey, now: Time) -> Report {
    let ring = ring(&[key]);
    let image = Image::open(&sample.path).unwrap();
    Verifier::new().source(&ring).at(now).verify(&image)
}

fn cause(report: &Report) -> &NotValid {
    match report.failure() {
        Some(Failure::NotValid { cause, .. }) => cause,
        other => panic!("{other:?}"),
    }
}

fn verdict(report: &Report) -> Verdict {
    report.verdict(&Trust::nobody().keyrings())
}

fn later(seconds: i64) -> Time {
    Time(Time::now().0 + seconds)
}

#[test]
fn a_key_that_has_expired_since_leaves_the_matter_open() {
    let sample = Sample::signed();
    let mut key = ADA.clone();
    key.set_expiry(Some(later(1000)), None, Time(MADE.0 + 1))
        .unwrap();
    assert!(judge(&sample, &key, later(0)).is_ok());
    let report = judge(&sample, &key, later(2000));
    assert!(matches!(
        cause(&report),
        NotValid::KeyExpired {
            signed_before: true,
            ..
        }
    ));
    assert_eq!(verdict(&report), Verdict::CouldNotCheck);
}

#[test]
fn a_key_that_had_expired_when_it_signed_is_refused() {
    let sample = Sample::signed();
    let mut key = ADA.clone();
    key.set_expiry(Some(Time(MADE.0 + 1000)), None, Time(MADE.0 + 1))
        .unwrap();
    let report = judge(&sample, &key, later(0));
    assert!(matches!(
        cause(&report),
        NotValid::KeyExpired {
            signed_before: false,
            ..
        }
    ));
    assert_eq!(verdict(&report), Verdict::DoNotUse);
    // The newest statement counts: an end that was lifted again does not.
    key.set_expiry(None, None, Time(MADE.0 + 2)).unwrap();
    assert!(judge(&sample, &key, later(0)).is_ok());
}

#[test]
fn a_compromised_key_loses_everything_it_signed() {
    let sample = Sample::signed();
    for reason in [RevocationReason::Compromised, RevocationReason::Unspecified] {
        let mut key = ADA.clone();
        key.revoke(reason, None, later(1000)).unwrap();
        let report = judge(&sample, &key, later(0));
        assert!(matches!(
            cause(&report),
            NotValid::KeyRevoked {
                signed_before: false,
                ..
            }
        ));
        assert_eq!(verdict(&report), Verdict::DoNotUse);
    }
}

#[test]
fn a_retired_key_leaves_what_it_signed_before_open() {
    let sample = Sample::signed();
    for reason in [RevocationReason::Retired, RevocationReason::Superseded] {
        let mut key = ADA.clone();
        key.revoke(reason, None, later(1000)).unwrap();
        assert_eq!(
            verdict(&judge(&sample, &key, later(0))),
            Verdict::CouldNotCheck
        );
        let mut key = ADA.clone();
        key.revoke(reason, None, MADE).unwrap();
        assert_eq!(verdict(&judge(&sample, &key, later(0))), Verdict::DoNotUse);
    }
}

#[test]
fn a_revocation_in_any_keyring_counts() {
    let sample = Sample::signed();
    let mut key = ADA.clone();
    key.revoke(RevocationReason::Compromised, None, MADE)
        .unwrap();
    let (plain, revoked) = (ring(&[&ADA]), ring(&[&key]));
    let image = Image::open(&sample.path).unwrap();
    for rings in [[&plain, &revoked], [&revoked, &plain]] {
        let verifier = Verifier::new().source(rings[0]).source(rings[1]);
        assert_eq!(verdict(&verifier.verify(&image)), Verdict::DoNotUse);
    }
    let verifier = Verifier::new().source(&plain).source(&plain);
    assert_eq!(verdict(&verifier.verify(&image)), Verdict::Verified);
}

#[test]
fn a_signature_from_the_future_is_not_believed_yet() {
    let sample = Sample::signed();
    let report = judge(&sample, &ADA, Time(MADE.0 + 1));
    assert!(matches!(cause(&report), NotValid::Future { .. }));
    assert_eq!(verdict(&report), Verdict::CouldNotCheck);
}

/// The text that Ada signed, signed again by `key` as `config` and `more` say.
fn resigned(
    text: &str,
    key: &impl SigningKey,
    hash: HashAlgorithm,
    more: Vec<Subpacket>,
) -> Vec<u8> {
    let mut config = SignatureConfig::v4(SignatureType::Text, key.algorithm(), hash);
    let created = SubpacketData::SignatureCreationTime(Timestamp::now());
    config.hashed_subpackets = vec![
        Subpacket::regular(created).unwrap(),
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint())).unwrap(),
    ];
    config.hashed_subpackets.extend(more);
    let message = CleartextSignedMessage::new(text, config, key, &Password::empty()).unwrap();
    message.to_armored_bytes(ArmorOptions::default()).unwrap()
}

fn signed_text(sample: &Sample) -> String {
    let text = String::from_utf8(sample.data(5)).unwrap();
    text.lines()
        .find(|line| line.starts_with('{'))
        .unwrap()
        .to_owned()
}

fn make(key: KeyType, subkey: Option<KeyType>) -> SignedSecretKey {
    let mut params = SecretKeyParamsBuilder::default();
    params
        .key_type(key)
        .can_certify(true)
        .can_sign(subkey.is_none())
        .primary_user_id("Test".to_owned());
    if let Some(kind) = subkey {
        let sub = SubkeyParamsBuilder::default()
            .key_type(kind)
            .can_sign(true)
            .can_encrypt(EncryptionCaps::None)
            .build()
            .unwrap();
        params.subkey(sub);
    }
    params.build().unwrap().generate(OsRng).unwrap()
}

/// Verifies group 1 of a new image that carries nothing but `signature`, which `text_of` makes of the text.
fn alone(key: &SignedSecretKey, make: impl Fn(&str) -> Vec<u8>) -> Report {
    let signed = Sample::signed();
    let bare = Sample::new();
    std::fs::copy(&signed.path, &bare.path).unwrap();
    let text = signed_text(&bare);
    let mut writer = sifter_sif::Writer::open(&bare.path).unwrap();
    writer
        .delete(5, sifter_sif::DeleteOptions::default())
        .unwrap();
    drop(writer);
    let fingerprint = key.primary_key.fingerprint().as_bytes().try_into().ok();
    bare.attach(&make(&text), fingerprint, Link::Group(1));
    let ring = Keyring::read(&key.to_public_key().to_bytes().unwrap(), KeyOrigin::Local).unwrap();
    let image = Image::open(&bare.path).unwrap();
    Verifier::new()
        .select(Selection::all().group(1))
        .source(&ring)
        .at(later(60))
        .verify(&image)
}

#[test]
fn weak_hashes_are_refused_though_they_match() {
    let key = make(KeyType::Rsa(2048), None);
    let good = alone(&key, |text| {
        resigned(text, &key.primary_key, HashAlgorithm::Sha512, Vec::new())
    });
    assert_eq!(failure(&good), "");
    for hash in [
        HashAlgorithm::Sha1,
        HashAlgorithm::Md5,
        HashAlgorithm::Ripemd160,
    ] {
        let report = alone(&key, |text| {
            resigned(text, &key.primary_key, hash, Vec::new())
        });
        assert!(matches!(cause(&report), NotValid::WeakHash(_)), "{hash}");
        assert_eq!(verdict(&report), Verdict::CouldNotCheck);
    }
}

#[test]
fn what_a_signature_demands_has_to_be_understood() {
    let key = make(KeyType::Ed25519Legacy, None);
    let notation = |critical| {
        let notation = SubpacketData::Notation(Notation {
            readable: true,
            name: "only@example.org".into(),
            value: "on Tuesdays".into(),
        });
        if critical {
            Subpacket::critical(notation)
        } else {
            Subpacket::regular(notation)
        }
        .unwrap()
    };
    let report = alone(&key, |text| {
        resigned(
            text,
            &key.primary_key,
            HashAlgorithm::Sha256,
            vec![notation(true)],
        )
    });
    assert!(matches!(cause(&report), NotValid::Critical));
    let report = alone(&key, |text| {
        resigned(
            text,
            &key.primary_key,
            HashAlgorithm::Sha256,
            vec![notation(false)],
        )
    });
    assert_eq!(failure(&report), "");
    let ended = Subpacket::regular(SubpacketData::SignatureExpirationTime(Duration::from_secs(
        1,
    )))
    .unwrap();
    let report = alone(&key, |text| {
        resigned(
            text,
            &key.primary_key,
            HashAlgorithm::Sha256,
            vec![ended.clone()],
        )
    });
    assert!(matches!(cause(&report), NotValid::SignatureExpired { .. }));
    assert_eq!(verdict(&report), Verdict::DoNotUse);
}

#[test]
fn another_text_under_the_same_signature_is_refused() {
    let key = make(KeyType::Ed25519Legacy, None);
    let report = alone(&key, |text| {
        let armored = resigned(text, &key.primary_key, HashAlgorithm::Sha256, Vec::new());
        String::from_utf8(armored)
            .unwrap()
            .replace("\"relativeId\":2", "\"relativeId\":9")
            .into_bytes()
    });
    assert!(matches!(cause(&report), NotValid::Mismatch));
    assert_eq!(verdict(&report), Verdict::DoNotUse);
}

#[test]
fn a_signing_subkey_speaks_for_its_primary_key() {
    let key = make(KeyType::Ed25519Legacy, Some(KeyType::Ed25519Legacy));
    let subkey = &key.secret_subkeys[0].key;
    let report = alone(&key, |text| {
        resigned(text, subkey, HashAlgorithm::Sha256, Vec::new())
    });
    assert_eq!(failure(&report), "");
    let signer = report
        .signatures()
        .next()
        .unwrap()
        .fingerprint()
        .unwrap()
        .to_string();
    assert_eq!(
        signer,
        hex::encode_upper(key.primary_key.fingerprint().as_bytes())
    );
    // A primary key that says it does not sign documents does not.
    let report = alone(&key, |text| {
        resigned(text, &key.primary_key, HashAlgorithm::Sha256, Vec::new())
    });
    assert!(matches!(cause(&report), NotValid::NotForSigning));
}

#[test]
fn a_subkey_that_has_not_agreed_does_not_speak_for_anybody() {
    // Mallory claims Ada's signing subkey as her own, so that what Ada signed seems to be signed by Mallory.
    let ada = make(KeyType::Ed25519Legacy, Some(KeyType::Ed25519Legacy));
    let mut mallory = make(KeyType::Ed25519Legacy, None);
    let stolen = ada.secret_subkeys[0].key.public_key().clone();
    let mut flags = pgp::packet::KeyFlags::default();
    flags.set_sign(true);
    let primary = &mallory.primary_key;
    let binding = stolen
        .sign(
            OsRng,
            primary,
            primary.public_key(),
            &Password::empty(),
            flags,
            None,
        )
        .unwrap();
    mallory
        .public_subkeys
        .push(pgp::composed::SignedPublicSubKey::new(
            stolen,
            vec![binding],
        ));
    let subkey = &ada.secret_subkeys[0].key;
    let report = alone(&mallory, |text| {
        resigned(text, subkey, HashAlgorithm::Sha256, Vec::new())
    });
    assert!(matches!(cause(&report), NotValid::NotForSigning));
}

#[test]
fn short_rsa_keys_are_weak() {
    let secret = pgp::crypto::rsa::SecretKey::generate(OsRng, 1024).unwrap();
    let public = pgp::types::PublicParams::RSA((&secret).into());
    let params = pgp::types::SecretParams::Plain(pgp::types::PlainSecretParams::RSA(secret));
    let inner = pgp::packet::PubKeyInner::new(
        pgp::types::KeyVersion::V4,
        pgp::crypto::public_key::PublicKeyAlgorithm::RSA,
        Timestamp::now(),
        None,
        public,
    )
    .unwrap();
    let public = pgp::packet::PublicKey::from_inner(inner).unwrap();
    let primary = pgp::packet::SecretKey::new(public, params).unwrap();
    let details =
        pgp::composed::SignedKeyDetails::new(Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let key = SignedSecretKey::new(primary, details, Vec::new(), Vec::new());
    let report = alone(&key, |text| {
        resigned(text, &key.primary_key, HashAlgorithm::Sha256, Vec::new())
    });
    assert!(matches!(cause(&report), NotValid::WeakKey(kind) if kind == "RSA 1024"));
    assert_eq!(verdict(&report), Verdict::CouldNotCheck);
}

#[test]
fn a_key_server_that_does_not_answer_is_named() {
    struct Down;
    impl sifter_signing::openpgp::KeySource for Down {
        fn origin(&self) -> KeyOrigin {
            KeyOrigin::Server("https://keys.example.org".to_owned())
        }
        fn find(
            &self,
            _: &sifter_signing::openpgp::Issuer,
        ) -> Result<Vec<sifter_signing::openpgp::Certificate>, sifter_signing::openpgp::Unavailable>
        {
            let origin = self.origin();
            Err(sifter_signing::openpgp::Unavailable {
                origin,
                source: None,
            })
        }
    }
    let sample = Sample::signed();
    let report = Verifier::new().source(&Down).verify(&sample.image());
    assert!(
        failure(&report).contains("https://keys.example.org could not be asked"),
        "{}",
        failure(&report)
    );
    assert_eq!(verdict(&report), Verdict::CouldNotCheck);
    let ring = ring(&[&ADA]);
    assert!(
        Verifier::new()
            .source(&Down)
            .source(&ring)
            .verify(&sample.image())
            .is_ok()
    );
}
