//! Unpacking blocks, never to more bytes than a block may have.

use std::fmt;

use flate2::{Decompress, FlushDecompress, Status};
use lzma_rust2::{Action, Status as XzStatus, XzStream};

use crate::error::Error;

/// The most memory an xz block may ask for, in KiB. mksquashfs takes a dictionary of the size of a block, at most 1 MiB.
const XZ_MEMORY: u32 = 8 << 10;

/// How a squashfs is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// zlib, which mksquashfs calls gzip; nearly every image has it.
    Gzip,
    /// Raw LZMA, out of use; not unpacked here.
    Lzma,
    /// LZO; not unpacked here: the one implementation in Rust is under the GPL.
    Lzo,
    /// xz.
    Xz,
    /// LZ4.
    Lz4,
    /// Zstandard; SingularityCE refuses to run it, Apptainer runs it.
    Zstd,
    /// A number that squashfs 4.0 does not know.
    Other(u16),
}

impl Compression {
    pub(super) fn from_code(code: u16) -> Self {
        match code {
            1 => Self::Gzip,
            2 => Self::Lzma,
            3 => Self::Lzo,
            4 => Self::Xz,
            5 => Self::Lz4,
            6 => Self::Zstd,
            other => Self::Other(other),
        }
    }

    pub(super) fn ensure_supported(self) -> Result<(), Error> {
        match self {
            Self::Gzip | Self::Xz | Self::Lz4 | Self::Zstd => Ok(()),
            Self::Lzma | Self::Lzo | Self::Other(_) => Err(Error::UnsupportedCompression(self)),
        }
    }

    /// Unpacks a block of at most `limit` bytes.
    pub(super) fn unpack(self, packed: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
        let unpacked = match self {
            Self::Gzip => zlib(packed, limit),
            Self::Xz => xz(packed, limit),
            Self::Lz4 => lz4(packed, limit),
            Self::Zstd => zstd::bulk::decompress(packed, limit).ok(),
            Self::Lzma | Self::Lzo | Self::Other(_) => None,
        };
        unpacked.ok_or(Error::FileSystem {
            what: "compressed block",
        })
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gzip => f.pad("gzip"),
            Self::Lzma => f.pad("lzma"),
            Self::Lzo => f.pad("lzo"),
            Self::Xz => f.pad("xz"),
            Self::Lz4 => f.pad("lz4"),
            Self::Zstd => f.pad("zstd"),
            Self::Other(code) => write!(f, "number {code}"),
        }
    }
}

fn zlib(packed: &[u8], limit: usize) -> Option<Vec<u8>> {
    // Nothing is written past the capacity.
    let mut out = Vec::with_capacity(limit);
    let status = Decompress::new(true).decompress_vec(packed, &mut out, FlushDecompress::Finish);
    matches!(status, Ok(Status::StreamEnd)).then_some(out)
}

fn lz4(packed: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; limit];
    let length = lz4_flex::block::decompress_into(packed, &mut out).ok()?;
    out.truncate(length);
    Some(out)
}

fn xz(mut packed: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut stream = XzStream::new_mem_limit(false, XZ_MEMORY);
    let mut out = vec![0; limit];
    let mut length = 0;
    loop {
        let step = stream
            .process(packed, out.get_mut(length..)?, Action::Finish)
            .ok()?;
        packed = packed.get(step.bytes_consumed..)?;
        length += step.bytes_produced;
        if step.status == XzStatus::StreamEnd {
            out.truncate(length);
            return Some(out);
        }
        // Full and not at its end, or stuck.
        if step.bytes_consumed == 0 && step.bytes_produced == 0 {
            return None;
        }
    }
}
