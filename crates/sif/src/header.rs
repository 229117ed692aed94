//! The global header: 128 packed little-endian bytes at the start of every image.

use uuid::Uuid;

use crate::arch::{Arch, NO_ARCH};
use crate::error::Error;
use crate::timestamp::Timestamp;

/// Length of the global header in bytes.
pub const HEADER_SIZE: usize = 128;
/// Length of the launch script field in bytes, its terminator included.
pub const LAUNCH_SCRIPT_SIZE: usize = 32;

const MAGIC: &[u8; 10] = b"SIF_MAGIC\0";
const VERSION: &[u8; 3] = b"01\0";

/// The global header as stored. Only magic and version have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `#!` line, NUL padded, so that the file can be executed.
    pub launch_script: [u8; LAUNCH_SCRIPT_SIZE],
    /// Architecture code of the primary system partition; see [`Header::arch`].
    pub arch_code: [u8; 3],
    /// Identity of the image; nil in deterministic images.
    pub id: Uuid,
    /// When the image was created.
    pub created: Timestamp,
    /// When the image was last changed.
    pub modified: Timestamp,
    /// Number of unused descriptor slots, as stated.
    pub descriptors_free: i64,
    /// Number of descriptor slots.
    pub descriptors_total: i64,
    /// File offset of the descriptor table in bytes.
    pub descriptors_offset: i64,
    /// Length of the descriptor table in bytes.
    pub descriptors_size: i64,
    /// File offset of the data section in bytes.
    pub data_offset: i64,
    /// Length of the data section in bytes, as stated.
    pub data_size: i64,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// [`Error::NotSif`] and [`Error::UnsupportedVersion`]; nothing else is checked here.
    pub fn decode(bytes: &[u8; HEADER_SIZE]) -> Result<Self, Error> {
        if field::<10>(bytes, 32) != *MAGIC {
            return Err(Error::NotSif);
        }
        let version = field::<3>(bytes, 42);
        if version != *VERSION {
            return Err(Error::UnsupportedVersion { version });
        }
        let number = |offset| i64::from_le_bytes(field(bytes, offset));
        Ok(Self {
            launch_script: field(bytes, 0),
            arch_code: field(bytes, 45),
            id: Uuid::from_bytes(field(bytes, 48)),
            created: Timestamp(number(64)),
            modified: Timestamp(number(72)),
            descriptors_free: number(80),
            descriptors_total: number(88),
            descriptors_offset: number(96),
            descriptors_size: number(104),
            data_offset: number(112),
            data_size: number(120),
        })
    }

    /// The 128 bytes to store.
    pub fn encode(&self) -> [u8; HEADER_SIZE] {
        let mut bytes = [0; HEADER_SIZE];
        bytes[..32].copy_from_slice(&self.launch_script);
        bytes[32..42].copy_from_slice(MAGIC);
        bytes[42..45].copy_from_slice(VERSION);
        bytes[45..48].copy_from_slice(&self.arch_code);
        bytes[48..64].copy_from_slice(self.id.as_bytes());
        let numbers = [
            self.created.0,
            self.modified.0,
            self.descriptors_free,
            self.descriptors_total,
            self.descriptors_offset,
            self.descriptors_size,
            self.data_offset,
            self.data_size,
        ];
        for (slot, number) in bytes[64..].chunks_exact_mut(8).zip(numbers) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Version of the format, `01`.
    pub fn version(&self) -> &'static str {
        "01"
    }

    /// Architecture of the primary system partition, if there is one and its code is known.
    pub fn arch(&self) -> Option<Arch> {
        Arch::from_code(self.arch_code)
    }

    pub(crate) fn set_arch(&mut self, arch: Option<Arch>) {
        self.arch_code = arch.map_or(NO_ARCH, Arch::code);
    }

    /// The launch script without its padding, or `None` when it is empty.
    pub fn launch_script(&self) -> Option<String> {
        text(&self.launch_script)
    }

    /// Whether the image carries no identity and no times, so that equal content gives equal bytes.
    pub fn is_deterministic(&self) -> bool {
        self.id.is_nil() && self.created.is_zero() && self.modified.is_zero()
    }
}

/// Copies the `N` bytes at `offset`; both are constants of the format, inside the record.
pub(crate) fn field<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[offset..offset + N]);
    out
}

/// A NUL-padded field as text, invalid UTF-8 replaced; `None` when it is empty.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    (end > 0).then(|| String::from_utf8_lossy(&bytes[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Header {
        Header {
            launch_script: field(b"#!/usr/bin/env run-singularity\n\0", 0),
            arch_code: *b"02\0",
            id: Uuid::from_u128(7),
            created: Timestamp(1),
            modified: Timestamp(2),
            descriptors_free: 3,
            descriptors_total: 4,
            descriptors_offset: 5,
            descriptors_size: 6,
            data_offset: 7,
            data_size: -8,
        }
    }

    #[test]
    fn a_header_survives_its_bytes() {
        let header = sample();
        assert_eq!(Header::decode(&header.encode()).unwrap(), header);
        assert_eq!(header.arch(), Some(Arch::Amd64));
        assert_eq!(
            header.launch_script().unwrap(),
            "#!/usr/bin/env run-singularity\n"
        );
    }

    #[test]
    fn every_byte_of_magic_and_version_counts() {
        for position in 32..45 {
            let mut bytes = sample().encode();
            bytes[position] ^= 1;
            match Header::decode(&bytes) {
                Err(Error::NotSif) => assert!(position < 42),
                Err(Error::UnsupportedVersion { .. }) => assert!(position >= 42),
                other => panic!("byte {position} was not checked: {other:?}"),
            }
        }
    }
}
