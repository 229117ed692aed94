//! OpenPGP: certificates (public keys), keyrings, secret keys, and the clear-signed messages inside images.
//!
//! The mathematics and the packet formats are those of the `pgp` crate; which key may sign, and when, is
//! decided here.

mod certificate;
mod generate;
mod keyring;
mod lending;
mod merge;
mod message;
mod packets;
mod places;
mod secret;
mod standing;
mod store;

pub use certificate::{Certificate, armored};
pub use generate::{KeyAlgorithm, NewKey, RevocationReason};
pub(crate) use keyring::read_bounded;
pub use keyring::read_file;
pub use keyring::{KEYRING_LIMIT, KeyOrigin, KeySource, Keyring, Unavailable};
pub use lending::Lent;
pub use places::{Tool, command_line_rings};
pub use secret::SecretKey;
pub use sifter_sif::Timestamp as Time;
pub use store::{KeyStore, PUBLIC_RING, SECRET_RING};

pub(crate) use message::{Message, SignedBy};
pub(crate) use packets::{holds_secret_key, public_keys};

use std::fmt;
use std::str::FromStr;

use pgp::packet::Signature;
use pgp::types::KeyId;

/// A fingerprint, 20 bytes for the keys in use today. Prints as upper-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(Vec<u8>);

impl Fingerprint {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its bytes when it is that of a version 4 key, the only ones a signature descriptor has room for.
    pub fn v4(&self) -> Option<[u8; 20]> {
        self.0.as_slice().try_into().ok()
    }
}

impl From<[u8; 20]> for Fingerprint {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<&pgp::types::Fingerprint> for Fingerprint {
    fn from(fingerprint: &pgp::types::Fingerprint) -> Self {
        Self(fingerprint.as_bytes().to_vec())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint of 40 or 64 hexadecimal digits")]
pub struct InvalidFingerprint;

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    /// Reads digits of either case, with or without `0x`, with or without blanks between them.
    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let text = text
            .strip_prefix("0x")
            .or(text.strip_prefix("0X"))
            .unwrap_or(text);
        let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        match hex::decode(digits) {
            Ok(bytes) if matches!(bytes.len(), 20 | 32) => Ok(Self(bytes)),
            _ => Err(InvalidFingerprint),
        }
    }
}

/// Who made a signature, as far as it says so itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer {
    fingerprints: Vec<Fingerprint>,
    key_ids: Vec<[u8; 8]>,
}

impl Issuer {
    fn of(signature: &Signature) -> Self {
        let fingerprints = signature.issuer_fingerprint();
        let ids = signature.issuer_key_id();
        Self {
            fingerprints: fingerprints.into_iter().map(Fingerprint::from).collect(),
            key_ids: ids.into_iter().filter_map(id_bytes).collect(),
        }
    }

    /// The owner of this primary key or subkey.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.fingerprints.first()
    }

    /// The 16 hexadecimal digits by which a key server knows the key.
    pub fn key_id(&self) -> Option<String> {
        if let Some(id) = self.key_ids.first() {
            return Some(hex::encode_upper(id));
        }
        let fingerprint = self.fingerprint()?.v4()?;
        Some(hex::encode_upper(&fingerprint[12..]))
    }

    /// Whether nothing at all is said.
    fn is_unknown(&self) -> bool {
        self.fingerprints.is_empty() && self.key_ids.is_empty()
    }

    fn is(&self, key: &impl pgp::types::KeyDetails) -> bool {
        let fingerprint = Fingerprint::from(&key.fingerprint());
        self.fingerprints.contains(&fingerprint)
            || id_bytes(&key.legacy_key_id()).is_some_and(|id| self.key_ids.contains(&id))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key_id() {
            Some(id) => f.write_str(&id),
            None => f.write_str("(not named)"),
        }
    }
}

fn id_bytes(id: &KeyId) -> Option<[u8; 8]> {
    id.as_ref().try_into().ok()
}

/// A time in a packet: seconds since 1970.
fn time(timestamp: pgp::types::Timestamp) -> Time {
    Time(i64::from(timestamp.as_secs()))
}

/// `time` and a duration after it, where 0 stands for "never".
fn end(start: pgp::types::Timestamp, duration: Option<pgp::types::Duration>) -> Option<Time> {
    let seconds = duration
        .map(pgp::types::Duration::as_secs)
        .filter(|seconds| *seconds > 0)?;
    Some(Time(i64::from(start.as_secs()) + i64::from(seconds)))
}
