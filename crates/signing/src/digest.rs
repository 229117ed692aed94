//! Digests as signed metadata writes them: `sha256:` and lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};

/// A hash that signed metadata may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-224.
    Sha224,
    /// SHA-256, what every writer uses.
    Sha256,
    /// SHA-384, the one of legacy signatures.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-512 cut to 224 bits.
    Sha512_224,
    /// SHA-512 cut to 256 bits.
    Sha512_256,
}

impl DigestAlgorithm {
    const ALL: [Self; 6] = [
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha512_224,
        Self::Sha512_256,
    ];

    /// The name in front of the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha512_224 => "sha512_224",
            Self::Sha512_256 => "sha512_256",
        }
    }

    /// Length of its digests in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Sha224 | Self::Sha512_224 => 28,
            Self::Sha256 | Self::Sha512_256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of `data`.
    pub fn digest(self, data: &[u8]) -> Digest {
        let mut hasher = Hasher::new(self);
        hasher.update(data);
        hasher.finish()
    }
}

/// A digest and the algorithm it was made with.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: Vec<u8>,
}

impl Digest {
    /// A digest from hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`InvalidDigest::Malformed`] when they are not as many digits as `algorithm` gives.
    pub fn from_hex(algorithm: DigestAlgorithm, digits: &str) -> Result<Self, InvalidDigest> {
        let bytes = hex::decode(digits).map_err(|_| InvalidDigest::Malformed)?;
        if bytes.len() != algorithm.size() {
            return Err(InvalidDigest::Malformed);
        }
        Ok(Self { algorithm, bytes })
    }

    /// The algorithm it was made with.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), hex::encode(&self.bytes))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDigest {
    /// The algorithm is none that integrity metadata may use. MD5 and SHA-1 are among these.
    #[error("hash algorithm unsupported")]
    Unsupported,
    /// Digits are missing, too many, or none.
    #[error("digest malformed")]
    Malformed,
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let (name, digits) = text.split_once(':').ok_or(InvalidDigest::Malformed)?;
        let algorithm = DigestAlgorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or(InvalidDigest::Unsupported)?;
        Self::from_hex(algorithm, digits)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A digest in the making.
pub(crate) enum Hasher {
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
    Sha512_224(Sha512_224),
    Sha512_256(Sha512_256),
}

macro_rules! each {
    ($hasher:expr, $inner:ident => $what:expr) => {
        match $hasher {
            Hasher::Sha224($inner) => $what,
            Hasher::Sha256($inner) => $what,
            Hasher::Sha384($inner) => $what,
            Hasher::Sha512($inner) => $what,
            Hasher::Sha512_224($inner) => $what,
            Hasher::Sha512_256($inner) => $what,
        }
    };
}

impl Hasher {
    pub(crate) fn new(algorithm: DigestAlgorithm) -> Self {
        match algorithm {
            DigestAlgorithm::Sha224 => Self::Sha224(Sha224::new()),
            DigestAlgorithm::Sha256 => Self::Sha256(Sha256::new()),
            DigestAlgorithm::Sha384 => Self::Sha384(Sha384::new()),
            DigestAlgorithm::Sha512 => Self::Sha512(Sha512::new()),
            DigestAlgorithm::Sha512_224 => Self::Sha512_224(Sha512_224::new()),
            DigestAlgorithm::Sha512_256 => Self::Sha512_256(Sha512_256::new()),
        }
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        each!(self, hasher => hasher.update(data));
    }

    pub(crate) fn finish(self) -> Digest {
        let algorithm = match self {
            Self::Sha224(_) => DigestAlgorithm::Sha224,
            Self::Sha256(_) => DigestAlgorithm::Sha256,
            Self::Sha384(_) => DigestAlgorithm::Sha384,
            Self::Sha512(_) => DigestAlgorithm::Sha512,
            Self::Sha512_224(_) => DigestAlgorithm::Sha512_224,
            Self::Sha512_256(_) => DigestAlgorithm::Sha512_256,
        };
        let bytes = each!(self, hasher => hasher.finalize().to_vec());
        Digest { algorithm, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_survives_its_text() {
        for algorithm in DigestAlgorithm::ALL {
            let digest = algorithm.digest(b"data");
            assert_eq!(digest.as_bytes().len(), algorithm.size());
            assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        }
    }

    #[test]
    fn weak_and_broken_digests_are_refused() {
        let sha1 = format!("sha1:{}", "0".repeat(40));
        let short = format!("sha256:{}", "0".repeat(62));
        let odd = format!("sha256:{}", "0".repeat(63));
        for (text, why) in [
            ("", InvalidDigest::Malformed),
            ("bad", InvalidDigest::Malformed),
            (sha1.as_str(), InvalidDigest::Unsupported),
            ("SHA256:00", InvalidDigest::Unsupported),
            (short.as_str(), InvalidDigest::Malformed),
            (odd.as_str(), InvalidDigest::Malformed),
            ("sha256:zz", InvalidDigest::Malformed),
        ] {
            assert_eq!(text.parse::<Digest>().unwrap_err(), why, "{text}");
        }
    }
}
