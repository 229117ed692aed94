//! The form of the vault file: a small JSON document whose one field holds everything, encrypted.
//!
//! Argon2id (RFC 9106) makes a key and a check value of the passphrase; XChaCha20-Poly1305 encrypts with a new random
//! nonce each time, and covers the rest of the document as well. The check value tells a wrong passphrase from a
//! damaged file; it comes out of the same derivation, so it makes guessing no cheaper.

use std::collections::BTreeMap;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::RngCore as _;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::account::AccountId;
use crate::vault::VaultError;

/// The version of this form.
const VERSION: u32 = 1;
/// Bytes of a salt and of a check value (RFC 9106 section 3.1 recommends 16 for the salt).
const SHORT: usize = 16;
/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a nonce.
const NONCE: usize = 24;

/// What deriving a key costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Memory in KiB.
    #[serde(rename = "m")]
    pub memory: u32,
    /// Passes over it.
    #[serde(rename = "t")]
    pub passes: u32,
}

impl Default for Cost {
    /// The second recommendation of RFC 9106 section 4, on one thread.
    fn default() -> Self {
        Self {
            memory: 64 * 1024,
            passes: 3,
        }
    }
}

impl Cost {
    /// Whether a file may ask for it: 1 GiB and 16 passes are more than anybody sets.
    fn is_bearable(self) -> bool {
        (8..=1024 * 1024).contains(&self.memory) && (1..=16).contains(&self.passes)
    }
}

/// What a passphrase became, for one salt.
pub(super) struct Key {
    salt: [u8; SHORT],
    cost: Cost,
    check: [u8; SHORT],
    secret: Zeroizing<[u8; KEY]>,
}

/// What lies in the vault.
pub(super) type Items = BTreeMap<AccountId, SecretString>;

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    v: u32,
    kdf: String,
    cost: Cost,
    salt: String,
    check: String,
    #[serde(rename = "gen")]
    generation: u64,
    nonce: String,
    sealed: String,
}

/// A vault file that was read and not opened yet.
pub(super) struct Envelope {
    document: Document,
    salt: [u8; SHORT],
    check: [u8; SHORT],
    nonce: [u8; NONCE],
    sealed: Vec<u8>,
}

const ARGON2ID: &str = "argon2id";

impl Key {
    /// A key under a new salt.
    pub(super) fn new(passphrase: &SecretString, cost: Cost) -> Result<Self, VaultError> {
        let mut salt = [0; SHORT];
        rand::rng().fill_bytes(&mut salt);
        Self::derive(passphrase, salt, cost)
    }

    fn derive(
        passphrase: &SecretString,
        salt: [u8; SHORT],
        cost: Cost,
    ) -> Result<Self, VaultError> {
        let failed = |error: argon2::Error| VaultError::Failed(error.to_string().into());
        let params = Params::new(cost.memory, cost.passes, 1, Some(KEY + SHORT)).map_err(failed)?;
        let mut out = Zeroizing::new([0; KEY + SHORT]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose_secret().as_bytes(), &salt, &mut *out)
            .map_err(failed)?;
        let mut key = Self {
            salt,
            cost,
            check: [0; SHORT],
            secret: Zeroizing::new([0; KEY]),
        };
        let (secret, check) = out.split_at(KEY);
        key.secret.copy_from_slice(secret);
        key.check.copy_from_slice(check);
        Ok(key)
    }

    /// Puts items into the text of a vault file.
    pub(super) fn seal(&self, items: &Items, generation: u64) -> Result<Vec<u8>, VaultError> {
        let failed = |what: &str| VaultError::Failed(what.into());
        let plain: BTreeMap<_, _> = (items.iter())
            .map(|(id, secret)| (id, secret.expose_secret()))
            .collect();
        let plain =
            serde_json::to_vec(&plain).map_err(|_| failed("the items cannot be written"))?;
        let plain = Zeroizing::new(plain);
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let mut document = Document {
            v: VERSION,
            kdf: ARGON2ID.into(),
            cost: self.cost,
            salt: BASE64.encode(self.salt),
            check: BASE64.encode(self.check),
            generation,
            nonce: BASE64.encode(nonce),
            sealed: String::new(),
        };
        let payload = Payload {
            msg: &plain,
            aad: &document.covered(),
        };
        let sealed = XChaCha20Poly1305::new((&*self.secret).into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| failed("the items cannot be encrypted"))?;
        document.sealed = BASE64.encode(sealed);
        serde_json::to_vec_pretty(&document).map_err(|_| failed("the vault cannot be written"))
    }
}

impl Document {
    /// What is not encrypted and must not be changed either.
    fn covered(&self) -> Vec<u8> {
        let Cost { memory, passes } = self.cost;
        let Self {
            v,
            kdf,
            salt,
            check,
            generation,
            nonce,
            ..
        } = self;
        format!("sifter vault|{v}|{kdf}|{memory}|{passes}|{salt}|{check}|{generation}|{nonce}")
            .into_bytes()
    }
}

impl Envelope {
    /// Reads the text of a vault file.
    pub(super) fn read(text: &[u8]) -> Result<Self, VaultError> {
        let corrupt = |_| VaultError::Corrupt;
        let version: Versioned = serde_json::from_slice(text).map_err(corrupt)?;
        if version.v > VERSION {
            return Err(VaultError::NewerVersion);
        }
        let document: Document = serde_json::from_slice(text).map_err(corrupt)?;
        if document.kdf != ARGON2ID || !document.cost.is_bearable() {
            return Err(VaultError::Corrupt);
        }
        Ok(Self {
            salt: bytes(&document.salt)?,
            check: bytes(&document.check)?,
            nonce: bytes(&document.nonce)?,
            sealed: BASE64
                .decode(&document.sealed)
                .map_err(|_| VaultError::Corrupt)?,
            document,
        })
    }

    /// Counts up with every change.
    pub(super) fn generation(&self) -> u64 {
        self.document.generation
    }

    /// The key of a passphrase.
    pub(super) fn key(&self, passphrase: &SecretString) -> Result<Key, VaultError> {
        let key = Key::derive(passphrase, self.salt, self.document.cost)?;
        if self.fits(&key) {
            Ok(key)
        } else {
            Err(VaultError::WrongPassphrase)
        }
    }

    fn fits(&self, key: &Key) -> bool {
        key.salt == self.salt
            && key.cost == self.document.cost
            && bool::from(key.check.ct_eq(&self.check))
    }

    /// Opens it. A key of another passphrase finds it closed.
    pub(super) fn open(&self, key: &Key) -> Result<Items, VaultError> {
        if !self.fits(key) {
            return Err(VaultError::Closed);
        }
        let payload = Payload {
            msg: &self.sealed,
            aad: &self.document.covered(),
        };
        let plain = XChaCha20Poly1305::new((&*key.secret).into())
            .decrypt(&XNonce::from(self.nonce), payload)
            .map_err(|_| VaultError::Corrupt)?;
        let plain = Zeroizing::new(plain);
        serde_json::from_slice(&plain).map_err(|_| VaultError::Corrupt)
    }
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], VaultError> {
    let bytes = BASE64.decode(text).map_err(|_| VaultError::Corrupt)?;
    bytes.try_into().map_err(|_| VaultError::Corrupt)
}
