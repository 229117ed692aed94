//! What a key server takes: the key and its own statements, and nothing that others have attached to it.

use pgp::composed::{Deserializable as _, SignedPublicKey, SignedSecretKey};
use pgp::packet::{
    Notation, PacketTrait as _, SignatureConfig, SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::ser::Serialize as _;
use pgp::types::{KeyDetails as _, PacketHeaderVersion, Password, Tag};
use secrecy::ExposeSecret as _;
use sifter_signing::hkp::{Refused, received};
use sifter_signing::openpgp::{
    Certificate, KeyOrigin, Keyring, RevocationReason, SecretKey, armored,
};

use crate::images::{ADA, BOB, MADE};

/// The key as the library below reads it.
fn public(key: &SecretKey) -> SignedPublicKey {
    let bytes = key.certificate().to_bytes().unwrap();
    SignedPublicKey::from_bytes(&bytes[..]).unwrap()
}

fn secret(key: &SecretKey) -> SignedSecretKey {
    let armor = key.to_armor().unwrap();
    SignedSecretKey::from_string(armor.expose_secret())
        .unwrap()
        .0
}

fn read(bytes: &[u8]) -> Certificate {
    let ring = Keyring::read(bytes, KeyOrigin::Given).unwrap();
    ring.certificates()[0].clone()
}

fn only(keytext: &[u8]) -> Certificate {
    let keys = received(keytext).unwrap();
    assert_eq!(keys.len(), 1);
    keys[0].clone()
}

#[test]
fn a_key_is_taken_as_it_is_in_both_forms() {
    let ada = ADA.certificate();
    for keytext in [
        ada.to_armor().unwrap().into_bytes(),
        ada.to_bytes().unwrap(),
    ] {
        assert_eq!(only(&keytext).to_bytes().unwrap(), ada.to_bytes().unwrap());
    }
    let both = armored(&[ada.clone(), BOB.certificate()]).unwrap();
    assert_eq!(both.matches("-----BEGIN").count(), 1, "one block");
    assert_eq!(received(both.as_bytes()).unwrap(), [ada, BOB.certificate()]);
}

#[test]
fn a_secret_key_is_refused_wherever_it_stands() {
    let armor = ADA.to_armor().unwrap();
    let armor = armor.expose_secret();
    let binary = secret(&ADA).to_bytes().unwrap();
    let mut behind = BOB.certificate().to_bytes().unwrap();
    behind.extend(&binary);
    for keytext in [armor.as_bytes(), &binary, &behind] {
        assert_eq!(received(keytext), Err(Refused::Secret));
    }
}

#[test]
fn what_others_have_attached_is_left_out() {
    let mut key = public(&ADA);
    let bob = secret(&BOB);
    // Bob vouches for her name, claims a name for her, and attaches his own key.
    let rng = rand::rngs::OsRng;
    let mut config = SignatureConfig::from_key(rng, &bob.primary_key, SignatureType::CertGeneric);
    let config = config.as_mut().unwrap();
    let id = key.details.users[0].id.clone();
    let vouched = config.clone().sign_certification_third_party(
        &bob.primary_key,
        &Password::empty(),
        &key.primary_key,
        Tag::UserId,
        &id,
    );
    key.details.users[0].signatures.push(vouched.unwrap());
    let mut claimed = public(&BOB).details.users[0].clone();
    claimed.id = UserId::from_str(PacketHeaderVersion::New, "Eve <eve@example.org>").unwrap();
    key.details.users.push(claimed);
    let crowded = key.to_bytes().unwrap();
    assert!(crowded.len() > ADA.certificate().to_bytes().unwrap().len());
    let kept = only(&crowded);
    assert_eq!(kept.names(), ["Ada <ada@example.org>"]);
    assert_eq!(
        kept.to_bytes().unwrap(),
        ADA.certificate().to_bytes().unwrap()
    );
}

#[test]
fn additions_to_the_unsigned_part_of_a_statement_do_not_make_a_key_grow() {
    let ada = ADA.certificate();
    let mut kept = only(&ada.to_bytes().unwrap());
    for round in 0..3_u8 {
        let mut key = public(&ADA);
        let junk = SubpacketData::Notation(Notation {
            readable: false,
            name: "junk@example.org".into(),
            value: vec![round; 2000].into(),
        });
        let junk = Subpacket::regular(junk).unwrap();
        let statement = &mut key.details.users[0].signatures[0];
        statement.unhashed_subpacket_push(junk).unwrap();
        let grown = key.to_bytes().unwrap();
        assert!(grown.len() > 2000);
        kept = kept.merged(&only(&grown));
    }
    assert_eq!(kept.to_bytes().unwrap(), ada.to_bytes().unwrap());
}

#[test]
fn what_is_no_key_with_a_statement_of_its_own_is_refused() {
    assert_eq!(received(b""), Err(Refused::NoKey));
    assert_eq!(received(b"keytext"), Err(Refused::NoKey));
    let key = public(&ADA);
    let mut bare = Vec::new();
    key.primary_key.to_writer_with_header(&mut bare).unwrap();
    key.details.users[0]
        .id
        .to_writer_with_header(&mut bare)
        .unwrap();
    assert_eq!(received(&bare), Err(Refused::Unsigned));
    let many = vec![ADA.certificate(); 9];
    assert_eq!(
        received(armored(&many).unwrap().as_bytes()),
        Err(Refused::TooMany)
    );
}

/// The same packets, framed as older programs do.
fn reframed(bytes: &[u8]) -> Vec<u8> {
    let mut old = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let tag = bytes[at] & 0x3f;
        assert_eq!(bytes[at] & 0xc0, 0xc0, "framed in the new way");
        let (start, length) = match usize::from(bytes[at + 1]) {
            short @ 0..192 => (at + 2, short),
            first => (
                at + 3,
                ((first - 192) << 8) + usize::from(bytes[at + 2]) + 192,
            ),
        };
        old.push(0x80 | (tag << 2) | 1);
        old.extend(u16::try_from(length).unwrap().to_be_bytes());
        old.extend(&bytes[start..start + length]);
        at = start + length;
    }
    old
}

#[test]
fn a_revocation_is_not_lost_between_copies_that_are_framed_differently() {
    let mut revoked = ADA.clone();
    revoked
        .revoke(RevocationReason::Compromised, None, MADE)
        .unwrap();
    let theirs = read(&reframed(&revoked.certificate().to_bytes().unwrap()));
    assert_eq!(theirs.fingerprint(), ADA.fingerprint());
    let ours = ADA.certificate();
    assert!(ours.revoked().is_none());
    let merged = ours.merged(&theirs);
    assert_eq!(merged.revoked(), Some(MADE));
    assert_eq!(merged.names(), ours.names());
    let again = merged.merged(&revoked.certificate());
    assert_eq!(again.to_bytes().unwrap(), merged.to_bytes().unwrap());
    assert_eq!(public(&ADA).details.users.len(), 1);
    assert_eq!(ours.signing_keys()[0].0, ADA.fingerprint());
    assert_eq!(public(&ADA).fingerprint(), public(&revoked).fingerprint());
}
