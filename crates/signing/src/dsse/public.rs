//! Public keys in PEM form: RSA, ECDSA on the NIST curves, Ed25519.

use std::fmt;
use std::path::Path;

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use ring::signature::{
    ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    UnparsedPublicKey,
};
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_NIST_EC_P521,
    OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::ssh::Wire;
use crate::digest::DigestAlgorithm;
use crate::error::Error;
use crate::openpgp::read_bounded;

/// The largest key file read, in bytes.
pub const KEY_FILE_LIMIT: u64 = 1 << 20;

/// Why a key in PEM form cannot be used. Never says what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// There is no PEM block of a public key.
    #[error("no public key in PEM form found")]
    NoPublicKey,
    /// There is no PEM block of a private key.
    #[error("no private key in PEM form found")]
    NoPrivateKey,
    /// The private key is protected by a passphrase, in a form that is not understood.
    #[error("the private key is encrypted")]
    Encrypted,
    /// The block does not hold what it says.
    #[error("the key is malformed")]
    Malformed,
    /// The key is of a kind that signatures of images are not made with.
    #[error(
        "keys of this kind are not supported; RSA, ECDSA on P-256, P-384 or P-521, and Ed25519 are"
    )]
    Unsupported,
    /// The key is too short to be trusted.
    #[error("the RSA key has fewer than 2048 bits")]
    TooShort,
}

/// A public key, to verify DSSE envelopes with.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: Kind,
    id: String,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    /// The number pair in PKCS#1 form.
    Rsa(Vec<u8>),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// The first public key in a text.
fn public_block(text: &[u8]) -> Result<pem::Pem, InvalidKey> {
    let blocks = pem::parse_many(text).map_err(|_| InvalidKey::NoPublicKey)?;
    let mut blocks = blocks.into_iter();
    blocks
        .find(|block| matches!(block.tag(), "PUBLIC KEY" | "RSA PUBLIC KEY"))
        .ok_or(InvalidKey::NoPublicKey)
}

impl PublicKey {
    /// Reads the first public key in `text`: a `PUBLIC KEY` or `RSA PUBLIC KEY` block.
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn from_pem(text: &[u8]) -> Result<Self, InvalidKey> {
        let block = public_block(text)?;
        match block.tag() {
            "RSA PUBLIC KEY" => Self::from_rsa(block.contents()),
            _ => Self::from_spki(block.contents()),
        }
    }

    /// The block of [`PublicKey::from_pem`] alone: what may be handed on of a file that also holds a private key.
    ///
    /// # Errors
    /// [`InvalidKey`], also about the key in it.
    pub fn block_of(text: &[u8]) -> Result<String, InvalidKey> {
        Self::from_pem(text)?;
        Ok(pem::encode(&public_block(text)?))
    }

