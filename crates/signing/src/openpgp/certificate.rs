//! One public key with its names, subkeys and statements about itself.

use std::fmt;
use std::sync::{Arc, OnceLock};

use pgp::armor::BlockType;
use pgp::composed::{ArmorOptions, SignedPublicKey};
use pgp::ser::Serialize as _;
use pgp::types::{EcdsaPublicParams, KeyDetails as _, PublicParams};

use super::standing::{Standing, SubkeyStanding};
use super::{Fingerprint, Issuer, Time, id_bytes, time};

/// RSA keys below this many bits can be broken by those who care to.
const LEAST_RSA_BITS: u16 = 2048;

/// A public key: the key itself, its subkeys, its names, and what it says about itself. Cheap to clone.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    key: SignedPublicKey,
    standing: OnceLock<Standing>,
}

impl Certificate {
    pub(super) fn new(key: SignedPublicKey) -> Self {
        Self(Arc::new(Inner {
            key,
            standing: OnceLock::new(),
        }))
    }

    pub(super) fn key(&self) -> &SignedPublicKey {
        &self.0.key
    }

    /// Checks its signatures about itself when first asked, since a keyring may hold thousands of keys.
    pub(super) fn standing(&self) -> &Standing {
        self.0.standing.get_or_init(|| Standing::of(&self.0.key))
    }

    /// Fingerprint of its primary key.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::from(&self.key().fingerprint())
    }

    /// The last 16 digits of its fingerprint, by which old signatures name it.
    pub fn key_id(&self) -> String {
        id_bytes(&self.key().legacy_key_id()).map_or_else(String::new, hex::encode_upper)
    }

    /// Its primary name, such as `Ada <ada@example.org>`. Some key servers publish keys without one.
    pub fn name(&self) -> Option<&str> {
        self.standing().names.first().map(String::as_str)
    }

    /// All its names, the primary one first.
    pub fn names(&self) -> &[String] {
        &self.standing().names
    }

    /// When the key was made.
    pub fn created(&self) -> Time {
        time(self.key().created_at())
    }

    /// When it ends, unless it does not.
    pub fn expires(&self) -> Option<Time> {
        self.standing().expires
    }

    /// When its owner revoked it, if so.
    pub fn revoked(&self) -> Option<Time> {
        self.standing().revoked.map(|revocation| revocation.at)
    }

    /// Kind and size of its primary key, such as `RSA 4096` or `Ed25519`.
    pub fn algorithm(&self) -> String {
        algorithm(self.key().public_params())
    }

    /// Number of its algorithm in OpenPGP: 1 RSA, 22 EdDSA.
    pub fn algorithm_number(&self) -> u8 {
        u8::from(self.key().algorithm())
    }

    /// Size of its primary key in bits; 0 for a kind whose size is not known.
    pub fn bits(&self) -> u32 {
        bits(self.key().public_params())
    }

    /// The keys by which signatures may name it: the primary key first, then the subkeys that sign. Each with its
    /// fingerprint and key id.
    pub fn signing_keys(&self) -> Vec<(Fingerprint, [u8; 8])> {
        let key = self.key();
        let primary = &key.primary_key;
        let subkeys = key.public_subkeys.iter().filter(|subkey| {
            SubkeyStanding::of(key, subkey).is_some_and(|standing| standing.signs)
        });
        let subkeys = subkeys.map(|subkey| (subkey.key.fingerprint(), subkey.key.legacy_key_id()));
        std::iter::once((primary.fingerprint(), primary.legacy_key_id()))
            .chain(subkeys)
            .filter_map(|(fingerprint, id)| Some(((&fingerprint).into(), id_bytes(&id)?)))
            .collect()
    }

    /// Whether signatures by this key would be refused as too weak, and why.
    pub fn weakness(&self) -> Option<String> {
        weakness(self.key().public_params())
    }

    /// Whether its primary key may sign documents, as far as it says.
    pub fn may_sign(&self) -> bool {
        let flags = self.standing().flags.as_ref();
        self.key().algorithm().can_sign() && flags.is_none_or(|flags| flags.sign())
    }

    /// The key in the binary form of keyring files.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn to_bytes(&self) -> Result<Vec<u8>, pgp::errors::Error> {
        self.key().to_bytes()
    }

    /// The key as text, to publish or to send.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn to_armor(&self) -> Result<String, pgp::errors::Error> {
        self.key().to_armored_string(ArmorOptions::default())
    }

    /// Whether the primary key or a subkey is the one that `issuer` names.
    pub fn is_issuer(&self, issuer: &Issuer) -> bool {
        let key = self.key();
        issuer.is(&key.primary_key)
            || key
                .public_subkeys
                .iter()
                .any(|subkey| issuer.is(&subkey.key))
    }

    /// The subkeys that may sign and are named by `issuer`, with what is said about them.
    pub(super) fn signing_subkeys<'a>(
        &'a self,
        issuer: &'a Issuer,
    ) -> impl Iterator<Item = (&'a pgp::composed::SignedPublicSubKey, SubkeyStanding)> {
        let named = self
            .key()
            .public_subkeys
            .iter()
            .filter(|subkey| issuer.is(&subkey.key));
        named.filter_map(|subkey| Some((subkey, SubkeyStanding::of(self.key(), subkey)?)))
    }
}

