//! Digests as values: parsed once, compared as bytes, printed in one spelling.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a digest of {expected_bytes} bytes in hexadecimal")]
pub struct DigestError {
    expected_bytes: usize,
}

macro_rules! digest_type {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $label:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Wraps the raw bytes of a finished hash.
            #[must_use]
            pub fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// The raw bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// Lower-case hexadecimal without the name of the algorithm.
            #[must_use]
            pub fn to_hex(&self) -> String {
                hex::encode(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($label, ":{}"), self.to_hex())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            /// Accepts bare hexadecimal, and hexadecimal after the algorithm's name and `:` or `.`
            /// (the Cloud Library writes `sha256.HEX`, registries write `sha256:HEX`).
            fn from_str(text: &str) -> Result<Self, DigestError> {
                let error = DigestError { expected_bytes: $bytes };
                let digits = match text.strip_prefix($label) {
                    Some(rest) => rest.strip_prefix([':', '.']).ok_or_else(|| error.clone())?,
                    None => text,
                };
                let mut bytes = [0_u8; $bytes];
                hex::decode_to_slice(digits, &mut bytes).map_err(|_| error)?;
                Ok(Self(bytes))
            }
        }

        impl TryFrom<String> for $name {
            type Error = DigestError;

            fn try_from(text: String) -> Result<Self, DigestError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(digest: $name) -> Self {
                digest.to_string()
            }
        }
    };
}

digest_type!(
    /// A SHA-256 digest. Prints as `sha256:HEX`.
    Sha256Digest,
    32,
    "sha256"
);

digest_type!(
    /// An MD5 digest, used only where a single PUT of the Cloud Library asks for one.
    Md5Digest,
    16,
    "md5"
);

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    #[test]
    fn a_digest_reads_every_spelling_in_use_and_prints_one() {
        for text in [
            HEX.to_owned(),
            format!("sha256:{HEX}"),
            format!("sha256.{HEX}"),
        ] {
            let digest: Sha256Digest = text.parse().unwrap();
            assert_eq!(digest.to_string(), format!("sha256:{HEX}"));
        }
    }

    #[test]
    fn a_digest_of_the_wrong_length_or_alphabet_is_refused() {
        for text in [
            "",
            "sha256:",
            "sha256",
            &HEX[1..],
            &format!("{HEX}00"),
            &HEX.replace('2', "g"),
        ] {
            assert!(
                text.parse::<Sha256Digest>().is_err(),
                "{text:?} is no SHA-256"
            );
        }
        assert!(format!("sha512:{HEX}").parse::<Sha256Digest>().is_err());
    }
}