    /// Reads the key file at `path`, of at most [`KEY_FILE_LIMIT`] bytes.
    ///
    /// # Errors
    /// [`Error::File`] and [`Error::TooLarge`] about the file, [`Error::Pem`] about the key.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self::from_pem(&read_bounded(
            path.as_ref(),
            KEY_FILE_LIMIT,
        )?)?)
    }

    /// A key in its X.509 form (SubjectPublicKeyInfo, DER).
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn from_spki(der: &[u8]) -> Result<Self, InvalidKey> {
        let (rest, info) =
            SubjectPublicKeyInfo::from_der(der).map_err(|_| InvalidKey::Malformed)?;
        if !rest.is_empty() {
            return Err(InvalidKey::Malformed);
        }
        let key = info.subject_public_key.as_ref();
        let algorithm = &info.algorithm;
        if algorithm.algorithm == OID_PKCS1_RSAENCRYPTION {
            return Self::from_rsa(key);
        }
        if algorithm.algorithm == OID_SIG_ED25519 {
            return Self::from_ed25519(key);
        }
        if algorithm.algorithm != OID_KEY_TYPE_EC_PUBLIC_KEY {
            return Err(InvalidKey::Unsupported);
        }
        let curve = algorithm
            .parameters
            .as_ref()
            .and_then(|any| any.as_oid().ok());
        match curve.ok_or(InvalidKey::Unsupported)? {
            curve if curve == OID_EC_P256 => Self::from_p256(key),
            curve if curve == OID_NIST_EC_P384 => Self::from_p384(key),
            curve if curve == OID_NIST_EC_P521 => Self::from_p521(key),
            _ => Err(InvalidKey::Unsupported),
        }
    }

    /// An RSA key as PKCS#1 writes it.
    pub(super) fn from_rsa(der: &[u8]) -> Result<Self, InvalidKey> {
        let (rest, key) = RSAPublicKey::from_der(der).map_err(|_| InvalidKey::Malformed)?;
        if !rest.is_empty() {
            return Err(InvalidKey::Malformed);
        }
        let modulus: Vec<u8> = key
            .modulus
            .iter()
            .copied()
            .skip_while(|byte| *byte == 0)
            .collect();
        // 2048 bits make 256 bytes with the top bit set.
        if modulus.len() < 256
            || (modulus.len() == 256 && modulus.first().is_some_and(|top| *top < 0x80))
        {
            return Err(InvalidKey::TooShort);
        }
        let wire = Wire::new("ssh-rsa")
            .number(key.exponent)
            .number(key.modulus);
        Ok(Self {
            kind: Kind::Rsa(der.to_vec()),
            id: wire.fingerprint(),
        })
    }

    pub(super) fn from_ed25519(key: &[u8]) -> Result<Self, InvalidKey> {
        if key.len() != 32 {
            return Err(InvalidKey::Malformed);
        }
        Ok(Self {
            kind: Kind::Ed25519(key.to_vec()),
            id: Wire::new("ssh-ed25519").field(key).fingerprint(),
        })
    }

    pub(super) fn from_p256(point: &[u8]) -> Result<Self, InvalidKey> {
        let key =
            p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| InvalidKey::Malformed)?;
        let point = key.to_encoded_point(false);
        Ok(Self {
            id: curve_id("nistp256", point.as_bytes()),
            kind: Kind::P256(key),
        })
    }

    pub(super) fn from_p384(point: &[u8]) -> Result<Self, InvalidKey> {
        let key =
            p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| InvalidKey::Malformed)?;
        let point = key.to_encoded_point(false);
        Ok(Self {
            id: curve_id("nistp384", point.as_bytes()),
            kind: Kind::P384(key),
        })
    }

    pub(super) fn from_p521(point: &[u8]) -> Result<Self, InvalidKey> {
        let key = p521::PublicKey::from_sec1_bytes(point).map_err(|_| InvalidKey::Malformed)?;
        let point = p521::EncodedPoint::from(key);
        Ok(Self {
            id: curve_id("nistp521", point.as_bytes()),
            kind: Kind::P521(point.as_bytes().to_vec()),
        })
    }

    /// The name of the key in envelopes: `SHA256:` and base64, as OpenSSH prints it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether `signature` is one of `message` by this key, with the hash of the size that `hash` has.
    pub(crate) fn verify(&self, hash: DigestAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Rsa(key) => {
                let algorithm = match hash {
                    DigestAlgorithm::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
                    DigestAlgorithm::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                UnparsedPublicKey::new(algorithm, key)
                    .verify(message, signature)
                    .is_ok()
            }
            Kind::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key)
                .verify(message, signature)
                .is_ok(),
            Kind::P256(key) => {
                use p256::ecdsa::{DerSignature, Signature};
                let digest = hash.digest(message);
                matches_prehash::<_, DerSignature, Signature>(key, digest.as_bytes(), signature)
            }
            Kind::P384(key) => {
                use p384::ecdsa::{DerSignature, Signature};
                let digest = hash.digest(message);
                matches_prehash::<_, DerSignature, Signature>(key, digest.as_bytes(), signature)
            }
            Kind::P521(point) => {
                use p521::ecdsa::{DerSignature, Signature, VerifyingKey};
                let digest = hash.digest(message);
                let Ok(key) = VerifyingKey::from_sec1_bytes(point) else {
                    return false;
                };
                let der = DerSignature::try_from(signature).ok();
                let der = der.and_then(|der| Signature::try_from(der).ok());
                let fixed = Signature::from_slice(signature).ok();
                der.or(fixed).is_some_and(|signature| {
                    key.verify_prehash(&widened(&widened(digest.as_bytes())), &signature)
                        .is_ok()
                })
            }
        }
    }
}

/// Accepts the DER form, which is written, and the plain pair of numbers, which some tools write.
fn matches_prehash<'a, K, Der, Fixed>(key: &K, digest: &[u8], signature: &'a [u8]) -> bool
where
    K: PrehashVerifier<Der> + PrehashVerifier<Fixed>,
    Der: TryFrom<&'a [u8]>,
    Fixed: TryFrom<&'a [u8]>,
{
    let der = Der::try_from(signature)
        .is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok());
    der || Fixed::try_from(signature)
        .is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
}

/// A digest as the number that is signed on P-521. The library below refuses digests shorter than half its
/// field, though a shorter one simply is a smaller number.
pub(super) fn widened(digest: &[u8]) -> [u8; 66] {
    let mut number = [0; 66];
    let start = number.len().saturating_sub(digest.len());
    for (to, from) in number.iter_mut().skip(start).zip(digest) {
        *to = *from;
    }
    number
}

fn curve_id(curve: &str, point: &[u8]) -> String {
    let wire = Wire::new(&format!("ecdsa-sha2-{curve}")).field(curve.as_bytes());
    wire.field(point).fingerprint()
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.id).finish()
    }
}