/// Several keys as one text, as key servers answer.
///
/// # Errors
/// What the encoder says.
pub fn armored(certificates: &[Certificate]) -> Result<String, pgp::errors::Error> {
    let keys: Vec<&SignedPublicKey> = certificates.iter().map(Certificate::key).collect();
    let mut text = Vec::new();
    pgp::armor::write(&keys, BlockType::PublicKey, &mut text, None, true)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate")
            .field(&self.fingerprint())
            .finish()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.key == other.0.key
    }
}

pub(super) fn algorithm(params: &PublicParams) -> String {
    match params {
        PublicParams::RSA(_) => format!("RSA {}", leading_bits(params)),
        PublicParams::DSA(_) => format!("DSA {}", leading_bits(params)),
        PublicParams::ECDSA(EcdsaPublicParams::P256 { .. }) => "ECDSA P-256".to_owned(),
        PublicParams::ECDSA(EcdsaPublicParams::P384 { .. }) => "ECDSA P-384".to_owned(),
        PublicParams::ECDSA(EcdsaPublicParams::P521 { .. }) => "ECDSA P-521".to_owned(),
        PublicParams::ECDSA(_) => "ECDSA".to_owned(),
        PublicParams::EdDSALegacy(_) | PublicParams::Ed25519(_) => "Ed25519".to_owned(),
        PublicParams::Ed448(_) => "Ed448".to_owned(),
        _ => "another kind".to_owned(),
    }
}

fn bits(params: &PublicParams) -> u32 {
    match params {
        PublicParams::RSA(_) | PublicParams::DSA(_) => leading_bits(params).into(),
        PublicParams::ECDSA(EcdsaPublicParams::P384 { .. }) => 384,
        PublicParams::ECDSA(EcdsaPublicParams::P521 { .. }) => 521,
        PublicParams::ECDSA(_) | PublicParams::EdDSALegacy(_) | PublicParams::Ed25519(_) => 256,
        PublicParams::Ed448(_) => 456,
        _ => 0,
    }
}

pub(super) fn weakness(params: &PublicParams) -> Option<String> {
    let weak = match params {
        PublicParams::RSA(_) => leading_bits(params) < LEAST_RSA_BITS,
        PublicParams::DSA(_) => true,
        _ => false,
    };
    weak.then(|| algorithm(params))
}

/// Bit length of the first number of a key: the modulus of RSA, the prime of DSA.
fn leading_bits(params: &PublicParams) -> u16 {
    let bytes = params.to_bytes().unwrap_or_default();
    match bytes[..] {
        [high, low, ..] => u16::from_be_bytes([high, low]),
        _ => 0,
    }
}
