//! Copies of one key put together, and a copy freed of everything that the key has not said itself.
//!
//! Two copies of a packet may be framed in different ways, and whoever passes a key on may change the part of a
//! signature that is not signed. So keys are compared by fingerprint and statements by what is signed.

use pgp::composed::{SignedKeyDetails, SignedPublicKey, SignedPublicSubKey};
use pgp::packet::{Signature, SignatureType, Subpacket, SubpacketData};
use pgp::ser::Serialize as _;
use pgp::types::{KeyDetails as _, SignedUser, Tag};

use super::Certificate;
use super::standing::strong;

impl Certificate {
    /// Everything that either of two copies of one key says.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let mut key = self.key().clone();
        let more: &SignedPublicKey = other.key();
        if key.fingerprint() != more.fingerprint() {
            return self.clone();
        }
        merge_details(&mut key.details, &more.details);
        for subkey in &more.public_subkeys {
            merge_subkey(&mut key.public_subkeys, subkey);
        }
        Self::new(key)
    }

    /// The key with its own valid statements and nothing else: what others have said about it, pictures, and
    /// whatever does not verify are left out. This is what a key server may pass on, since anybody can attach
    /// anything to a public key.
    ///
    /// Takes about as long as the statements need to be verified.
    #[must_use]
    pub fn own_statements(&self) -> Self {
        let SignedPublicKey {
            primary_key: primary,
            details,
            public_subkeys,
        } = self.key();
        let about_key = |all: &[Signature], kind: SignatureType| {
            own(all, |one| {
                one.typ() == Some(kind) && one.verify_key(primary).is_ok()
            })
        };
        let users = details.users.iter().map(|user| SignedUser {
            id: user.id.clone(),
            signatures: own(&user.signatures, |one| {
                one.verify_certification(primary, Tag::UserId, &user.id)
                    .is_ok()
            }),
        });
        let subkeys = public_subkeys.iter().map(|subkey| SignedPublicSubKey {
            key: subkey.key.clone(),
            signatures: own(&subkey.signatures, |one| {
                one.verify_subkey_binding(primary, &subkey.key).is_ok()
            }),
        });
        let mut key = SignedPublicKey {
            primary_key: primary.clone(),
            details: SignedKeyDetails {
                revocation_signatures: about_key(
                    &details.revocation_signatures,
                    SignatureType::KeyRevocation,
                ),
                direct_signatures: about_key(&details.direct_signatures, SignatureType::Key),
                users: Vec::new(),
                user_attributes: Vec::new(),
            },
            public_subkeys: Vec::new(),
        };
        // Again one by one, because a copy may name a thing twice.
        for user in users.filter(|user| !user.signatures.is_empty()) {
            merge_user(&mut key.details.users, &user);
        }
        for subkey in subkeys.filter(|subkey| !subkey.signatures.is_empty()) {
            merge_subkey(&mut key.public_subkeys, &subkey);
        }
        Self::new(key)
    }

    /// How many signatures it carries, whoever made them.
    #[must_use]
    pub fn signature_count(&self) -> usize {
        let SignedPublicKey {
            details,
            public_subkeys,
            ..
        } = self.key();
        let users = details.users.iter().map(|user| user.signatures.len());
        let pictures = details
            .user_attributes
            .iter()
            .map(|one| one.signatures.len());
        let subkeys = public_subkeys.iter().map(|one| one.signatures.len());
        details.revocation_signatures.len()
            + details.direct_signatures.len()
            + users.chain(pictures).chain(subkeys).sum::<usize>()
    }
}

fn merge_details(ours: &mut SignedKeyDetails, more: &SignedKeyDetails) {
    add_new(&mut ours.revocation_signatures, &more.revocation_signatures);
    add_new(&mut ours.direct_signatures, &more.direct_signatures);
    for user in &more.users {
        merge_user(&mut ours.users, user);
    }
}

fn merge_user(ours: &mut Vec<SignedUser>, user: &SignedUser) {
    match ours.iter_mut().find(|known| known.id.id() == user.id.id()) {
        Some(known) => add_new(&mut known.signatures, &user.signatures),
        None => ours.push(user.clone()),
    }
}

fn merge_subkey(ours: &mut Vec<SignedPublicSubKey>, subkey: &SignedPublicSubKey) {
    let fingerprint = subkey.key.fingerprint();
    match ours
        .iter_mut()
        .find(|known| known.key.fingerprint() == fingerprint)
    {
        Some(known) => add_new(&mut known.signatures, &subkey.signatures),
        None => ours.push(subkey.clone()),
    }
}

/// Adds the statements that are not there yet. Of two copies of one statement the longer stays: the shorter may
/// have lost the consent of a subkey, which often stands in the part that is not signed.
fn add_new(ours: &mut Vec<Signature>, more: &[Signature]) {
    for one in more {
        match ours.iter_mut().find(|known| is_same(known, one)) {
            Some(known) if known.write_len() < one.write_len() => *known = one.clone(),
            Some(_) => {}
            None => ours.push(one.clone()),
        }
    }
}

fn is_same(one: &Signature, other: &Signature) -> bool {
    match (one.signature(), other.signature()) {
        (Some(value), Some(other_value)) => value == other_value && one.typ() == other.typ(),
        _ => one == other,
    }
}

/// The statements that `verifies` accepts, without additions by others.
fn own(all: &[Signature], verifies: impl Fn(&Signature) -> bool) -> Vec<Signature> {
    let mut kept = Vec::new();
    for signature in all {
        let trimmed = trimmed(signature, true).filter(|one| strong(one) && verifies(one));
        add_new(&mut kept, trimmed.as_slice());
    }
    kept
}

/// A signature without the unsigned part, except for who made it and the consent of a subkey. `None` when that
/// part cannot be changed.
fn trimmed(signature: &Signature, with_consent: bool) -> Option<Signature> {
    let unsigned: Vec<&Subpacket> = signature.config()?.unhashed_subpackets().collect();
    let first = |wanted: fn(&SubpacketData) -> bool| {
        let mut all = unsigned.iter();
        all.find(|subpacket| wanted(&subpacket.data)).copied()
    };
    let id = first(|data| matches!(data, SubpacketData::IssuerKeyId(_)));
    let fingerprint = first(|data| matches!(data, SubpacketData::IssuerFingerprint(_)));
    let consent =
        first(|data| matches!(data, SubpacketData::EmbeddedSignature(_))).filter(|_| with_consent);
    let mut short = signature.clone();
    for _ in &unsigned {
        short.unhashed_subpacket_remove(0).ok()?;
    }
    for subpacket in [id, fingerprint].into_iter().flatten() {
        short.unhashed_subpacket_push(subpacket.clone()).ok()?;
    }
    if let Some(SubpacketData::EmbeddedSignature(consent)) = consent.map(|one| &one.data) {
        let consent = SubpacketData::EmbeddedSignature(Box::new(trimmed(consent, false)?));
        let consent = Subpacket::regular(consent).ok()?;
        short.unhashed_subpacket_push(consent).ok()?;
    }
    Some(short)
}
