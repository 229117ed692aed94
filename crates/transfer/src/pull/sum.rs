//! Adding up bytes as they are written.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::files::read_at;

/// Bytes read at a time.
const BUFFER: usize = 1 << 20;

/// What bytes add up to.
pub(super) trait Sum: Default + Send + 'static {
    fn add(&mut self, bytes: &[u8]);
}

impl Sum for Sha256 {
    fn add(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

/// What tells a range that changed on the disk from one that did not. It finds who is to blame for a wrong
/// digest and decides nothing else, so that it may be a CRC, which costs next to nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Checksum(crc32fast::Hasher);

/// A text that is no checksum, such as what a journal of an earlier version has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoChecksum;

/// The checksum of bytes that are all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crc(u32);

impl Sum for Checksum {
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

impl Checksum {
    pub(super) fn finish(self) -> Crc {
        Crc(self.0.finalize())
    }
}

impl Crc {
    /// The checksum of a range of a file. Blocks.
    pub(super) fn of_range(file: &File, range: Range<u64>) -> io::Result<Self> {
        let mut sum = Checksum::default();
        let mut buffer = vec![0; BUFFER];
        let mut at = range.start;
        while at < range.end {
            let wanted = usize::try_from(range.end - at)
                .unwrap_or(usize::MAX)
                .min(BUFFER);
            let piece = &mut buffer[..wanted];
            if read_at(file, piece, at)? < wanted {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            sum.add(piece);
            at += wanted as u64;
        }
        Ok(sum.finish())
    }
}

impl fmt::Display for Crc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "crc32:{:08x}", self.0)
    }
}

impl FromStr for Crc {
    type Err = NoChecksum;

    fn from_str(text: &str) -> Result<Self, NoChecksum> {
        let digits = text.strip_prefix("crc32:").ok_or(NoChecksum)?;
        u32::from_str_radix(digits, 16)
            .map(Self)
            .map_err(|_| NoChecksum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_the_same_in_pieces_on_disk_and_as_text() {
        let bytes: Vec<u8> = (0..=255).cycle().take(BUFFER + 77).collect();
        let mut sum = Checksum::default();
        for piece in bytes[10..].chunks(1000) {
            sum.add(piece);
        }
        let crc = sum.finish();
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        let whole = 10..bytes.len() as u64;
        assert_eq!(Crc::of_range(&file, whole.clone()).unwrap(), crc);
        assert_eq!(crc.to_string().parse(), Ok(crc));
        assert_ne!(Crc::of_range(&file, 9..whole.end).unwrap(), crc);
        assert!(Crc::of_range(&file, 10..whole.end + 1).is_err());
        assert_eq!("0123".parse::<Crc>(), Err(NoChecksum));
    }
}
