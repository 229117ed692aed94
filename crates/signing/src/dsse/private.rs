//! Private keys in PEM form.

use std::fmt;
use std::path::Path;

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::pkcs8::DecodePrivateKey as _;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use zeroize::Zeroizing;

use super::public::{InvalidKey, KEY_FILE_LIMIT, PublicKey, widened};
use crate::digest::DigestAlgorithm;
use crate::error::Error;
use crate::openpgp::read_bounded;

/// A private key that signs DSSE envelopes, with SHA-256 as the official tools do.
pub struct PrivateKey {
    kind: Kind,
    public: PublicKey,
}

enum Kind {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::SecretKey),
}

/// The forms a private key comes in.
enum Form {
    Pkcs8,
    Pkcs1,
    Sec1,
}

impl PrivateKey {
    /// Reads the first private key in `text`: a `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY` block.
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn from_pem(text: &[u8]) -> Result<Self, InvalidKey> {
        let blocks = pem::parse_many(text).map_err(|_| InvalidKey::NoPrivateKey)?;
        let mut encrypted = false;
        for block in blocks {
            let form = match block.tag() {
                "PRIVATE KEY" => Form::Pkcs8,
                "RSA PRIVATE KEY" => Form::Pkcs1,
                "EC PRIVATE KEY" => Form::Sec1,
                tag => {
                    encrypted |= tag.starts_with("ENCRYPTED ");
                    continue;
                }
            };
            // OpenSSL's older form of protection: headers inside an ordinary block.
            if block.headers().get("DEK-Info").is_some() {
                return Err(InvalidKey::Encrypted);
            }
            return Self::from_der(&form, &Zeroizing::new(block.into_contents()));
        }
        Err(if encrypted {
            InvalidKey::Encrypted
        } else {
            InvalidKey::NoPrivateKey
        })
    }

    /// Reads the key file at `path`, of at most [`KEY_FILE_LIMIT`] bytes.
    ///
    /// # Errors
    /// [`Error::File`] and [`Error::TooLarge`] about the file, [`Error::Pem`] about the key.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let text = Zeroizing::new(read_bounded(path.as_ref(), KEY_FILE_LIMIT)?);
        Ok(Self::from_pem(&text)?)
    }

    fn from_der(form: &Form, der: &[u8]) -> Result<Self, InvalidKey> {
        match form {
            Form::Pkcs1 => Self::rsa(RsaKeyPair::from_der(der).map_err(|_| InvalidKey::Malformed)?),
            Form::Sec1 => Self::curve(
                p256::SecretKey::from_sec1_der(der).ok(),
                || p384::SecretKey::from_sec1_der(der).ok(),
                || p521::SecretKey::from_sec1_der(der).ok(),
            ),
            Form::Pkcs8 => {
                if let Ok(key) = RsaKeyPair::from_pkcs8(der) {
                    return Self::rsa(key);
                }
                if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    let public = PublicKey::from_ed25519(key.public_key().as_ref())?;
                    let kind = Kind::Ed25519(key);
                    return Ok(Self { kind, public });
                }
                Self::curve(
                    p256::SecretKey::from_pkcs8_der(der).ok(),
                    || p384::SecretKey::from_pkcs8_der(der).ok(),
                    || p521::SecretKey::from_pkcs8_der(der).ok(),
                )
            }
        }
    }

    fn rsa(key: RsaKeyPair) -> Result<Self, InvalidKey> {
        let public = PublicKey::from_rsa(key.public_key().as_ref())?;
        let kind = Kind::Rsa(Box::new(key));
        Ok(Self { kind, public })
    }

    /// The key on whichever of the three curves it lies.
    fn curve(
        p256: Option<p256::SecretKey>,
        p384: impl FnOnce() -> Option<p384::SecretKey>,
        p521: impl FnOnce() -> Option<p521::SecretKey>,
    ) -> Result<Self, InvalidKey> {
        if let Some(key) = p256 {
            let public = PublicKey::from_p256(&key.public_key().to_sec1_bytes())?;
            let kind = Kind::P256(key.into());
            return Ok(Self { kind, public });
        }
        if let Some(key) = p384() {
            let public = PublicKey::from_p384(&key.public_key().to_sec1_bytes())?;
            let kind = Kind::P384(key.into());
            return Ok(Self { kind, public });
        }
        let key = p521().ok_or(InvalidKey::Unsupported)?;
        let public = PublicKey::from_p521(&key.public_key().to_sec1_bytes())?;
        let kind = Kind::P521(key);
        Ok(Self { kind, public })
    }

    /// The public part.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A signature of `message`; of an elliptic curve in DER form.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, InvalidKey> {
        let digest = DigestAlgorithm::Sha256.digest(message);
        let digest = digest.as_bytes();
        match &self.kind {
            Kind::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .map_err(|_| InvalidKey::Malformed)?;
                Ok(signature)
            }
            Kind::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
            Kind::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key
                    .sign_prehash(digest)
                    .map_err(|_| InvalidKey::Malformed)?;
                Ok(signature.as_bytes().to_vec())
            }
            Kind::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key
                    .sign_prehash(digest)
                    .map_err(|_| InvalidKey::Malformed)?;
                Ok(signature.as_bytes().to_vec())
            }
            Kind::P521(key) => {
                let key = p521::ecdsa::SigningKey::from_bytes(&key.to_bytes());
                let key = key.map_err(|_| InvalidKey::Malformed)?;
                let signature: p521::ecdsa::Signature = key
                    .sign_prehash(&widened(digest))
                    .map_err(|_| InvalidKey::Malformed)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrivateKey")
            .field(&self.public.id())
            .finish()
    }
}
