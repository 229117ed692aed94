//! What a certificate says about itself: names, purpose, end, revocation. Only statements that its primary
//! key has signed count.

use pgp::composed::{SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{KeyFlags, RevocationCode, Signature, SignatureType, SubpacketData};
use pgp::types::{KeyDetails as _, SignedUser, Tag};

use super::{Time, end, time};

/// A revocation by the owner of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Revocation {
    pub(super) at: Time,
    /// Whether what was signed before stays believable: the key was merely replaced or retired.
    pub(super) retired: bool,
}

/// The statements of a certificate about its primary key.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Names vouched for by the key, the primary one first.
    pub(super) names: Vec<String>,
    /// Whether there were names, but none counts any more.
    pub(super) nameless: bool,
    pub(super) flags: Option<KeyFlags>,
    pub(super) expires: Option<Time>,
    pub(super) revoked: Option<Revocation>,
}

impl Standing {
    pub(super) fn of(key: &SignedPublicKey) -> Self {
        let primary = &key.primary_key;
        let mut bound: Vec<(&SignedUser, &Signature)> = Vec::new();
        for user in &key.details.users {
            if let Some(binding) = name_binding(key, user) {
                bound.push((user, binding));
            }
        }
        // The name marked as primary comes first, the newest of several such.
        bound.sort_by_key(|(_, binding)| {
            std::cmp::Reverse((binding.is_primary(), binding.created().map(time)))
        });
        let direct = newest(key.details.direct_signatures.iter().filter(|signature| {
            signature.typ() == Some(SignatureType::Key)
                && strong(signature)
                && signature.verify_key(primary).is_ok()
        }));
        let from_name = bound.first().map(|(_, binding)| *binding);
        let created = primary.created_at();
        let flags = from_name.and_then(flags).or_else(|| direct.and_then(flags));
        let lifetime = from_name
            .and_then(Signature::key_expiration_time)
            .or_else(|| direct.and_then(Signature::key_expiration_time));
        let old_lifetime = primary
            .legacy_v3_expiration_days()
            .filter(|days| *days > 0)
            .map(|days| Time(i64::from(created.as_secs()) + i64::from(days) * 86_400));
        Self {
            nameless: bound.is_empty() && !key.details.users.is_empty(),
            names: bound.iter().filter_map(|(user, _)| name(user)).collect(),
            flags,
            expires: end(created, lifetime).or(old_lifetime),
            revoked: worst(
                key.details
                    .revocation_signatures
                    .iter()
                    .filter(|signature| {
                        signature.typ() == Some(SignatureType::KeyRevocation)
                            && strong(signature)
                            && signature.verify_key(primary).is_ok()
                    }),
            ),
        }
    }
}

/// The statements of a certificate about one of its subkeys; `None` when it is not bound to the key.
pub(super) struct SubkeyStanding {
    pub(super) signs: bool,
    pub(super) expires: Option<Time>,
    pub(super) revoked: Option<Revocation>,
}

impl SubkeyStanding {
    pub(super) fn of(key: &SignedPublicKey, subkey: &SignedPublicSubKey) -> Option<Self> {
        let primary = &key.primary_key;
        let valid = |kind: SignatureType| {
            subkey.signatures.iter().filter(move |signature| {
                signature.typ() == Some(kind)
                    && strong(signature)
                    && signature
                        .verify_subkey_binding(primary, &subkey.key)
                        .is_ok()
            })
        };
        let binding = newest(valid(SignatureType::SubkeyBinding))?;
        // A subkey signs only if it has itself agreed to belong to the primary key.
        let agreed = binding.embedded_signature().is_some_and(|back| {
            strong(back)
                && back
                    .verify_primary_key_binding(&subkey.key, primary)
                    .is_ok()
        });
        Some(Self {
            signs: agreed && flags(binding).is_some_and(|flags| flags.sign()),
            expires: end(subkey.key.created_at(), binding.key_expiration_time()),
            revoked: worst(valid(SignatureType::SubkeyRevocation)),
        })
    }
}

/// The newest statement of the key about one of its names, unless it has taken the name back.
fn name_binding<'a>(key: &'a SignedPublicKey, user: &'a SignedUser) -> Option<&'a Signature> {
    let primary = &key.primary_key;
    let newest = newest(user.signatures.iter().filter(|signature| {
        strong(signature)
            && signature
                .verify_certification(primary, Tag::UserId, &user.id)
                .is_ok()
    }))?;
    (newest.typ() != Some(SignatureType::CertRevocation)).then_some(newest)
}

/// A name without characters that could fake a layout where it is shown.
fn name(user: &SignedUser) -> Option<String> {
    let text = String::from_utf8_lossy(user.id.id()).into_owned();
    let clean: String = text.chars().filter(|c| !c.is_control()).take(512).collect();
    (!clean.trim().is_empty()).then_some(clean)
}

fn newest<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<&'a Signature> {
    signatures.max_by_key(|signature| signature.created().map(time))
}

/// The revocation that weighs most: one for good before one for retirement, an early one before a late one.
fn worst<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<Revocation> {
    signatures
        .map(|signature| Revocation {
            at: signature.created().map_or(Time(0), time),
            retired: matches!(
                signature.revocation_reason_code(),
                Some(RevocationCode::KeySuperseded | RevocationCode::KeyRetired)
            ),
        })
        .min_by_key(|revocation| (revocation.retired, revocation.at))
}

/// The purposes stated, if any are.
fn flags(signature: &Signature) -> Option<KeyFlags> {
    let mut hashed = signature.config()?.hashed_subpackets();
    hashed.find_map(|subpacket| match &subpacket.data {
        SubpacketData::KeyFlags(flags) => Some(flags.clone()),
        _ => None,
    })
}

/// Whether the hash of a statement about a key is acceptable. SHA-1 still is, as in the reference: whoever
/// signs his own key chooses what he signs, and many old keys would be lost.
pub(super) fn strong(signature: &Signature) -> bool {
    !matches!(
        signature.hash_alg(),
        None | Some(HashAlgorithm::None | HashAlgorithm::Md5 | HashAlgorithm::Ripemd160)
    )
}
