//! Where an image is read from: anything that answers "these bytes at that offset".

mod cached;

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

pub use cached::Cached;

/// Positioned reads over something of known length: a file, a buffer, a remote image.
pub trait Source {
    /// Length in bytes.
    ///
    /// # Errors
    /// Whatever the medium says.
    fn len(&self) -> io::Result<u64>;

    /// Whether there is not a single byte.
    ///
    /// # Errors
    /// Whatever the medium says.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads into `buffer` from `offset`; 0 bytes means the end has been reached.
    ///
    /// # Errors
    /// Whatever the medium says.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Fills `buffer` from `offset`.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] when the source ends first, or what the medium says.
    fn read_exact_at(&self, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.read_at(buffer, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    buffer = buffer.get_mut(count..).unwrap_or_default();
                    offset = offset.saturating_add(count as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Source for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, buffer, offset)
    }
}

impl Source for [u8] {
    fn len(&self) -> io::Result<u64> {
        Ok(<[u8]>::len(self) as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..));
        let rest = rest.unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

/// A part of a source, which is all that its reader can see.
#[derive(Debug, Clone)]
pub struct Part<S> {
    source: S,
    range: Range<u64>,
}

impl<S: Source> Part<S> {
    /// The bytes `range` of `source`.
    pub fn new(source: S, range: Range<u64>) -> Self {
        Self { source, range }
    }

    pub(crate) fn size(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }
}

impl<S: Source> Source for Part<S> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.size())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = self.size().saturating_sub(offset);
        let want = usize::try_from(rest)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        match self.range.start.checked_add(offset) {
            Some(position) if want > 0 => self.source.read_at(&mut buffer[..want], position),
            _ => Ok(0),
        }
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> io::Result<u64> {
        Source::len(self.as_slice())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        Source::read_at(self.as_slice(), buffer, offset)
    }
}

macro_rules! through {
    ($($pointer:ty),+) => {$(
        impl<S: Source + ?Sized> Source for $pointer {
            fn len(&self) -> io::Result<u64> {
                (**self).len()
            }

            fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
                (**self).read_at(buffer, offset)
            }
        }
    )+};
}

through!(&S, Box<S>, Arc<S>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_shows_nothing_beside_it() {
        let part = Part::new(b"..part..".to_vec(), 2..6);
        let mut buffer = [0; 8];
        assert_eq!(part.read_at(&mut buffer, 1).unwrap(), 3);
        assert_eq!(&buffer[..3], b"art");
        assert_eq!(part.read_at(&mut buffer, 4).unwrap(), 0);
        assert_eq!(part.read_at(&mut buffer, u64::MAX).unwrap(), 0);
        assert_eq!(Source::len(&part).unwrap(), 4);
    }

    #[test]
    fn reading_past_the_end_of_a_buffer_gives_nothing() {
        let mut buffer = [0; 4];
        assert_eq!(vec![1, 2].read_at(&mut buffer, 1).unwrap(), 1);
        assert_eq!(vec![1, 2].read_at(&mut buffer, u64::MAX).unwrap(), 0);
        let error = vec![1, 2].read_exact_at(&mut buffer, 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
