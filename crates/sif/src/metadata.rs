//! The per-type metadata of a descriptor: what the 384 extra bytes mean for each data type.

use std::fmt;
use std::str::FromStr;

use crate::arch::Arch;
use crate::codes::SbomFormat;
use crate::codes::{CryptoFormat, CryptoMessageType, DataType, FsType, HashType, PartitionType};
use crate::descriptor::{Descriptor, EXTRA_SIZE};
use crate::error::Error;
use crate::header::field;

/// Metadata of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// The file system in it.
    pub file_system: FsType,
    /// What it is for.
    pub kind: PartitionType,
    /// The processor its programs need; `None` for a code this crate does not know.
    pub arch: Option<Arch>,
}

/// Metadata of a signature: a claim, until the signature has been verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The hash the signature was made with.
    pub hash: HashType,
    /// Fingerprint of the signer's OpenPGP primary key, where the signature has one.
    pub fingerprint: Option<[u8; 20]>,
}

/// Metadata of a cryptographic message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CryptoMessage {
    /// Its family.
    pub format: CryptoFormat,
    /// What it is.
    pub message: CryptoMessageType,
}

/// The digest by which an OCI object is known, such as `sha256:e3b0…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OciDigest([u8; 32]);

impl Partition {
    pub(crate) fn encode(self) -> Result<[u8; EXTRA_SIZE], Error> {
        let mut extra = pair(self.file_system.code(), self.kind.code());
        let arch = self.arch.ok_or(Error::UnknownArchitecture)?;
        extra[8..11].copy_from_slice(&arch.code());
        Ok(extra)
    }

    fn decode(extra: &[u8; EXTRA_SIZE]) -> Self {
        Self {
            file_system: FsType::from_code(code(extra, 0)),
            kind: PartitionType::from_code(code(extra, 4)),
            arch: Arch::from_code(field(extra, 8)),
        }
    }
}

impl Signature {
    pub(crate) fn encode(self) -> [u8; EXTRA_SIZE] {
        let mut extra = pair(self.hash.code(), 0);
        if let Some(fingerprint) = self.fingerprint {
            extra[4..24].copy_from_slice(&fingerprint);
        }
        extra
    }
}

impl CryptoMessage {
    pub(crate) fn encode(self) -> [u8; EXTRA_SIZE] {
        pair(self.format.code(), self.message.code())
    }
}

impl OciDigest {
    /// A digest of 32 SHA-256 bytes.
    pub fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The 32 SHA-256 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn encode(self) -> [u8; EXTRA_SIZE] {
        let mut extra = [0; EXTRA_SIZE];
        extra[..71].copy_from_slice(self.to_string().as_bytes());
        extra
    }
}

