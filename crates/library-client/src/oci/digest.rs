//! Digests as registries write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use sifter_library_api::ImageHash;

/// A SHA-256 as a registry writes it, `sha256:` and 64 lower-case hexadecimal digits (OCI image
/// specification, digests). Other algorithms are not used for SIFs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A text is no SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is sha256: and 64 lower-case hexadecimal digits")]
pub struct DigestError;

impl Digest {
    /// A digest that is known already.
    #[must_use]
    pub const fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn sha256(&self) -> [u8; 32] {
        self.0
    }

    /// The tag under which a library's registry keeps the image with these bytes:
    /// `sha256.` and the digits.
    #[must_use]
    pub fn tag(&self) -> String {
        ImageHash::Sha256(self.0).to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits = text.strip_prefix("sha256:").ok_or(DigestError)?;
        let hash = ImageHash::from_sha256_hex(digits).map_err(|_| DigestError)?;
        hash.sha256().map(Self).ok_or(DigestError)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_written_as_it_is_read() {
        let digest = Digest::of(b"abc");
        let text = digest.to_string();
        // FIPS 180-2, appendix B.1.
        assert!(text.starts_with("sha256:ba7816bf8f01cfea"), "{text}");
        assert_eq!(text.parse(), Ok(digest));
        assert_eq!(digest.tag(), text.replace(':', "."));
        for bad in [
            "",
            "sha256:",
            "sha256:AB",
            "sha512:00",
            &text.to_uppercase(),
            &text[..70],
        ] {
            assert_eq!(bad.parse::<Digest>(), Err(DigestError), "{bad}");
        }
    }
}
