//! The id of an image's content: `sha256.<64 hex>` over the whole file, or the legacy `sif.<uuid>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What names an image's content in the library. A full-file SHA-256 today; `sif.` ids are from
/// before 2019, nothing makes them any more, and nothing can be verified with one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageHash {
    /// SHA-256 over the whole SIF file.
    Sha256([u8; 32]),
    /// The UUID out of the SIF header.
    Sif([u8; 16]),
}

/// A text is no image hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an image hash is sha256. and 64 lower-case hexadecimal digits, or sif. and a UUID")]
pub struct HashError;

const DASHES: [usize; 4] = [4, 6, 8, 10];

impl ImageHash {
    /// The SHA-256 this hash promises for the file; `None` for a legacy id.
    #[must_use]
    pub const fn sha256(&self) -> Option<[u8; 32]> {
        match self {
            Self::Sha256(digest) => Some(*digest),
            Self::Sif(_) => None,
        }
    }

    /// The 64 lower-case digits of the SHA-256; `None` for a legacy id.
    #[must_use]
    pub fn sha256_hex(&self) -> Option<String> {
        self.sha256().map(|digest| hex(&digest))
    }

    /// Reads 64 hexadecimal digits without the `sha256.` in front (also of an OCI `sha256:` digest).
    ///
    /// # Errors
    /// [`HashError`] unless there are exactly 64 lower-case hexadecimal digits.
    pub fn from_sha256_hex(digits: &str) -> Result<Self, HashError> {
        unhex(digits).map(Self::Sha256)
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Lower-case hexadecimal only: the library compares hashes as text.
fn unhex<const N: usize>(digits: &str) -> Result<[u8; N], HashError> {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(HashError),
    };
    let digits = digits.as_bytes();
    if digits.len() != N * 2 {
        return Err(HashError);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else {
            return Err(HashError);
        };
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Ok(bytes)
}

impl fmt::Display for ImageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(digest) => write!(f, "sha256.{}", hex(digest)),
            Self::Sif(id) => {
                f.write_str("sif.")?;
                for (at, byte) in id.iter().enumerate() {
                    if DASHES.contains(&at) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for ImageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ImageHash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        if let Some(digits) = text.strip_prefix("sha256.") {
            return Self::from_sha256_hex(digits);
        }
        let id = text.strip_prefix("sif.").ok_or(HashError)?;
        let groups: Vec<&str> = id.splitn(6, '-').collect();
        if groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) {
            unhex(&groups.concat()).map(Self::Sif)
        } else {
            Err(HashError)
        }
    }
}

impl Serialize for ImageHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImageHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_hashes_read_back() {
        for text in [
            "sha256.e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sif.5574b72c-7705-49cc-874e-424fc3b78116",
        ] {
            let hash: ImageHash = text.parse().unwrap();
            assert_eq!(hash.to_string(), text);
        }
    }

    #[test]
    fn malformed_hashes_are_refused() {
        let good = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let long = format!("sha256.{good}0");
        let colon = format!("sha256:{good}");
        let upper = format!("sha256.{}", good.to_uppercase());
        for text in [
            "",
            good,
            &long,
            &colon,
            &upper,
            "sha256.e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
            "sha256.g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sif.5574b72c-7705-49cc-874e-424fc3b781166",
            "sif.5574b72c-7705-49cc-874e-424fc3b7811",
            "sif.g574b72c-7705-49cc-874e-424fc3b78116",
            "sif.5574b72c770549cc874e424fc3b78116",
            "sif.5574b72c-7705-49cc-874e-424f-c3b78116",
        ] {
            assert_eq!(text.parse::<ImageHash>(), Err(HashError), "{text}");
        }
    }
}