impl fmt::Display for OciDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Text that is not `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a sha256 digest")]
pub struct InvalidOciDigest;

impl FromStr for OciDigest {
    type Err = InvalidOciDigest;

    fn from_str(digest: &str) -> Result<Self, InvalidOciDigest> {
        let digits = digest
            .strip_prefix("sha256:")
            .ok_or(InvalidOciDigest)?
            .as_bytes();
        if digits.len() != 64 {
            return Err(InvalidOciDigest);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl Descriptor {
    /// Metadata of a partition.
    ///
    /// # Errors
    /// [`Error::UnexpectedDataType`] when the object is no partition.
    pub fn partition(&self) -> Result<Partition, Error> {
        self.expect(&[DataType::Partition])?;
        Ok(Partition::decode(self.extra()))
    }

    /// Whether this is a partition of type `kind`.
    pub fn is_partition(&self, kind: PartitionType) -> bool {
        self.partition()
            .is_ok_and(|partition| partition.kind == kind)
    }

    /// Metadata of a signature.
    ///
    /// # Errors
    /// [`Error::UnexpectedDataType`] when the object is no signature.
    pub fn signature(&self) -> Result<Signature, Error> {
        self.expect(&[DataType::Signature])?;
        let fingerprint: [u8; 20] = field(self.extra(), 4);
        Ok(Signature {
            hash: HashType::from_code(code(self.extra(), 0)),
            fingerprint: Some(fingerprint).filter(|bytes| bytes.iter().any(|byte| *byte != 0)),
        })
    }

    /// Metadata of a cryptographic message.
    ///
    /// # Errors
    /// [`Error::UnexpectedDataType`] when the object is none.
    pub fn crypto_message(&self) -> Result<CryptoMessage, Error> {
        self.expect(&[DataType::CryptoMessage])?;
        Ok(CryptoMessage {
            format: CryptoFormat::from_code(code(self.extra(), 0)),
            message: CryptoMessageType::from_code(code(self.extra(), 4)),
        })
    }

    /// Format of a bill of materials.
    ///
    /// # Errors
    /// [`Error::UnexpectedDataType`] when the object is none.
    pub fn sbom(&self) -> Result<SbomFormat, Error> {
        self.expect(&[DataType::Sbom])?;
        Ok(SbomFormat::from_code(code(self.extra(), 0)))
    }

    /// Digest of an OCI index or blob.
    ///
    /// # Errors
    /// [`Error::UnexpectedDataType`] when the object is neither, [`Error::MalformedMetadata`] when
    /// the digest is missing or is not a SHA-256 one.
    pub fn oci_digest(&self) -> Result<OciDigest, Error> {
        self.expect(&[DataType::OciRootIndex, DataType::OciBlob])?;
        let malformed = || Error::MalformedMetadata {
            id: self.id(),
            what: "OCI digest",
        };
        let end = self
            .extra()
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(EXTRA_SIZE);
        let digest = std::str::from_utf8(&self.extra()[..end]).map_err(|_| malformed())?;
        digest.parse().map_err(|_| malformed())
    }

    fn expect(&self, expected: &'static [DataType]) -> Result<(), Error> {
        if expected.contains(&self.data_type()) {
            return Ok(());
        }
        Err(Error::UnexpectedDataType {
            found: self.data_type(),
            expected,
        })
    }
}

/// The extra bytes of a bill of materials.
pub(crate) fn encode_sbom(format: SbomFormat) -> [u8; EXTRA_SIZE] {
    pair(format.code(), 0)
}

/// Two numbers at the start of otherwise empty extra bytes.
fn pair(first: i32, second: i32) -> [u8; EXTRA_SIZE] {
    let mut extra = [0; EXTRA_SIZE];
    extra[..4].copy_from_slice(&first.to_le_bytes());
    extra[4..8].copy_from_slice(&second.to_le_bytes());
    extra
}

fn code(extra: &[u8; EXTRA_SIZE], offset: usize) -> i32 {
    i32::from_le_bytes(field(extra, offset))
}

fn digit(character: u8) -> Result<u8, InvalidOciDigest> {
    match character {
        b'0'..=b'9' => Ok(character - b'0'),
        b'a'..=b'f' => Ok(character - b'a' + 10),
        _ => Err(InvalidOciDigest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn metadata_of_another_type_is_refused() {
        let mut descriptor = Descriptor::empty(0);
        descriptor.data_type = DataType::Generic;
        let error = descriptor.partition().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unexpected data type Generic/Raw, expected one of: FS"
        );
        assert!(descriptor.signature().is_err() && descriptor.oci_digest().is_err());
        assert!(descriptor.crypto_message().is_err() && descriptor.sbom().is_err());
    }

    #[test]
    fn a_zero_fingerprint_is_no_fingerprint() {
        let mut descriptor = Descriptor::empty(0);
        descriptor.data_type = DataType::Signature;
        let none = Signature {
            hash: HashType::Sha256,
            fingerprint: None,
        };
        let some = Signature {
            hash: HashType::Sha384,
            fingerprint: Some([7; 20]),
        };
        for signature in [none, some] {
            descriptor.extra = signature.encode();
            assert_eq!(descriptor.signature().unwrap(), signature);
        }
    }

    #[test]
    fn an_oci_digest_survives_and_a_malformed_one_is_named() {
        let digest: OciDigest = EMPTY.parse().unwrap();
        assert_eq!(digest.to_string(), EMPTY);
        let mut descriptor = Descriptor::empty(0);
        descriptor.data_type = DataType::OciBlob;
        descriptor.extra = digest.encode();
        assert_eq!(descriptor.oci_digest().unwrap(), digest);
        for position in [0, 7, 70, 71] {
            let mut broken = descriptor.clone();
            broken.extra[position] = b'G';
            assert!(matches!(
                broken.oci_digest(),
                Err(Error::MalformedMetadata { .. })
            ));
        }
    }

    #[test]
    fn a_partition_of_unknown_architecture_is_not_written() {
        let partition = Partition {
            file_system: FsType::Squashfs,
            kind: PartitionType::System,
            arch: None,
        };
        assert!(matches!(
            partition.encode(),
            Err(Error::UnknownArchitecture)
        ));
    }
}
