//! The names of keys in envelopes: OpenSSH fingerprints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::digest::DigestAlgorithm;

/// The wire form of a key that OpenSSH hashes: fields, each after its length.
pub(super) struct Wire(Vec<u8>);

impl Wire {
    pub(super) fn new(kind: &str) -> Self {
        Self(Vec::new()).field(kind.as_bytes())
    }

    pub(super) fn field(mut self, bytes: &[u8]) -> Self {
        // Keys are a few kilobytes at most.
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&len.to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    /// A non-negative number, big-endian: shortest form, with a zero before a set top bit.
    pub(super) fn number(self, bytes: &[u8]) -> Self {
        let start = bytes
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(bytes.len());
        let mut shortest = Vec::with_capacity(bytes.len() + 1);
        let digits = bytes.get(start..).unwrap_or_default();
        if digits.first().is_some_and(|byte| byte & 0x80 != 0) {
            shortest.push(0);
        }
        shortest.extend_from_slice(digits);
        self.field(&shortest)
    }

    /// `SHA256:` and unpadded base64.
    pub(super) fn fingerprint(&self) -> String {
        let digest = DigestAlgorithm::Sha256.digest(&self.0);
        format!("SHA256:{}", STANDARD_NO_PAD.encode(digest.as_bytes()))
    }
}
